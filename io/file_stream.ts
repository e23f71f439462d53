import { ByteWriter } from "./byte_writer.ts";
import { BYTES, type Form, TEXT } from "./form.ts";
import { SharedReader } from "./shared_reader.ts";
import { standardInput } from "./standard_input.ts";
import { Stream, type StreamOptions } from "./stream.ts";
import type { StreamEnds } from "./stream_ends.ts";

/** How {@linkcode FileStream} makes a stream of text. */
export interface TextFileStreamOptions extends StreamOptions {
  /** The encoding: there is only this one. */
  encoding: "utf-8";
}

/**
 * The program's standard input, output and errors as streams: see {@linkcode Stream}.
 *
 * A cancelled read of standard input loses nothing, and does not keep the program alive after `run`.
 * There is one standard input: what one stream of it leaves buffered, another finds. Closing any of these
 * streams closes nothing but the stream.
 *
 * @example Shout
 * ```ts no-run
 * import { FileStream, run } from "@curio/core";
 *
 * await run(async () => {
 *   const output = FileStream.stdout();
 *   for await (const line of FileStream.stdin({ encoding: "utf-8" })) {
 *     await output.write(line.toUpperCase());
 *   }
 * });
 * ```
 */
export class FileStream<T extends Uint8Array | string = Uint8Array<ArrayBuffer>> extends Stream<T> {
  private constructor(ends: StreamEnds, form: Form<T>, options: StreamOptions) {
    super(ends, form, options);
  }

  /**
   * Standard input, to be read only: in text with an `encoding`, in bytes without.
   *
   * @throws {RangeError} If `maxLine` is no positive number.
   */
  static stdin(options: TextFileStreamOptions): FileStream<string>;
  /** Standard input in bytes. */
  static stdin(options?: StreamOptions): FileStream;
  static stdin(options: StreamOptions = {}): FileStream | FileStream<string> {
    const reader = new SharedReader(standardInput());
    return FileStream.#over(
      { reader, writer: null, close: () => Promise.resolve(reader.close()) },
      options,
    );
  }

  /** Standard output, to be written only: in text with an `encoding`, in bytes or text without. */
  static stdout(options: TextFileStreamOptions): FileStream<string>;
  /** Standard output in bytes. */
  static stdout(options?: StreamOptions): FileStream;
  static stdout(options: StreamOptions = {}): FileStream | FileStream<string> {
    return FileStream.#over(outgoing(Deno.stdout), options);
  }

  /** Standard error, to be written only: in text with an `encoding`, in bytes or text without. */
  static stderr(options: TextFileStreamOptions): FileStream<string>;
  /** Standard error in bytes. */
  static stderr(options?: StreamOptions): FileStream;
  static stderr(options: StreamOptions = {}): FileStream | FileStream<string> {
    return FileStream.#over(outgoing(Deno.stderr), options);
  }

  static #over(ends: StreamEnds, options: StreamOptions): FileStream | FileStream<string> {
    return "encoding" in options && options.encoding !== undefined
      ? new FileStream(ends, TEXT, options)
      : new FileStream(ends, BYTES, options);
  }
}

function outgoing(host: typeof Deno.stdout): StreamEnds {
  const writer = new ByteWriter(host);
  return { reader: null, writer, close: () => Promise.resolve(writer.close("closed")) };
}
