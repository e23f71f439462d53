/** What the reading operations of files alone wait for: see {@linkcode Demand}. */
import type { Demand } from "./byte_reader.ts";
import { type Form, TEXT } from "./form.ts";
import { CHUNK_SIZE, type ReadBuffer } from "./read_buffer.ts";
import { bytesOfCharacters, countCharacters } from "./utf8.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** So many units, or fewer if the file ends before. Until they are all there, none is taken. */
export class Upto<T> implements Demand<T> {
  readonly limit: number = CHUNK_SIZE;

  constructor(readonly form: Form<T>, readonly count: number) {}

  take(buffer: ReadBuffer, ended: boolean): T | undefined {
    // A character has a byte at least, in any encoding.
    if (!ended && buffer.length < this.count) return undefined;
    const ascii = this.#takeAscii(buffer);
    if (ascii !== undefined) return ascii;
    if (!ended && !this.#enough(buffer)) return undefined;
    const parts: T[] = [];
    for (let missing = this.count; missing > 0;) {
      const part = this.form.take(buffer, missing, ended);
      const count = part === undefined ? 0 : this.form.count(part);
      if (count === 0) break;
      parts.push(part!);
      missing -= count;
    }
    return this.form.join(parts);
  }

  /** Nearly all text: so many bytes, as many characters. What counts them otherwise is slow. */
  #takeAscii(buffer: ReadBuffer): T | undefined {
    const { count } = this;
    if (this.form as unknown !== TEXT || count === 0 || buffer.length < count) return undefined;
    const bytes = buffer.peek();
    if (bytes[count - 1] > 0x7f) return undefined;
    const text = decoder.decode(bytes.subarray(0, count));
    if (text.length !== count) return undefined;
    buffer.skip(count);
    return text as unknown as T;
  }

  #enough(buffer: ReadBuffer): boolean {
    if (this.form as unknown !== TEXT) return true;
    const bytes = buffer.peek();
    const end = bytesOfCharacters(bytes, this.count);
    return countCharacters(decoder.decode(bytes.subarray(0, end))) === this.count;
  }
}

/** Some bytes into an array of the caller's: what has come is enough. */
export class Into implements Demand<number> {
  readonly limit: number = CHUNK_SIZE;

  constructor(readonly target: Uint8Array) {}

  take(buffer: ReadBuffer, ended: boolean): number | undefined {
    return buffer.length > 0 || ended ? buffer.takeInto(this.target) : undefined;
  }
}
