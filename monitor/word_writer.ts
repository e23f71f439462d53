import { WORDS_BYTES } from "./table_layout.ts";

/** What a word is shown as when there is no room for it any more. */
const OVERFLOW = "…";

/** Keeps each of the words that rows refer to once in shared memory; a word is known by its place there. */
export class WordWriter {
  readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(WORDS_BYTES);
  readonly #chars = new Uint16Array(this.buffer);
  readonly #places = new Map<string, number>();
  #end = 1; // 0 means no word.
  readonly #overflow = this.placeOf(OVERFLOW);

  /** Where `word` is kept. */
  placeOf(word: string): number {
    const known = this.#places.get(word);
    if (known !== undefined) return known;
    if (this.#end + 1 + word.length > this.#chars.length) return this.#overflow;
    const place = this.#end;
    for (let i = 0; i < word.length; i++) this.#chars[place + 1 + i] = word.charCodeAt(i);
    // Last: who sees the length sees the word.
    Atomics.store(this.#chars, place, word.length);
    this.#end += 1 + word.length;
    this.#places.set(word, place);
    return place;
  }
}
