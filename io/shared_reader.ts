import type { ByteReader, Demand } from "./byte_reader.ts";
import { closedError } from "./closed.ts";
import type { StreamReader } from "./stream_ends.ts";

/** Who began the read that a reader waits in. */
const readBy = new WeakMap<ByteReader, SharedReader>();

/**
 * One of several views of one reader: what one leaves buffered, another finds. Closing a view ends its
 * own wait, and nobody else's.
 */
export class SharedReader implements StreamReader {
  readonly #reader: ByteReader;
  #closed = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  get buffer(): { readonly length: number } {
    return this.#reader.buffer;
  }

  get waiting(): string | null {
    return this.#reader.waiting;
  }

  /** Throws the error for `operation` if this view has been closed. */
  check(operation: string): void {
    if (this.#closed) throw closedError(operation);
  }

  read<T>(operation: string, demand: Demand<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError(operation));
    // While another waits, the reader refuses.
    if (this.#reader.waiting === null) readBy.set(this.#reader, this);
    return this.#reader.read(operation, demand);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (readBy.get(this.#reader) === this) this.#reader.dismiss("closed");
  }
}
