/**
 * How objects travel on a channel: in CBOR (RFC 8949), a standard that types its values, with registered
 * tags for what it has no type of its own for.
 *
 * The bytes are read and written by the npm package `cborg`, which is strict, has no dependency of its
 * own, and hands out tokens instead of making objects; what is made of them is decided in
 * `object_encoder.ts` and `object_decoder.ts`. (Measured on 20 000 small objects, 900 KB: 90 ms there
 * and 27 ms back. `cbor-x` has native parts, and allocates what an array's header claims.)
 *
 * The package is loaded when the first object travels. Its name is in a variable so that Deno, which
 * downloads what a literal `import("npm:…")` names before the program starts, does not know of it: a
 * program without channels never asks the registry, and starts offline. The price: a program that has
 * a frozen lock file, or is compiled, has to name the package itself.
 */
import { currentScope } from "../kernel/current.ts";
import { abortable } from "../kernel/abortable.ts";
import { CurioError } from "../kernel/errors.ts";
import type { Cbor } from "./cbor.ts";

const PACKAGE: string = "npm:cborg@6.1.5";

/** Objects to bytes and back. */
export interface ObjectEncoding {
  encode(value: unknown): Uint8Array;
  decode(message: Uint8Array): unknown;
}

let loaded: ObjectEncoding | null = null;

/** Loads the encoding, for `operation`. No blocking point once it is there. */
export async function loadObjectEncoding(operation: string): Promise<ObjectEncoding> {
  if (loaded !== null) return loaded;
  const loading = load(operation);
  return loaded ??= await (currentScope() === null ? loading : abortable(loading));
}

async function load(operation: string): Promise<ObjectEncoding> {
  const cbor = await loadPackage(operation);
  const { encodeObject } = await import("./object_encoder.ts");
  const { decodeObject } = await import("./object_decoder.ts");
  return {
    encode: (value) => encodeObject(cbor, value),
    decode: (message) => decodeObject(cbor, message),
  };
}

async function loadPackage(operation: string): Promise<Cbor> {
  try {
    return await import(PACKAGE);
  } catch (cause) {
    throw new CurioError(
      `Cannot use ${operation} because ${PACKAGE} cannot be loaded: go online once, or name it among ` +
        `the program's own dependencies (\`import "${PACKAGE}"\`)`,
      { cause },
    );
  }
}
