/**
 * Frames on a pipe between processes: a mark, a kind, a length and so many bytes.
 *
 * The pipe that carries what a child process answers is its standard output, the only one that takes
 * no permission. The child's own output travels in frames, too. But a library may write there past
 * us, or a process of its own inherit it. So each pipe has a random mark, and what is in no frame is
 * output as well.
 *
 * `writeFrameHead` travels as text: see `far_text.ts`.
 */

/** A message of the protocol. */
export const MESSAGE_FRAME = 1;
/** What the child wrote to its standard output. */
export const OUTPUT_FRAME = 2;
/** Bytes before a frame's content: 8 of the mark, 4 of its kind, 4 of its length. */
export const FRAME_HEAD = 16;

/** Writes the head of a frame with `length` bytes of content into `frame`. */
export function writeFrameHead(
  frame: Uint8Array,
  mark: Uint8Array,
  kind: number,
  length: number,
): void {
  frame.set(mark);
  const view = new DataView(frame.buffer, frame.byteOffset);
  view.setUint32(8, kind);
  view.setUint32(12, length);
}

/** Takes frames out of a stream of bytes that comes in chunks. */
export class FrameReader {
  readonly #mark: Uint8Array;
  readonly #frame: (kind: number, content: Uint8Array) => void;
  readonly #stray: (bytes: Uint8Array) => void;
  /** What has come of a frame, or may become one. */
  #held: Uint8Array = new Uint8Array(0);
  /** How much of it there is. */
  #length = 0;
  /** How much there must be before it is worth a look. */
  #wanted = 0;

  /**
   * @param frame Told of each frame. The content is its own to keep.
   * @param stray Told of what is in no frame.
   */
  constructor(
    mark: Uint8Array,
    frame: (kind: number, content: Uint8Array) => void,
    stray: (bytes: Uint8Array) => void,
  ) {
    this.#mark = mark;
    this.#frame = frame;
    this.#stray = stray;
  }

  /** The next bytes. */
  push(chunk: Uint8Array): void {
    this.#append(chunk);
    if (this.#length < this.#wanted) return;
    const bytes = this.#held.subarray(0, this.#length);
    let start = 0;
    this.#wanted = 0;
    while (start < bytes.length) {
      const rest = bytes.subarray(start);
      const taken = this.#take(rest);
      if (taken === 0) break;
      start += taken;
    }
    if (start > 0) this.#held.copyWithin(0, start, this.#length);
    this.#length -= start;
  }

  /** No more comes: what is held will be no frame. */
  end(): void {
    if (this.#length > 0) this.#stray(this.#held.slice(0, this.#length));
    this.#length = 0;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#held.length) {
      // Memory grows with what arrives, not with what is announced.
      const larger = new Uint8Array(Math.max(needed, 2 * this.#held.length, 4096));
      larger.set(this.#held.subarray(0, this.#length));
      this.#held = larger;
    }
    this.#held.set(chunk, this.#length);
    this.#length = needed;
  }

  /** Takes a frame, or what is none, from the beginning of `bytes`: how many bytes that were. */
  #take(bytes: Uint8Array): number {
    const stray = this.#findMark(bytes);
    if (stray > 0) {
      this.#stray(bytes.slice(0, stray));
      return stray;
    }
    if (bytes.length < FRAME_HEAD) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const end = FRAME_HEAD + view.getUint32(12);
    if (bytes.length < end) {
      this.#wanted = end;
      return 0;
    }
    this.#frame(view.getUint32(8), bytes.slice(FRAME_HEAD, end));
    return end;
  }

  /** Where the mark begins, or the first byte from which on it may. */
  #findMark(bytes: Uint8Array): number {
    const mark = this.#mark;
    for (let at = bytes.indexOf(mark[0]); at >= 0; at = bytes.indexOf(mark[0], at + 1)) {
      const length = Math.min(mark.length, bytes.length - at);
      let same = 1;
      while (same < length && bytes[at + same] === mark[same]) same++;
      if (same === length) return at;
    }
    return bytes.length;
  }
}
