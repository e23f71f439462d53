/** The two forms a stream comes in: bytes, and text in UTF-8. */
import { joinBytes } from "./join_bytes.ts";
import type { ReadBuffer } from "./read_buffer.ts";
import { bytesOfCharacters, countCharacters } from "./utf8.ts";

/** What tells a stream of `T` from another. Its *units* are bytes, or characters. */
export interface Form<T> {
  /** No units: the end of the input. */
  readonly empty: T;
  /**
   * Takes up to `max` units, at least one; `undefined` if none is complete. Once the input has ended
   * there is always something, if only {@linkcode Form.empty}.
   */
  take(buffer: ReadBuffer, max: number, ended: boolean): T | undefined;
  /** Takes `count` bytes that are complete, such as a line. */
  cut(buffer: ReadBuffer, count: number): T;
  /** How many units `part` has. */
  count(part: T): number;
  /** The parts in one. */
  join(parts: readonly T[]): T;
  /** How many units `data` has, given it is `bytes` when encoded. */
  unitsOf(data: T | string, bytes: Uint8Array): number;
  /** What is to be written; `operation` names the call in the error for what cannot be. */
  encode(data: T | string, operation: string): Uint8Array;
}

const encoder = new TextEncoder();
// Like Python's, a byte order mark is a character.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes as they are given: a string is sent as UTF-8. */
export function toBytes(data: Uint8Array | string, operation: string): Uint8Array {
  if (typeof data === "string") return encoder.encode(data);
  if (data instanceof Uint8Array) return data;
  throw new TypeError(
    `Cannot give ${
      describe(data)
    } to ${operation} because it takes bytes: give a Uint8Array or a string`,
  );
}

function describe(data: unknown): string {
  return typeof data === "object" && data !== null ? `a ${data.constructor?.name}` : String(data);
}

/** Bytes. Whatever is taken has an array of its own. */
export const BYTES: Form<Uint8Array<ArrayBuffer>> = {
  get empty() {
    return new Uint8Array(0);
  },
  take(buffer, max, ended) {
    return buffer.length > 0 || ended ? buffer.take(max) : undefined;
  },
  cut(buffer, count) {
    return buffer.take(count);
  },
  count(part) {
    return part.length;
  },
  join(parts) {
    return parts.length === 1 ? parts[0] : joinBytes(parts);
  },
  unitsOf(_data, bytes) {
    return bytes.length;
  },
  encode: toBytes,
};

/** Text. Malformed bytes decode to U+FFFD; a character whose bytes have not all come is not taken. */
export const TEXT: Form<string> = {
  empty: "",
  take(buffer, max, ended) {
    if (buffer.length === 0) return ended ? "" : undefined;
    const bytes = buffer.peek();
    let count = bytesOfCharacters(bytes, max);
    // At the end, the start of a character is all that there will ever be of it.
    if (ended && (count === 0 || max > bytes.length)) count = bytes.length;
    return count === 0 ? undefined : TEXT.cut(buffer, count);
  },
  cut(buffer, count) {
    const text = decoder.decode(buffer.peek().subarray(0, count));
    buffer.skip(count);
    return text;
  },
  count: countCharacters,
  join(parts) {
    return parts.join("");
  },
  unitsOf(data, bytes) {
    return bytes.length === data.length ? data.length : countCharacters(data);
  },
  encode(data, operation) {
    if (typeof data === "string") return encoder.encode(data);
    throw new TypeError(
      `Cannot give ${
        describe(data)
      } to ${operation} of a text stream: give a string, or make the ` +
        `stream without an encoding`,
    );
  },
};
