/** The monitor's side of the mirror: reads the task table, and never waits for the kernel. */
import type { Snapshot, TaskView } from "./snapshot.ts";
import {
  AWAITED,
  BREATHED_AT,
  CANCELLED,
  Chunk,
  CHUNK_ROWS,
  CYCLES,
  DAEMON,
  FLAGS,
  GROUP,
  HEADER_SEQUENCE,
  hostNow,
  ID,
  KERNEL_TIME,
  NAME,
  NAME_SIZE,
  OPERATION,
  PARENT,
  ROW_BYTES,
  ROWS_USED,
  SEQUENCE,
  type SharedTable,
  SLEEP_UNTIL,
  STATE,
  SWITCHES,
  TIMEOUT_AT,
  VIRTUAL,
} from "./table_layout.ts";

/** A kernel that takes no longer between two breaths does breathe. */
const BREATH_MS = 500;
/** How often to read at once what the kernel is in the middle of writing: that takes it a microsecond. */
const ATTEMPTS = 100;
/** But the system may have taken the processor from it just then: how often to wait a millisecond for it. */
const PAUSES = 500;
/** Over how long cycles are counted, at least. */
const RATE_MS = 1000;

/** When the kernel last breathed, and what its clock said then. */
interface Header {
  readonly breathedAt: number;
  readonly kernelTime: number;
}

/** What a row says; the rest of a {@linkcode TaskView} follows from others. */
type RowView = Omit<TaskView, "waitsFor">;

export class TableReader {
  readonly #headerFloats: Float64Array;
  readonly #headerInts: Int32Array;
  readonly #words: Uint16Array;
  readonly #knownWords = new Map<number, string>();
  readonly #chunks: Chunk[];
  #lastHeader: Header = { breathedAt: hostNow(), kernelTime: 0 };
  /** The count of switches at two moments, of which the older is at least {@linkcode RATE_MS} ago. */
  #older: { at: number; switches: number };
  #newer: { at: number; switches: number };

  constructor(
    table: SharedTable,
    readonly program: string,
    readonly pid: number,
  ) {
    this.#headerFloats = new Float64Array(table.header);
    this.#headerInts = new Int32Array(table.header);
    this.#words = new Uint16Array(table.words);
    this.#chunks = table.chunks.map((buffer) => new Chunk(buffer));
    this.#older = this.#newer = { at: hostNow(), switches: this.#headerFloats[SWITCHES] };
  }

  /** The kernel has added a chunk. */
  addChunk(buffer: SharedArrayBuffer): void {
    this.#chunks.push(new Chunk(buffer));
  }

  /** For how many seconds the kernel has not breathed, 0 as long as it does. */
  get silentFor(): number {
    const silence = hostNow() - this.#header().breathedAt;
    return silence < BREATH_MS ? 0 : silence / 1000;
  }

