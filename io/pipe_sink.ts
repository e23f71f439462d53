import type { ByteSink } from "./byte_writer.ts";

/** What a process reads, as the host takes it: a WHATWG stream. */
export class PipeSink implements ByteSink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pid: number;
  #writing = false;

  constructor(stream: WritableStream<Uint8Array>, pid: number) {
    this.#writer = stream.getWriter();
    this.#pid = pid;
  }

  async write(data: Uint8Array): Promise<number> {
    this.#writing = true;
    try {
      await this.#writer.write(data);
      return data.length;
    } catch (error) {
      throw error instanceof Deno.errors.BrokenPipe ? this.#brokenPipe(error) : error;
    } finally {
      this.#writing = false;
    }
  }

  /** Closes the pipe, or with a write in flight lets go of it: it closes once the process reads or ends. */
  async close(): Promise<void> {
    if (this.#writing) {
      void this.#writer.abort().catch(() => {});
      return;
    }
    try {
      await this.#writer.close();
    } catch {
      // The pipe was broken, and whoever wrote to it was told.
    }
  }

  #brokenPipe(cause: Error): Error {
    const error = new Deno.errors.BrokenPipe(
      `Cannot write to process ${this.#pid} because it has ended or closed its standard input: ` +
        `look at its returncode and stderr`,
      { cause },
    );
    return Object.assign(error, { code: "EPIPE" });
  }
}
