/** What a fresh buffer holds: ten thousand clients that say nothing cost forty megabytes. */
const FIRST_SIZE = 4 * 1024;
/** What one read asks for at most. A buffer that had to hold more is let go once it is empty. */
export const CHUNK_SIZE = 64 * 1024;

const NEWLINE = 10;
const NOTHING = new Uint8Array(0);

/**
 * Bytes that have been read and not been taken: a window that moves through one array.
 *
 * Everything here is linear in the bytes that pass through. The search for a newline remembers how
 * far it got; bytes are moved to the front only where that frees as much as is moved; the array
 * doubles when it must grow, and as long as reads fill it.
 */
export class ReadBuffer {
  #bytes: Uint8Array<ArrayBuffer> = NOTHING;
  #start = 0;
  #end = 0;
  /** How many bytes from the start are known to hold no newline. */
  #searched = 0;
  /** How large the array is to be when it is next made. */
  #size = FIRST_SIZE;
  /** The space handed out last, to be handed out again if it is the same. */
  #space: Uint8Array<ArrayBuffer> = NOTHING;
  /** Whether the host may still write into the space. */
  #reserved = false;

  /** How many bytes there are to take. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** The bytes, where they are: valid until the next call of anything here. */
  peek(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Takes `count` bytes, or as many as there are, in an array of their own. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const end = Math.min(this.#start + count, this.#end);
    if (this.#start === 0 && end === this.#bytes.length && !this.#reserved) return this.#giveAway();
    const taken = this.#bytes.slice(this.#start, end);
    this.skip(taken.length);
    return taken;
  }

  /** Takes as many bytes as fit into `target`, and returns their number. */
  takeInto(target: Uint8Array): number {
    const count = Math.min(target.length, this.length);
    target.set(this.#bytes.subarray(this.#start, this.#start + count));
    this.skip(count);
    return count;
  }

  /** Drops `count` bytes, which must be there. */
  skip(count: number): void {
    this.#start += count;
    this.#searched = Math.max(0, this.#searched - count);
    if (this.#start === this.#end && !this.#reserved) this.#start = this.#end = 0;
  }

  /** Where the first newline is, counted from the first byte, or -1. */
  indexOfNewline(): number {
    const from = this.#start + this.#searched;
    const index = this.#bytes.subarray(from, this.#end).indexOf(NEWLINE);
    if (index >= 0) {
      this.#searched += index;
      return this.#searched;
    }
    this.#searched = this.length;
    return -1;
  }

  /** Room for the host to write up to `limit` bytes to; {@linkcode ReadBuffer.filled} must follow. */
  reserve(limit: number): Uint8Array<ArrayBuffer> {
    this.#makeRoom(limit);
    const end = Math.min(this.#bytes.length, this.#end + limit);
    const space = this.#space;
    const same = space.buffer === this.#bytes.buffer && space.byteOffset === this.#end &&
      space.length === end - this.#end;
    if (!same) this.#space = this.#bytes.subarray(this.#end, end);
    this.#reserved = true;
    return this.#space;
  }

  /** The host has written `count` bytes. */
  filled(count: number): void {
    this.#reserved = false;
    this.#end += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    if (this.#end === this.#size && this.#size < CHUNK_SIZE) this.#size *= 2;
  }

  /** All bytes in the array they are in: a read that filled it is not copied. */
  #giveAway(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes;
    this.#bytes = this.#space = NOTHING;
    this.#start = this.#end = this.#searched = 0;
    return bytes;
  }

  #makeRoom(limit: number): void {
    const { length } = this.#bytes;
    const used = this.length;
    if (used === 0) {
      const size = Math.min(limit, this.#size);
      if (length < size || length > CHUNK_SIZE) this.#moveTo(new Uint8Array(size));
    } else if (length - this.#end < length / 4) {
      const fits = used <= length / 2 && length >= this.#size;
      this.#moveTo(fits ? this.#bytes : new Uint8Array(2 * length));
    }
  }

  #moveTo(bytes: Uint8Array<ArrayBuffer>): void {
    const used = this.length;
    if (bytes === this.#bytes) bytes.copyWithin(0, this.#start, this.#end);
    else bytes.set(this.peek());
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = used;
  }
}
