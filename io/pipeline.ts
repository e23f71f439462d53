import { outsideTasks } from "../kernel/current.ts";
import type { OutgoingPipe, PipeRest } from "./pipe.ts";
import { CHUNK_SIZE } from "./read_buffer.ts";

/**
 * Carries what one process writes to the standard input of another, in the background: Deno cannot
 * give a pipe of one process to the next. As in a shell's pipeline, the end of the one ends the
 * input of the other; and when the other reads no more, the one hears of it when it next writes.
 */
export class Pipeline {
  readonly #from: PipeRest;
  readonly #to: OutgoingPipe;

  constructor(from: PipeRest, to: OutgoingPipe) {
    this.#from = from;
    this.#to = to;
    void outsideTasks(() => this.#run());
  }

  /** Closes both pipes. */
  async close(): Promise<void> {
    await Promise.all([this.#from.close(), this.#to.close()]);
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(CHUNK_SIZE);
    try {
      for (;;) {
        const count = await this.#from.read(buffer);
        if (count === null) break;
        await this.#to.pump(buffer.subarray(0, count));
      }
    } catch {
      // The reader is gone (or the pipe was closed), and there is nobody to tell but the writer.
    }
    await this.close();
  }
}
