/** The forms of text in files: UTF-8, and for reading those encodings whose characters are one byte. */
import { shown } from "../kernel/shown.ts";
import { type Form, TEXT } from "./form.ts";

/** As the Encoding Standard names them: ASCII with something else in the upper half. */
const ONE_BYTE = /^(ibm866|iso-8859-\d+(-i)?|koi8-[ru]|macintosh|windows-\d+|x-mac-cyrillic)$/;

/**
 * The form of text in `encoding`, any label that `TextDecoder` knows.
 *
 * @throws {RangeError} If there is no such encoding, or its text cannot be cut anywhere.
 * @throws {TypeError} If the file is to be written and it is not UTF-8.
 */
export function formOf(encoding: string, writes: boolean): Form<string> {
  const name = nameOf(encoding);
  if (name === "utf-8") return TEXT;
  if (writes) {
    throw new TypeError(
      `Cannot write text in ${encoding} because only UTF-8 can be written: leave the encoding out, ` +
        `or open the file for bytes and encode them yourself`,
    );
  }
  if (ONE_BYTE.test(name)) return oneByteForm(name);
  throw new RangeError(
    `Cannot read text in ${encoding} because its characters have several bytes and it is not UTF-8: ` +
      `open the file with "rb", and decode what readall() gives with a TextDecoder`,
  );
}

function nameOf(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new RangeError(
      `Cannot use the encoding ${shown(label)} because there is none such: give a label that ` +
        `TextDecoder knows, such as "utf-8" or "windows-1252"`,
      { cause },
    );
  }
}

/** Text of which each byte is a character. */
function oneByteForm(name: string): Form<string> {
  const decoder = new TextDecoder(name);
  const form: Form<string> = {
    ...TEXT,
    take(buffer, max, ended) {
      if (buffer.length === 0) return ended ? "" : undefined;
      return form.cut(buffer, Math.min(max, buffer.length));
    },
    cut(buffer, count) {
      const text = decoder.decode(buffer.peek().subarray(0, count));
      buffer.skip(count);
      return text;
    },
    count: (part) => part.length,
  };
  return form;
}
