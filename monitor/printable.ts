/**
 * `text` without what could work on a terminal: the name of a task may come from anywhere, and must not
 * move a cursor, forge a line or turn the text around. Line feeds stay.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => {
    const code = char.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** {@linkcode printable} for what belongs on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\x0a");
}

// deno-lint-ignore no-control-regex -- that is what it is about
const UNPRINTABLE = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
