import { ByteWriter } from "./byte_writer.ts";
import { BYTES, type Form, TEXT } from "./form.ts";
import { lendToRead, lendToWrite, type LentFile } from "./lent_file.ts";
import { SharedReader } from "./shared_reader.ts";
import { standardInput } from "./standard_input.ts";
import { Stream, type StreamOptions } from "./stream.ts";
import type { StreamEnds } from "./stream_ends.ts";

/** `Deno.stdin`. */
export type HostStdin = typeof Deno.stdin;
/** `Deno.stdout` and `Deno.stderr`. */
export type HostStdout = typeof Deno.stdout;

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
export class FileStream<
  T extends Uint8Array | string = Uint8Array<ArrayBuffer>,
  F extends HostStdin | HostStdout = HostStdin | HostStdout,
> extends Stream<T> {
  private constructor(ends: StreamEnds, form: Form<T>, options: StreamOptions) {
    super(ends, form, options);
  }

  /**
   * Hands the host's file to code that knows nothing of tasks, until the end of the block; meanwhile every
   * operation of the stream is refused with `ReadResourceBusy` or `WriteResourceBusy`.
   *
   * @throws {ResourceBusy} If a task reads or writes, if something was read that nobody took or a
   * cancelled write is on its way still, or if it has been handed out already.
   * @throws {CurioError} If the stream is closed.
   */
  override blocking(): LentFile<F> {
    return super.blocking() as LentFile<F>;
  }

  /**
   * Standard input, to be read only: in text with an `encoding`, in bytes without.
   *
   * @throws {RangeError} If `maxLine` is no positive number.
   */
  static stdin(options: TextFileStreamOptions): FileStream<string, HostStdin>;
  /** Standard input in bytes. */
  static stdin(options?: StreamOptions): FileStream<Uint8Array<ArrayBuffer>, HostStdin>;
  static stdin(options: StreamOptions = {}): FileStream | FileStream<string> {
    const input = standardInput();
    const reader = new SharedReader(input);
    const ends: StreamEnds = {
      reader,
      writer: null,
      close: () => Promise.resolve(reader.close()),
      lend(operation) {
        reader.check(operation);
        return lendToRead(operation, Deno.stdin, input);
      },
    };
    return FileStream.#over(ends, options);
  }

  /** Standard output, to be written only: in text with an `encoding`, in bytes or text without. */
  static stdout(options: TextFileStreamOptions): FileStream<string, HostStdout>;
  /** Standard output in bytes. */
  static stdout(options?: StreamOptions): FileStream<Uint8Array<ArrayBuffer>, HostStdout>;
  static stdout(options: StreamOptions = {}): FileStream | FileStream<string> {
    return FileStream.#over(outgoing(Deno.stdout), options);
  }

  /** Standard error, to be written only: in text with an `encoding`, in bytes or text without. */
  static stderr(options: TextFileStreamOptions): FileStream<string, HostStdout>;
  /** Standard error in bytes. */
  static stderr(options?: StreamOptions): FileStream<Uint8Array<ArrayBuffer>, HostStdout>;
  static stderr(options: StreamOptions = {}): FileStream | FileStream<string> {
    return FileStream.#over(outgoing(Deno.stderr), options);
  }

  static #over(ends: StreamEnds, options: StreamOptions): FileStream | FileStream<string> {
    return "encoding" in options && options.encoding !== undefined
      ? new FileStream(ends, TEXT, options)
      : new FileStream(ends, BYTES, options);
  }
}

function outgoing(host: HostStdout): StreamEnds {
  const writer = new ByteWriter(host);
  return {
    reader: null,
    writer,
    close: () => Promise.resolve(writer.close("closed")),
    lend: (operation) => lendToWrite(operation, host, writer),
  };
}
