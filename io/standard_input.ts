/**
 * The program's standard input, of which there is one, and which may be silent for ever.
 *
 * A read of `Deno.stdin` that is pending keeps the process alive, and it cannot be taken back. Deno's
 * own `node:process` lets go of it through a pair of methods under symbols, `REF` and `UNREF`, that
 * every version with `node:process` has on `Deno.stdin`; there is no public way that leaves what
 * the read brings to the next one. Should they go, a cancelled read would keep the process
 * alive and nothing else would change. (Measured with Deno 2.9.6, on a pipe and on a terminal.)
 */
import { ByteReader, type ByteSource } from "./byte_reader.ts";

let shared: ByteReader | null = null;

/** The reader of standard input: the same for everybody. */
export function standardInput(): ByteReader {
  return shared ??= new ByteReader(sourceOf(Deno.stdin));
}

function sourceOf(stdin: typeof Deno.stdin): ByteSource {
  const ref = hiddenMethod(stdin, "REF");
  const unref = hiddenMethod(stdin, "UNREF");
  const source: ByteSource = { read: (buffer) => stdin.read(buffer) };
  return ref === null || unref === null ? source : { ...source, ref, unref };
}

function hiddenMethod(object: object, description: string): (() => void) | null {
  const prototype = Object.getPrototypeOf(object);
  const symbol = Object.getOwnPropertySymbols(prototype)
    .find((symbol) => symbol.description === description);
  const method = symbol === undefined ? null : prototype[symbol];
  return typeof method === "function" ? () => method.call(object) : null;
}
