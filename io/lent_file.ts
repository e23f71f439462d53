import { ResourceBusy } from "../kernel/errors.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";

/** One of the program's standard files, handed to outside code until it is disposed of. */
export interface LentFile<F> extends Disposable {
  /** The host's. */
  readonly file: F;
}

/** Hands out `file`, which `reader` reads: nobody else does meanwhile. */
export function lendToRead<F>(operation: string, file: F, reader: ByteReader): LentFile<F> {
  reader.claim(operation);
  if (reader.hasLeftover) {
    reader.release();
    throw new ResourceBusy(
      `Cannot use ${operation} because something has been read, or is being read, that nobody has ` +
        `taken: read() it first`,
    );
  }
  return lent(file, () => reader.release());
}

/** Hands out `file`, which `writer` writes: nobody else does meanwhile. */
export function lendToWrite<F>(operation: string, file: F, writer: ByteWriter): LentFile<F> {
  writer.claim(operation);
  if (writer.writing) {
    writer.release();
    throw new ResourceBusy(
      `Cannot use ${operation} because what a cancelled write left is on its way still: flush() first`,
    );
  }
  return lent(file, () => writer.release());
}

function lent<F>(file: F, giveBack: () => void): LentFile<F> {
  let isOut = true;
  return {
    file,
    [Symbol.dispose](): void {
      if (isOut) giveBack();
      isOut = false;
    },
  };
}
