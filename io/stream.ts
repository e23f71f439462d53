import { CurioError } from "../kernel/errors.ts";
import { noteProgress, progressOf } from "../kernel/progress.ts";
import { hushed } from "./hushed.ts";
import type { Demand } from "./byte_reader.ts";
import { inBatches } from "./batches.ts";
import { Collected, Line, Lines, NextLine, Some } from "./demands.ts";
import { BYTES, type Form, TEXT } from "./form.ts";
import { countError } from "./counts.ts";
import { immediate } from "./immediate.ts";
import { checkMaxLine, DEFAULT_MAX_LINE } from "./max_line.ts";
import type { StreamData } from "./stream_data.ts";
import type { StreamEnds } from "./stream_ends.ts";
import { readableView, WebEnds, writableView } from "./web_streams.ts";

/** How a stream is set up. */
export interface StreamOptions {
  /** How many bytes a line may have: 1 MiB unless given. See {@linkcode Stream.maxLine}. */
  maxLine?: number;
}

/**
 * A connection, file or pipe to be read and written like a file: in bytes, or, if it was made with an
 * encoding, in text.
 *
 * Each reading method is a blocking point unless what it wants has come already. One that is cancelled
 * loses nothing: what it had taken is on the error, the rest stays in the stream. Only one task may
 * read at a time, and one write; the other gets `ReadResourceBusy` or `WriteResourceBusy`. A task that
 * waits while the stream is closed gets `CurioError`, as does any use after that. Works outside tasks
 * too, without cancellation.
 *
 * Text is UTF-8. Counts are of characters, malformed bytes become U+FFFD, newlines are left as they are.
 *
 * @example Answer line by line
 * ```ts
 * import { run, type Socket, spawn, openConnection, tcpServer } from "@curio/core";
 *
 * async function shout(client: Socket) {
 *   const stream = client.asStream({ encoding: "utf-8" });
 *   for await (const line of stream) await stream.write(line.toUpperCase());
 * }
 *
 * await run(async () => {
 *   const server = spawn(tcpServer, "localhost", 0, shout, {
 *     onListen: async ({ port }) => {
 *       const stream = (await openConnection("localhost", port)).asStream({ encoding: "utf-8" });
 *       await stream.write("hello\n");
 *       console.log(await stream.readline()); // HELLO
 *       await stream.close();
 *       await server.cancel({ blocking: false });
 *     },
 *   });
 *   await server.wait();
 * });
 * ```
 */
export class Stream<T extends Uint8Array | string = Uint8Array<ArrayBuffer>> {
  readonly #ends: StreamEnds;
  readonly #form: Form<T>;
  readonly #some: Some<T>;
  readonly #line: Line<T>;
  #readable: ReadableStream<T> | null = null;
  #writable: WritableStream<StreamData<T>> | null = null;

  /** @internal */
  protected constructor(ends: StreamEnds, form: Form<T>, options: StreamOptions) {
    this.#ends = ends;
    this.#form = form;
    this.#some = new Some(form);
    this.#line = new Line(form, checkMaxLine(options.maxLine ?? DEFAULT_MAX_LINE));
  }

  /**
   * A stream over streams of the web, such as the body of a `fetch`: in text with an `encoding`, in
   * bytes without. Locks both; closing it cancels `readable` and closes `writable`.
   *
   * @param readable What to read from, or `null`.
   * @param writable What to write to, or `null`.
   * @throws {TypeError} If one of them is locked.
   *
   * @example The lines of a response
   * ```ts
   * import { run, Stream } from "@curio/core";
   *
   * await run(async () => {
   *   const { body } = await fetch("data:,one%0Atwo%0A");
   *   await using stream = Stream.from(body, null, { encoding: "utf-8" });
   *   for await (const line of stream) console.log(line.trim());
   * });
   * ```
   */
  static from(
    readable: ReadableStream<Uint8Array | string> | null,
    writable: WritableStream<Uint8Array> | null | undefined,
    options: StreamOptions & { encoding: "utf-8" },
  ): Stream<string>;
  /** A stream of bytes over streams of the web. */
  static from(
    readable: ReadableStream<Uint8Array | string> | null,
    writable?: WritableStream<Uint8Array> | null,
    options?: StreamOptions,
  ): Stream;
  static from(
    readable: ReadableStream<Uint8Array | string> | null,
    writable: WritableStream<Uint8Array> | null = null,
    options: StreamOptions & { encoding?: string } = {},
  ): Stream | Stream<string> {
    const ends = new WebEnds(readable, writable);
    return options.encoding === undefined
      ? new Stream(ends, BYTES, options)
      : new Stream(ends, TEXT, options);
  }

