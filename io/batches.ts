import { PIECE_SIZE } from "./byte_writer.ts";
import { joinBytes } from "./join_bytes.ts";

/**
 * The encoded lines, joined to batches of about a piece each. If `lines` throws, what it gave before
 * comes first.
 */
export function* inBatches<T>(
  lines: Iterable<T>,
  encode: (line: T) => Uint8Array,
): IterableIterator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (const line of lines) {
      const part = encode(line);
      parts.push(part);
      size += part.length;
      if (size < PIECE_SIZE) continue;
      const batch = joinBytes(parts);
      parts = [];
      size = 0;
      yield batch;
    }
  } catch (error) {
    if (size > 0) yield joinBytes(parts);
    throw error;
  }
  if (size > 0) yield joinBytes(parts);
}
