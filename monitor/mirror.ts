/**
 * The kernel's side of the mirror: writes the task table into shared memory as it changes.
 *
 * It runs within every switch while a monitor is on, so a change costs a map look-up and a few stores.
 * What changes without a switch (a name, a moved deadline, the owner of an awaited lock) is brought up
 * to date by {@linkcode Mirror.refresh}, when somebody is about to look.
 */
import type { OwnedQueue, TableObserver } from "../kernel/observer.ts";
import type { Scheduler } from "../kernel/scheduler.ts";
import type { Membership, TaskRecord } from "../kernel/task_record.ts";
import type { Scope } from "../kernel/scope.ts";
import { PENDING, type WaitOwner } from "../kernel/wait.ts";
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
  HEADER_BYTES,
  HEADER_SEQUENCE,
  hostNow,
  ID,
  KERNEL_TIME,
  NAME,
  NAME_LENGTH,
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
import { WordWriter } from "./word_writer.ts";

/** The row of a task. */
class Row {
  /** Where it begins in the chunk, in numbers of each kind. */
  readonly floats: number;
  readonly ints: number;
  readonly chars: number;
  sequence = 0;
  name = "";

  constructor(readonly chunk: Chunk, number: number) {
    const start = (number % CHUNK_ROWS) * ROW_BYTES;
    this.floats = start / 8;
    this.ints = start / 4;
    this.chars = (start + NAME) / 2;
  }
}

export class Mirror implements TableObserver {
  readonly #scheduler: Scheduler;
  readonly #onChunk: (chunk: SharedArrayBuffer) => void;
  readonly #header = new SharedArrayBuffer(HEADER_BYTES);
  readonly #headerFloats = new Float64Array(this.#header);
  readonly #headerInts = new Int32Array(this.#header);
  readonly #words = new WordWriter();
  readonly #running = this.#words.placeOf("RUNNING");
  readonly #ready = this.#words.placeOf("READY");
  readonly #buffers: SharedArrayBuffer[] = [];
  readonly #chunks: Chunk[] = [];
  readonly #rows = new Map<TaskRecord, Row>();
  readonly #free: Row[] = [];
  #used = 0;
  readonly #groups = new WeakMap<Membership, number>();
  #lastGroup = 0;
  /** What somebody owns. */
  readonly locks: Set<OwnedQueue> = new Set();

  /** @param onChunk Told of each chunk that is added later on. */
  constructor(scheduler: Scheduler, onChunk: (chunk: SharedArrayBuffer) => void) {
    this.#scheduler = scheduler;
    this.#onChunk = () => {};
    this.#headerInts[VIRTUAL] = scheduler.clock.virtual ? 1 : 0;
    this.#addChunk();
    this.breathe();
    for (const task of scheduler.tasks.values()) this.created(task);
    this.#onChunk = onChunk;
  }