  /**
   * The stream as the web's, to be read: always the same object. It ends when the input does;
   * cancelling it closes the stream. Reading it is a foreign promise (`abortable()` makes the wait
   * cancellable), and what it has not read stays in the stream.
   *
   * @example Pipe a connection into a file
   * ```ts no-run
   * import { openConnection, run } from "@curio/core";
   *
   * await run(async () => {
   *   const stream = (await openConnection("localhost", 7000)).asStream();
   *   using file = await Deno.open("copy", { write: true, create: true });
   *   await stream.readable.pipeTo(file.writable);
   * });
   * ```
   */
  get readable(): ReadableStream<T> {
    return this.#readable ??= readableView(this);
  }

  /**
   * The stream as the web's, to be written: always the same object. Closing or aborting it closes the
   * stream. Writing it is a foreign promise (`abortable()` makes the wait cancellable).
   */
  get writable(): WritableStream<StreamData<T>> {
    return this.#writable ??= writableView(this);
  }

  /**
   * How many bytes a line may have, its newline apart. A longer one makes `readline` and its like reject
   * with `RangeError`; what was read of it stays, for `read()` or a `readline` with a higher limit.
   */
  get maxLine(): number {
    return this.#line.maxLine;
  }

  set maxLine(bytes: number) {
    this.#line.maxLine = checkMaxLine(bytes);
  }

