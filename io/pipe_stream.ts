import { ReadResourceBusy } from "../kernel/errors.ts";
import { BYTES } from "./form.ts";
import { IncomingPipe, type OutgoingPipe } from "./pipe.ts";
import { Stream, type StreamOptions } from "./stream.ts";

let endOf: (stream: PipeStream) => IncomingPipe | OutgoingPipe;

/**
 * The standard input, output or error of a process, in bytes: see {@linkcode Stream}, and `Popen`,
 * which makes it. Its input can only be written, its output and error only read. For text there is
 * `Stream.from(p.stdout.readable, null, { encoding: "utf-8" })`.
 *
 * @example Filter text through a program
 * ```ts
 * import { run } from "@curio/core";
 * import { PIPE, type PipeStream, Popen } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   await using sort = new Popen(["sort"], { stdin: PIPE, stdout: PIPE });
 *   const input: PipeStream = sort.stdin;
 *   await input.writelines(["pear\n", "apple\n"]);
 *   await input.close();
 *   console.log(new TextDecoder().decode(await sort.stdout.readline())); // apple
 *   await sort.stdout.readall();
 * });
 * ```
 */
export class PipeStream extends Stream<Uint8Array<ArrayBuffer>> {
  readonly #end: IncomingPipe | OutgoingPipe;

  /** @internal */
  constructor(end: IncomingPipe | OutgoingPipe, options: StreamOptions = {}) {
    super(end, BYTES, options);
    this.#end = end;
  }

  static {
    endOf = (stream) => stream.#end;
  }
}

/**
 * The pipe under `stream`, to be handed to another process as its standard input.
 *
 * @throws {TypeError} If it is a pipe to a process, or has been closed or handed over.
 * @throws {ReadResourceBusy} If a task reads from it.
 */
export function incomingPipe(stream: PipeStream): IncomingPipe {
  const end = endOf(stream);
  if (!(end instanceof IncomingPipe)) {
    throw new TypeError(
      "Cannot use the stdin of a process as stdin of another because there is nothing to read: " +
        "give its stdout or stderr",
    );
  }
  if (!end.usable) {
    throw new TypeError(
      "Cannot use this stream as stdin of a process because it was closed, or is another's " +
        "stdin already: give one that is open",
    );
  }
  if (end.reader.waiting !== null) {
    throw new ReadResourceBusy(
      `Cannot use this stream as stdin of a process because a task waits in ` +
        `${end.reader.waiting} on it: let that task end first`,
    );
  }
  return end;
}
