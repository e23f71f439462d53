import type { Demand } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";

/** What a stream reads from: a {@linkcode ByteReader}, or one that several streams share. */
export interface StreamReader {
  /** How much has been read and not been taken. */
  readonly buffer: { readonly length: number };
  /** The operation a task waits in, or `null`. */
  readonly waiting: string | null;
  /** Waits until `demand` is met. */
  read<T>(operation: string, demand: Demand<T>): Promise<T>;
}

/** What a stream is made of: the two directions, if it has both, and how to close what is under it. */
export interface StreamEnds {
  readonly reader: StreamReader | null;
  readonly writer: ByteWriter | null;
  /** Called for each call of the stream's own `close`. */
  close(): Promise<void>;
  /** Hands out what is under the stream until that is disposed of, if it can be: see `Stream.blocking()`. */
  lend?(operation: string): Disposable;
}
