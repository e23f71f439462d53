/**
 * How the task table lies in shared memory. The kernel's thread writes it, the monitor's thread reads
 * it whenever it likes, and neither ever waits for the other.
 *
 * A *header* tells when the kernel last breathed and what its clock said. *Chunks* hold a row of fixed
 * size for each task; when all rows are taken another chunk is added, so nothing is ever moved. Words
 * that many rows share (states, operations) are kept once, in *words*, and rows refer to them.
 *
 * The header and each row have a sequence number that is odd while they are being written. A reader
 * that finds it odd, or changed since it began, reads again: so it never sees half of a change.
 */

/** Rows of a chunk. */
export const CHUNK_ROWS = 512;
/** Bytes of a row: doubles, then integers, then the name in UTF-16. */
export const ROW_BYTES = 192;
/** Characters of a name that fit. */
export const NAME_LENGTH = 60;

/** Doubles of a row. */
export const CYCLES = 0;
/** When the first of its timeouts is due by the kernel's clock; `Infinity` without. */
export const TIMEOUT_AT = 1;
/** Until when it sleeps by the kernel's clock; `Infinity` if it sleeps for ever, `NaN` if it does not sleep. */
export const SLEEP_UNTIL = 2;

/** Integers of a row, which come after the doubles. */
export const SEQUENCE = 6;
/** 0 in a row that is free. */
export const ID = 7;
/** 0 for none, as in the other references to tasks and groups. */
export const PARENT = 8;
export const STATE = 9;
export const OPERATION = 10;
export const FLAGS = 11;
export const GROUP = 12;
export const AWAITED = 13;
export const NAME_SIZE = 14;
/** Where the name begins, in bytes. */
export const NAME = 64;

export const DAEMON = 1;
export const CANCELLED = 2;

/** Bytes of the header: doubles, then integers. */
export const HEADER_BYTES = 64;
/** When the kernel's thread last came round to its event loop: milliseconds, see {@linkcode hostNow}. */
export const BREATHED_AT = 0;
/** What the kernel's clock said then. */
export const KERNEL_TIME = 1;
/** How often the kernel has switched to a task. */
export const SWITCHES = 2;
export const HEADER_SEQUENCE = 6;
/** Rows that have ever been used. */
export const ROWS_USED = 7;
/** 1 if the kernel's clock stands still between two breaths. */
export const VIRTUAL = 8;

/** Bytes for words: some hundred of them. */
export const WORDS_BYTES = 32 * 1024;

/** What the two threads share from the start. */
export interface SharedTable {
  readonly header: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
  readonly chunks: readonly SharedArrayBuffer[];
}

/** A piece of the table, as numbers of each kind. */
export class Chunk {
  readonly floats: Float64Array;
  readonly ints: Int32Array;
  readonly chars: Uint16Array;

  constructor(buffer: SharedArrayBuffer) {
    this.floats = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.chars = new Uint16Array(buffer);
  }
}

/** Milliseconds that never go back, and mean the same in every thread of the process. */
export function hostNow(): number {
  return performance.timeOrigin + performance.now();
}
