import type { ByteSource } from "./byte_reader.ts";
import type { KeepAlive } from "./keep_alive.ts";

/**
 * What a process writes, as the host gives it (a WHATWG byte stream), read into an array of the
 * caller's. A read of the host takes the array it is given away for good; so there is one of our own
 * that goes back and forth, and what it brings is copied.
 */
export class PipeSource implements ByteSource {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #keepAlive: KeepAlive;
  #chunk: ArrayBuffer = new ArrayBuffer(0);
  #reading = false;
  #held = false;
  #isBackground = false;

  /** @param onEnd Called once there is nothing more to come. */
  constructor(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    keepAlive: KeepAlive,
    readonly onEnd: () => void,
  ) {
    this.#reader = stream.getReader({ mode: "byob" });
    this.#keepAlive = keepAlive;
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    if (this.#chunk.byteLength < buffer.length) this.#chunk = new ArrayBuffer(buffer.length);
    this.#reading = true;
    this.ref();
    try {
      const { value, done } = await this.#reader.read(
        new Uint8Array(this.#chunk, 0, buffer.length),
      );
      if (done) {
        this.#chunk = new ArrayBuffer(0);
        this.onEnd();
        return null;
      }
      this.#chunk = value.buffer;
      buffer.set(value);
      return value.length;
    } finally {
      this.#reading = false;
      this.unref();
    }
  }

  ref(): void {
    if (this.#held || !this.#reading || this.#isBackground) return;
    this.#held = true;
    this.#keepAlive.hold();
  }

  unref(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#keepAlive.release();
  }

  /** From now on no read of it keeps the program alive. */
  sendToBackground(): void {
    this.#isBackground = true;
    this.unref();
  }

  /** Closes the pipe. A read in flight ends. */
  async close(): Promise<void> {
    try {
      await this.#reader.cancel();
    } catch {
      // It had failed, and whoever read it was told.
    }
    this.onEnd();
  }
}
