/**
 * Where characters end in UTF-8, malformed or not, exactly as a `TextDecoder` sees it: so that bytes
 * may be decoded in parts, cut after any number of characters, and give the same text as at once.
 */

/**
 * The end of the character that starts at `index`, or of the malformed bytes there that decode to one
 * U+FFFD; -1 if more bytes must come before that is known.
 */
function characterEnd(bytes: Uint8Array, index: number): number {
  const lead = bytes[index];
  if (lead < 0x80) return index + 1;
  const length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
  for (let offset = 1; offset < length; offset++) {
    if (index + offset === bytes.length) return -1;
    if (!continues(lead, bytes[index + offset], offset)) return index + offset;
  }
  return index + length;
}

/** Whether `byte` may stand at `offset` in a character that starts with `lead`. */
function continues(lead: number, byte: number, offset: number): boolean {
  if (offset > 1) return byte >= 0x80 && byte <= 0xbf;
  // The first continuation tells overlong forms, surrogates, and what is beyond U+10FFFF.
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= least && byte <= most;
}

/** How many bytes the first `count` characters of `bytes` take, or as many of them as are complete. */
export function bytesOfCharacters(bytes: Uint8Array, count: number): number {
  if (count >= bytes.length) return bytes.length - incompleteTail(bytes);
  let end = 0;
  for (; count > 0 && end < bytes.length; count--) {
    const next = characterEnd(bytes, end);
    if (next < 0) break;
    end = next;
  }
  return end;
}

/** How many bytes at the end belong to a character of which more must come. */
function incompleteTail(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte >= 0x80 && byte <= 0xbf) continue;
    return byte >= 0xc0 && characterEnd(bytes, length - back) < 0 ? back : 0;
  }
  return 0;
}

/** How many characters (code points) `text` has. */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    if (text.codePointAt(index)! > 0xffff) {
      count--;
      index++;
    }
  }
  return count;
}
