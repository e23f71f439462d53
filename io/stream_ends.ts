import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";

/** What a stream is made of: the two directions, if it has both, and how to close what is under it. */
export interface StreamEnds {
  readonly reader: ByteReader | null;
  readonly writer: ByteWriter | null;
  /** Called for each call of the stream's own `close`. */
  close(): Promise<void>;
}