  /** Counts the switches so far: to be called about once a second. */
  sample(): void {
    const at = hostNow();
    if (at - this.#newer.at < RATE_MS) return;
    this.#older = this.#newer;
    this.#newer = { at, switches: this.#headerFloats[SWITCHES] };
  }

  snapshot(): Snapshot {
    const now = hostNow();
    const { breathedAt, kernelTime } = this.#header();
    const standsStill = this.#headerInts[VIRTUAL] === 1;
    const silence = Math.max(0, now - breathedAt) / 1000;
    const time = standsStill ? kernelTime : kernelTime + silence;
    const elapsed = (now - this.#older.at) / 1000;
    const switches = this.#headerFloats[SWITCHES] - this.#older.switches;
    const silentFor = silence * 1000 < BREATH_MS ? 0 : silence;
    return {
      time,
      program: this.program,
      pid: this.pid,
      silentFor,
      cyclesPerSecond: elapsed > 0 ? switches / elapsed : 0,
      tasks: this.#tasks(time, silentFor > 0),
    };
  }

  #header(): Header {
    const floats = this.#headerFloats;
    const header = this.#untorn(this.#headerInts, HEADER_SEQUENCE, () => ({
      breathedAt: floats[BREATHED_AT],
      kernelTime: floats[KERNEL_TIME],
    }));
    return this.#lastHeader = header ?? this.#lastHeader;
  }

  #tasks(time: number, silent: boolean): TaskView[] {
    const rows: RowView[] = [];
    const used = Atomics.load(this.#headerInts, ROWS_USED);
    for (let number = 0; number < used; number++) {
      // A chunk may be in use before we have heard of it.
      const chunk = this.#chunks[Math.floor(number / CHUNK_ROWS)];
      if (chunk === undefined) break;
      const row = this.#row(chunk, (number % CHUNK_ROWS) * ROW_BYTES, time);
      if (row !== null) rows.push(row);
    }
    rows.sort((a, b) => a.id - b.id);
    if (silent) blameTheOnlySuspect(rows);
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return rows.map((row) => ({ ...row, waitsFor: describeWait(row, names) }));
  }

  #row(chunk: Chunk, start: number, time: number): RowView | null {
    const { floats, ints, chars } = chunk;
    const int = start / 4;
    return this.#untorn(ints, int + SEQUENCE, () => {
      const id = ints[int + ID];
      if (id === 0) return null;
      const flags = ints[int + FLAGS];
      const first = (start + NAME) / 2;
      const timeoutAt = floats[start / 8 + TIMEOUT_AT];
      const sleepUntil = floats[start / 8 + SLEEP_UNTIL];
      return {
        id,
        parentId: ints[int + PARENT] || null,
        name: String.fromCharCode(...chars.subarray(first, first + ints[int + NAME_SIZE])),
        state: this.#word(ints[int + STATE]) ?? "READY",
        cycles: floats[start / 8 + CYCLES],
        daemon: (flags & DAEMON) !== 0,
        cancelled: (flags & CANCELLED) !== 0,
        timeout: timeoutAt === Infinity ? null : timeoutAt - time,
        sleep: Number.isNaN(sleepUntil) ? null : sleepUntil - time,
        group: ints[int + GROUP] || null,
        operation: this.#word(ints[int + OPERATION]),
        waitsForId: ints[int + AWAITED] || null,
      };
    });
  }

  #word(place: number): string | null {
    if (place === 0) return null;
    let word = this.#knownWords.get(place);
    if (word === undefined) {
      const size = Atomics.load(this.#words, place);
      if (size === 0) return null;
      word = String.fromCharCode(...this.#words.subarray(place + 1, place + 1 + size));
      this.#knownWords.set(place, word);
    }
    return word;
  }

  /** What `read` gives when the kernel writes nothing meanwhile; `null` if there is no such moment. */
  #untorn<T>(ints: Int32Array, sequence: number, read: () => T): T | null {
    for (let attempt = 1; attempt <= ATTEMPTS + PAUSES; attempt++) {
      const before = Atomics.load(ints, sequence);
      if (before % 2 === 0) {
        const result = read();
        if (Atomics.load(ints, sequence) === before) return result;
      } else if (attempt > ATTEMPTS) {
        Atomics.wait(ints, sequence, before, 1);
      }
    }
    return null;
  }
}

/**
 * The kernel does not hear of it when a task goes on after a foreign promise. If it does not breathe, no
 * task is known to run and just one awaits such a promise, that one runs.
 */
function blameTheOnlySuspect(rows: RowView[]): void {
  if (rows.some(({ state }) => state === "RUNNING")) return;
  const suspects = rows.filter(({ state }) => state === "PROMISE_WAIT");
  if (suspects.length !== 1) return;
  const [suspect] = suspects;
  rows[rows.indexOf(suspect)] = { ...suspect, state: "RUNNING" };
}

function describeWait({ waitsForId, state }: RowView, names: Map<number, string>): string | null {
  if (waitsForId === null) return null;
  const name = names.get(waitsForId);
  const task = `task ${waitsForId}${name === undefined ? ", which has ended" : ` '${name}'`}`;
  return state === "TASK_JOIN" ? task : `a lock held by ${task}`;
}
