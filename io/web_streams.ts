/**
 * Streams of the web from ours, and ours from theirs.
 *
 * A view reads and writes outside any task: a `ReadableStream` whose read was cancelled with a task would
 * be broken for good. Who waits for a view in a task does so as for any foreign promise.
 */
import { outsideTasks } from "../kernel/current.ts";
import { ByteReader, type ByteSource } from "./byte_reader.ts";
import { type ByteSink, ByteWriter } from "./byte_writer.ts";
import { toBytes } from "./form.ts";
import type { StreamData } from "./stream_data.ts";
import type { StreamEnds } from "./stream_ends.ts";

/** What a view needs of a stream. */
export interface Viewed<T> {
  read(): Promise<T>;
  write(data: StreamData<T>): Promise<number>;
  close(): Promise<void>;
}

/** A view of `stream` that reads when it is read, and closes `stream` when it is cancelled. */
export function readableView<T extends Uint8Array | string>(stream: Viewed<T>): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller) {
      const part = await outsideTasks(() => stream.read());
      if (part.length > 0) controller.enqueue(part);
      else controller.close();
    },
    cancel: () => stream.close(),
  }, { highWaterMark: 0 });
}

/** A view of `stream` that writes what it is given, and closes `stream` when it is closed or aborted. */
export function writableView<T>(stream: Viewed<T>): WritableStream<StreamData<T>> {
  return new WritableStream<StreamData<T>>({
    async write(data) {
      await outsideTasks(() => stream.write(data));
    },
    close: () => stream.close(),
    abort: () => stream.close(),
  });
}

/** The ends of a stream over two of the web's, of which one may be missing. Both are locked for good. */
export class WebEnds implements StreamEnds {
  readonly reader: ByteReader | null;
  readonly writer: ByteWriter | null;
  readonly #source: WebSource | null;
  readonly #sink: WebSink | null;
  #closing: Promise<void> | null = null;

  constructor(
    readable: ReadableStream<Uint8Array | string> | null,
    writable: WritableStream<Uint8Array> | null,
  ) {
    this.#source = readable === null ? null : new WebSource(readable);
    this.#sink = writable === null ? null : new WebSink(writable);
    this.reader = this.#source === null ? null : new ByteReader(this.#source);
    this.writer = this.#sink === null ? null : new ByteWriter(this.#sink);
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const writing = this.writer?.writing ?? false;
    this.reader?.close("closed");
    this.writer?.close("closed");
    await Promise.all([this.#source?.close(), this.#sink?.close(writing)]);
  }
}

class WebSource implements ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array | string>;
  /** What did not fit into the last buffer. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(readable: ReadableStream<Uint8Array | string>) {
    this.#reader = readable.getReader();
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#rest = toBytes(value, "Stream.from()");
    }
    const count = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  /** The source hears that nobody reads on. If it has failed, whoever read has been told. */
  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

class WebSink implements ByteSink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #failed = false;

  constructor(writable: WritableStream<Uint8Array>) {
    this.#writer = writable.getWriter();
    // Whoever writes or closes is told.
    this.#writer.closed.catch(() => this.#failed = true);
    this.#writer.ready.catch(() => {});
  }

  async write(data: Uint8Array): Promise<number> {
    // The other side may keep it, and the caller may change it once it is written.
    await this.#writer.write(data.slice());
    return data.length;
  }

  /** Ends the output, or breaks it off if something is still `writing` that may never be done. */
  async close(writing: boolean): Promise<void> {
    if (this.#failed) return;
    if (writing) await this.#writer.abort().catch(() => {});
    else await this.#writer.close();
  }
}