  /**
   * Reads what has come, or waits until something does.
   *
   * @param max The most to read, in bytes or characters; -1, the default, for whatever has come.
   * @returns At least one byte or character; empty at the end of the input. Empty at once if `max` is 0.
   */
  read(max: number = -1): Promise<T> {
    const operation = "Stream.read()";
    const error = max === -1 ? null : countError(max, operation);
    if (error !== null) return Promise.reject(error);
    if (max === 0) return immediate(operation, this.#form.empty);
    const { reader } = this.#ends;
    // If somebody waits already, this is refused: the maximum stays theirs.
    if (reader?.waiting === null) this.#some.max = max === -1 ? Infinity : max;
    return this.#read(operation, this.#some);
  }

  /**
   * Reads everything to the end of the input. Cancelled, what it had read is the error's `bytesRead`.
   */
  readall(): Promise<T> {
    return this.#read("Stream.readall()", new Collected(this.#form, Infinity));
  }

  /**
   * Reads `count` bytes or characters, no fewer. Cancelled, what it had read is the error's `bytesRead`.
   *
   * @throws {Deno.errors.UnexpectedEof} If the input ends before; `bytesRead` has what there was.
   */
  readExactly(count: number): Promise<T> {
    const operation = "Stream.readExactly()";
    const error = countError(count, operation);
    if (error !== null) return Promise.reject(error);
    if (count === 0) return immediate(operation, this.#form.empty);
    return this.#read(operation, new Collected(this.#form, count));
  }

  /**
   * Reads a line with its newline. At the end of the input what is left without one, then empty.
   * Cancelled, an unfinished line stays in the stream.
   *
   * @throws {RangeError} If the line is longer than {@linkcode Stream.maxLine}.
   */
  readline(): Promise<T> {
    return this.#read("Stream.readline()", this.#line);
  }

  /**
   * Reads all lines to the end of the input. Cancelled, those it had read are the error's `linesRead`,
   * and an unfinished one stays in the stream.
   *
   * @throws {RangeError} If a line is longer than {@linkcode Stream.maxLine}.
   */
  readlines(): Promise<T[]> {
    return this.#read("Stream.readlines()", new Lines(this.#line));
  }

  /** The lines to the end of the input, as {@linkcode Stream.readline} reads them. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    const next = new NextLine(this.#line);
    return {
      next: () => this.#read("Stream.readline()", next),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * Writes all of `data`: nothing is held back. A blocking point. Cancelled, the number of bytes that
   * the other side will have received, if nobody closes the connection, is the error's `bytesWritten`.
   * Leave the array alone until the write, or after a cancelled one the next write or `flush`, is done.
   *
   * @returns How many bytes or characters `data` has.
   */
  write(data: StreamData<T>): Promise<number> {
    return this.#write("Stream.write()", data as T | string);
  }

  /**
   * Writes each of `lines`, to which nothing is added, in as few pieces as it can. Cancelled, the number
   * of bytes that are gone is the error's `bytesWritten`.
   */
  writelines(lines: Iterable<StreamData<T>>): Promise<void> {
    return hushed(this.#writelines(lines));
  }

  /** Waits until what a cancelled write left on its way is gone. Nothing else is ever held back. */
  flush(): Promise<void> {
    const operation = "Stream.flush()";
    const { writer } = this.#ends;
    return writer === null ? rejectOneWay(operation, "reading") : writer.flush(operation);
  }

  /**
   * Hands what is under the stream, a file or a connection of the host's, to code that knows nothing of
   * tasks, until the end of the block. Meanwhile every operation of the stream is refused.
   *
   * @throws {ResourceBusy} If a task reads or writes, or it has been handed out already.
   * @throws {CurioError} If there is nothing to be handed out, or the stream is closed.
   *
   * @example Write where nothing can be awaited
   * ```ts
   * import { FileStream, run } from "@curio/core";
   *
   * await run(async () => {
   *   const output = FileStream.stdout();
   *   await output.write("from a task\n");
   *   using lent = output.blocking();
   *   lent.file.writeSync(new TextEncoder().encode("from elsewhere\n"));
   * });
   * ```
   */
  blocking(): Disposable {
    const operation = "Stream.blocking()";
    if (this.#ends.lend !== undefined) return this.#ends.lend(operation);
    throw new CurioError(
      `Cannot use ${operation} because no file or connection of the host's is under this stream: ` +
        `use its readable and writable`,
    );
  }

  /** Closes the stream and what is under it. No blocking point; harmless when done already. */
  close(): Promise<void> {
    return this.#ends.close();
  }

  /** Closes the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const { reader, writer } = this.#ends;
    const waits = [reader?.waiting, writer?.waiting].filter((operation) => operation);
    const state = waits.length > 0 ? `in ${waits.join(" and ")}` : "idle";
    return `${this.constructor.name} [${reader?.buffer.length ?? 0} bytes buffered, ${state}]`;
  }

  #read<R>(operation: string, demand: Demand<R>): Promise<R> {
    const { reader } = this.#ends;
    return reader === null ? rejectOneWay(operation, "writing") : reader.read(operation, demand);
  }

  #write(operation: string, data: T | string): Promise<number> {
    const { writer } = this.#ends;
    if (writer === null) return rejectOneWay(operation, "reading");
    try {
      const bytes = this.#form.encode(data, operation);
      return writer.write(operation, bytes, "bytesWritten", this.#form.unitsOf(data, bytes));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #writelines(lines: Iterable<StreamData<T>>): Promise<void> {
    const operation = "Stream.writelines()";
    const { writer } = this.#ends;
    if (writer === null) return await rejectOneWay(operation, "reading");
    let gone = 0;
    writer.claim(operation);
    try {
      for (
        const batch of inBatches(lines, (line) => this.#form.encode(line as T | string, operation))
      ) {
        gone += await writer.write(operation, batch, "bytesWritten", batch.length);
      }
    } catch (error) {
      const { bytesWritten } = progressOf(error);
      if (bytesWritten !== undefined) noteProgress(error, { bytesWritten: gone + bytesWritten });
      throw error;
    } finally {
      writer.release();
    }
  }
}

function rejectOneWay(operation: string, purpose: string): Promise<never> {
  return Promise.reject(
    new CurioError(
      `Cannot use ${operation} because this stream is for ${purpose} only: use its other half`,
    ),
  );
}
