/**
 * Messages on the wire, as Python's `multiprocessing.connection` has them: the length in four bytes
 * (signed, the highest first), then the message. A message of 2 GiB or more has -1 there, and its
 * length in eight more bytes.
 */
import type { Demand } from "../io/byte_reader.ts";
import { joinBytes } from "../io/join_bytes.ts";
import { CHUNK_SIZE, type ReadBuffer } from "../io/read_buffer.ts";
import { CurioError } from "../kernel/errors.ts";

const SHORT_HEADER = 4;
const LONG_HEADER = 12;
/** In place of a length that follows. */
const LONG = -1;
const LONGEST_SHORT = 0x7fffffff;

/** Up to here a message is copied behind its header, and leaves in one piece with it. */
export const JOINED_SIZE: number = 16 * 1024;

/** The length of a frame is out of bounds: nothing after it can be told from anything else. */
export class FrameError extends CurioError {}

/** What comes before a message of `length` bytes. */
function header(length: number): Uint8Array {
  const view = new DataView(
    new ArrayBuffer(length > LONGEST_SHORT ? LONG_HEADER : SHORT_HEADER),
  );
  if (length > LONGEST_SHORT) {
    view.setInt32(0, LONG);
    view.setBigUint64(SHORT_HEADER, BigInt(length));
  } else {
    view.setInt32(0, length);
  }
  return new Uint8Array(view.buffer);
}

/** The header of `message`, and as much of it as is worth copying. The rest follows. */
export function frameStart(message: Uint8Array): Uint8Array {
  return joinBytes([header(message.length), message.subarray(0, JOINED_SIZE)]);
}

/**
 * What a receiver waits for: the next message. One object for all that arrive on a connection: what a
 * cancelled receiver has of a message is here for the next. Memory grows with what has arrived, and at
 * most doubles; what a header announces is believed only as far as that.
 */
export class NextFrame implements Demand<Uint8Array<ArrayBuffer>> {
  readonly limit: number = CHUNK_SIZE;
  /** The longest message to take, in bytes. */
  maxLength = 0;
  /** What the header said, or -1 before it has come. */
  #length = -1;
  #body = new Uint8Array(0);
  #count = 0;

  take(buffer: ReadBuffer, ended: boolean): Uint8Array<ArrayBuffer> | undefined {
    if (this.#length < 0) this.#takeHeader(buffer);
    if (this.#length > this.maxLength) throw tooLong(this.#length, this.maxLength);
    if (this.#length >= 0) {
      if (this.#count === 0 && buffer.length >= this.#length) return this.#whole(buffer);
      this.#fill(buffer);
      if (this.#count === this.#length) return this.#filled();
    }
    if (ended) throw this.#endError(buffer);
    return undefined;
  }

  #takeHeader(buffer: ReadBuffer): void {
    if (buffer.length < SHORT_HEADER) return;
    const bytes = buffer.peek();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const length = view.getInt32(0);
    if (length < LONG) throw negative(length);
    if (length === LONG && buffer.length < LONG_HEADER) return;
    this.#length = length === LONG ? Number(view.getBigUint64(SHORT_HEADER)) : length;
    buffer.skip(length === LONG ? LONG_HEADER : SHORT_HEADER);
  }

  /** Everything is there: no need for an array that grows. */
  #whole(buffer: ReadBuffer): Uint8Array<ArrayBuffer> {
    const message = buffer.take(this.#length);
    this.#length = -1;
    return message;
  }

  #fill(buffer: ReadBuffer): void {
    const count = Math.min(this.#length, this.#count + buffer.length);
    if (count > this.#body.length) {
      const size = Math.min(this.#length, Math.max(count, 2 * this.#body.length));
      this.#body = new Uint8Array(this.#body.buffer.transfer(size));
    }
    this.#count += buffer.takeInto(this.#body.subarray(this.#count, count));
  }

  #filled(): Uint8Array<ArrayBuffer> {
    const message = this.#body;
    this.#body = new Uint8Array(0);
    this.#count = 0;
    this.#length = -1;
    return message;
  }

  #endError(buffer: ReadBuffer): Error {
    if (this.#length < 0 && buffer.length === 0) {
      return new Deno.errors.UnexpectedEof(
        "Cannot receive a message because the peer has closed the connection: " +
          "agree on a last message, or catch this error",
      );
    }
    const place = this.#length < 0
      ? "in the header of a message"
      : `after ${this.#count} of the ${this.#length} bytes of a message`;
    return new Deno.errors.UnexpectedEof(
      `Cannot receive a message because the connection ended ${place}: look for the fault at the peer`,
    );
  }
}

function tooLong(length: number, maxLength: number): FrameError {
  return new FrameError(
    `Cannot receive a message of ${length} bytes because at most ${maxLength} are allowed, so the ` +
      `connection was closed: give recvBytes() a higher maxLength, or send less`,
  );
}

function negative(length: number): FrameError {
  return new FrameError(
    `Cannot receive a message of ${length} bytes because that is no length, so the connection was ` +
      `closed: have the peer speak the protocol of multiprocessing.connection`,
  );
}
