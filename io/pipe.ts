/** Our ends of the pipes to a process: what a {@linkcode PipeStream} is made of. */
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { ByteReader } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import type { KeepAlive } from "./keep_alive.ts";
import { PipeSink } from "./pipe_sink.ts";
import { PipeSource } from "./pipe_source.ts";
import type { StreamEnds } from "./stream_ends.ts";

/** What is left to be read of a pipe by whoever it was handed to. */
export interface PipeRest {
  /** Reads into `buffer`; `null` at the end. */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Closes the pipe. */
  close(): Promise<void>;
}

/** The end we read from: a process's standard output or error. */
export class IncomingPipe implements StreamEnds, Resource {
  readonly reader: ByteReader;
  readonly writer = null;
  readonly #source: PipeSource;
  readonly #name: string;
  #usable = true;

  /** @param name What it is: `the stdout of process 12`. */
  constructor(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    keepAlive: KeepAlive,
    name: string,
  ) {
    this.#name = name;
    this.#source = new PipeSource(stream, keepAlive, () => noteClosed(this));
    this.reader = new ByteReader(this.#source);
    noteOpen(this);
  }

  /** Whether it has been neither closed nor handed over. */
  get usable(): boolean {
    return this.#usable;
  }

  describeOpen(): string {
    return `a pipe from ${this.#name}`;
  }

  async close(): Promise<void> {
    if (!this.#usable) return;
    this.#usable = false;
    this.reader.close("closed");
    await this.#source.close();
    await this.reader.settled();
  }

  /** Hands it to somebody else, with what has been read already. From now on its stream is of no use. */
  handOver(): PipeRest {
    this.#usable = false;
    this.reader.close("detached");
    const source = this.#source;
    source.sendToBackground();
    return {
      read: async (buffer) => {
        // At the end, whatever was read ahead, the source says so again.
        const count = await this.reader.readLeftover(buffer);
        return count === undefined ? await source.read(buffer) : count;
      },
      close: () => source.close(),
    };
  }
}

/** The end we write to: a process's standard input. */
export class OutgoingPipe implements StreamEnds, Resource {
  readonly reader = null;
  readonly writer: ByteWriter;
  readonly #sink: PipeSink;
  readonly #pid: number;
  #usable = true;

  constructor(stream: WritableStream<Uint8Array>, pid: number) {
    this.#pid = pid;
    this.#sink = new PipeSink(stream, pid);
    this.writer = new ByteWriter(this.#sink);
    noteOpen(this);
  }

  /** Whether it has not been closed. */
  get usable(): boolean {
    return this.#usable;
  }

  describeOpen(): string {
    return `a pipe to the stdin of process ${this.#pid}`;
  }

  /** Writes all of `data`, for code that is no task's. */
  async pump(data: Uint8Array): Promise<void> {
    await this.#sink.write(data);
  }

  async close(): Promise<void> {
    if (!this.#usable) return;
    this.#usable = false;
    noteClosed(this);
    this.writer.close("closed");
    await this.#sink.close();
  }
}