  /** What the other thread is given. */
  get shared(): SharedTable {
    return { header: this.#header, words: this.#words.buffer, chunks: [...this.#buffers] };
  }

  /** A number shared by the members of a group. */
  groupOf(task: TaskRecord): number {
    if (task.membership === null) return 0;
    let group = this.#groups.get(task.membership);
    if (group === undefined) this.#groups.set(task.membership, group = ++this.#lastGroup);
    return group;
  }

  /** The host's event loop has come round. */
  breathe(): void {
    const ints = this.#headerInts;
    const sequence = ints[HEADER_SEQUENCE];
    Atomics.store(ints, HEADER_SEQUENCE, sequence + 1);
    this.#headerFloats[BREATHED_AT] = hostNow();
    this.#headerFloats[KERNEL_TIME] = this.#scheduler.clock.now();
    Atomics.store(ints, HEADER_SEQUENCE, sequence + 2);
  }

  /** Brings every row up to date. */
  refresh(): void {
    this.breathe();
    for (const [task, row] of this.#rows) {
      this.#open(row);
      this.#describe(row, task);
      if (row.chunk.ints[row.ints + STATE] !== this.#running) this.#place(row, task);
      this.#close(row);
    }
  }

  // -- What the kernel tells

  created(task: TaskRecord): void {
    const row = this.#takeRow();
    this.#rows.set(task, row);
    this.#open(row);
    row.chunk.ints[row.ints + ID] = task.id;
    row.chunk.floats[row.floats + CYCLES] = task.cycles;
    row.chunk.floats[row.floats + TIMEOUT_AT] = Infinity;
    row.chunk.floats[row.floats + SLEEP_UNTIL] = NaN;
    row.chunk.ints[row.ints + OPERATION] = 0;
    this.#describe(row, task);
    this.#place(row, task);
    this.#close(row);
  }

  running(task: TaskRecord): void {
    const row = this.#rows.get(task);
    if (row === undefined) return;
    this.#headerFloats[SWITCHES] = this.#scheduler.switches;
    this.#open(row);
    row.chunk.floats[row.floats + CYCLES] = task.cycles;
    row.chunk.floats[row.floats + SLEEP_UNTIL] = NaN;
    row.chunk.ints[row.ints + STATE] = this.#running;
    row.chunk.ints[row.ints + AWAITED] = 0;
    // By now its spawner has had time to name it, or to put it into a group.
    if (task.cycles <= 1) this.#describe(row, task);
    this.#close(row);
  }

  suspended(task: TaskRecord): void {
    const row = this.#rows.get(task);
    if (row === undefined) return;
    this.#open(row);
    this.#place(row, task);
    this.#close(row);
  }

  woken(task: TaskRecord): void {
    const row = this.#rows.get(task);
    if (row === undefined || task.cycles === 0) return;
    // Another of its waits may still be pending; and a task that runs is not made ready by one.
    if (task.wait?.status === PENDING || this.#scheduler.running === task) return;
    this.#open(row);
    row.chunk.ints[row.ints + STATE] = this.#ready;
    this.#close(row);
  }

  terminated(task: TaskRecord): void {
    const row = this.#rows.get(task);
    if (row === undefined) return;
    this.#rows.delete(task);
    this.#open(row);
    row.chunk.ints[row.ints + ID] = 0;
    this.#close(row);
    this.#free.push(row);
  }

  owned(queue: OwnedQueue): void {
    this.locks.add(queue);
  }

  disowned(queue: OwnedQueue): void {
    this.locks.delete(queue);
  }

  // -- Rows

  #takeRow(): Row {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#used === this.#chunks.length * CHUNK_ROWS) this.#addChunk();
    const row = new Row(this.#chunks.at(-1)!, this.#used++);
    Atomics.store(this.#headerInts, ROWS_USED, this.#used);
    return row;
  }

  #addChunk(): void {
    const buffer = new SharedArrayBuffer(CHUNK_ROWS * ROW_BYTES);
    this.#buffers.push(buffer);
    this.#chunks.push(new Chunk(buffer));
    this.#onChunk(buffer);
  }

  /** Begins a change of `row`. */
  #open(row: Row): void {
    Atomics.store(row.chunk.ints, row.ints + SEQUENCE, ++row.sequence);
  }

  #close(row: Row): void {
    Atomics.store(row.chunk.ints, row.ints + SEQUENCE, ++row.sequence);
  }

  /** Writes what a task is, which seldom changes. */
  #describe(row: Row, task: TaskRecord): void {
    const { ints } = row.chunk;
    ints[row.ints + PARENT] = task.parentId ?? 0;
    ints[row.ints + GROUP] = this.groupOf(task);
    ints[row.ints + FLAGS] = flagsOf(task);
    if (row.name !== task.name) this.#name(row, task.name);
  }

  #name(row: Row, name: string): void {
    row.name = name;
    const shown = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
    const { chars, ints } = row.chunk;
    ints[row.ints + NAME_SIZE] = shown.length;
    for (let i = 0; i < shown.length; i++) chars[row.chars + i] = shown.charCodeAt(i);
  }

  /** Writes where a task stands that does not run. */
  #place(row: Row, task: TaskRecord): void {
    const { floats, ints } = row.chunk;
    const { wait } = task;
    ints[row.ints + STATE] = this.#words.placeOf(stateOf(task));
    ints[row.ints + FLAGS] = flagsOf(task);
    if (wait === null) {
      ints[row.ints + AWAITED] = 0;
      return;
    }
    const { owner } = wait;
    ints[row.ints + OPERATION] = wait.state === "INITIAL" ? 0 : this.#words.placeOf(wait.operation);
    ints[row.ints + AWAITED] = owner.awaitedTask?.()?.id ?? 0;
    floats[row.floats + TIMEOUT_AT] = firstDeadline(wait.scope);
    floats[row.floats + SLEEP_UNTIL] = wait.state === "TIME_SLEEP"
      ? (owner as WaitOwner & { when: number }).when
      : NaN;
  }
}

/** The state of a task that does not run, as `Task.state` tells it. */
function stateOf({ wait, cycles }: TaskRecord): string {
  if (wait === null) return "PROMISE_WAIT";
  if (wait.status === PENDING) return wait.state;
  return cycles === 0 ? "INITIAL" : "READY";
}

function flagsOf({ cancelled, daemon }: TaskRecord): number {
  return (daemon ? DAEMON : 0) | (cancelled ? CANCELLED : 0);
}

function firstDeadline(from: Scope | null): number {
  let first = Infinity;
  for (let scope = from; scope !== null; scope = scope.parent) {
    if (scope.when < first && !scope.timedOut && scope.error === null) first = scope.when;
  }
  return first;
}
