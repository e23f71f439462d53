import { PageModel } from "./web_page_model.ts";
import { PageStates } from "./web_page_states.ts";
import { PageTask } from "./web_page_task.ts";
import type { Snapshot, TaskView } from "./snapshot.ts";
import type { WebFrame, WebPast, WebTask } from "./web_frame.ts";

/** Milliseconds between two looks. */
export const EVERY = 250;

const { LOOKS } = PageTask;
const { SILENT } = PageModel;
/** How far, in milliseconds, a deadline may seem to move before it counts as another. */
const JITTER = 400;

/** A task, and what it did in the last looks: two bytes each, so that 5 000 tasks take 2.4 MB. */
class Entry {
  task: WebTask;
  /** Grows with each change that the page must hear of. */
  version = 1;
  /** The tick at which it was first seen. */
  readonly born: number;
  readonly states = new Uint8Array(LOOKS);
  readonly activity = new Uint8Array(LOOKS);
  seen = 0;

  constructor(task: WebTask, tick: number) {
    this.task = task;
    this.born = tick;
  }

  past(tick: number): WebPast {
    const runs: number[] = [];
    for (let t = Math.max(this.born, tick - LOOKS + 1); t <= tick; t++) {
      const state = this.states[t % LOOKS];
      const activity = this.activity[t % LOOKS];
      const last = runs.length - 3;
      if (last >= 0 && runs[last + 1] === state && runs[last + 2] === activity) runs[last]++;
      else runs.push(1, state, activity);
    }
    return runs;
  }
}

/**
 * The last minute, from looking at the kernel's mirror again and again. It is kept here and not in the
 * page, so that who opens the page after the program hung sees how it came to that. The memory it takes
 * depends on how many tasks live, not on how much they do.
 */
export class WebHistory {
  readonly #entries = new Map<number, Entry>();
  readonly #pulse: number[] = [];
  #snapshot: Snapshot;
  #tick = 0;
  #now = 0;

  /** A history that begins now. */
  constructor(snapshot: Snapshot, now: number) {
    this.#snapshot = snapshot;
    this.look(snapshot, now);
  }

  /** Takes note of how things are. */
  look(snapshot: Snapshot, now: number): void {
    const tick = ++this.#tick;
    this.#now = now;
    this.#snapshot = snapshot;
    let ran = 0;
    for (const view of snapshot.tasks) ran += this.#note(view, tick, now);
    for (const [id, { seen }] of this.#entries) if (seen !== tick) this.#entries.delete(id);
    this.#pulse.push(snapshot.silentFor >= SILENT ? -1 : ran);
    if (this.#pulse.length > LOOKS) this.#pulse.shift();
  }

  /**
   * What is new to somebody who knows the tasks in `known`, by the versions it has of them; then brings
   * `known` up to date.
   */
  frame(known: Map<number, number>, first: boolean, since: number): WebFrame {
    const tasks: WebTask[] = [];
    const pasts: Record<string, WebPast> = {};
    for (const [id, entry] of this.#entries) {
      const version = known.get(id);
      if (version === entry.version) continue;
      tasks.push(entry.task);
      if (version === undefined) pasts[id] = entry.past(this.#tick);
      known.set(id, entry.version);
    }
    const gone: number[] = [];
    if (known.size > this.#entries.size) {
      for (const id of known.keys()) if (!this.#entries.has(id)) gone.push(id);
      for (const id of gone) known.delete(id);
    }
    const { silentFor, cyclesPerSecond, program, pid } = this.#snapshot;
    return {
      first,
      tick: this.#tick,
      every: EVERY,
      now: this.#now,
      silentFor,
      cyclesPerSecond,
      program,
      pid,
      pulse: this.#pulse.slice(-Math.max(1, this.#tick - since)),
      tasks,
      pasts,
      gone,
    };
  }

  /** The number of the last look. */
  get tick(): number {
    return this.#tick;
  }

  /** Notes one task; returns how many cycles it ran since the last look. */
  #note(view: TaskView, tick: number, now: number): number {
    const before = this.#entries.get(view.id);
    const task = toWebTask(view, now, before?.task);
    const entry = before ?? new Entry(task, tick);
    if (before === undefined) this.#entries.set(view.id, entry);
    // What it ran before anybody looked is not of this tick.
    const already = before?.task.cycles ?? (tick === 1 ? task.cycles : 0);
    const ran = Math.max(0, task.cycles - already);
    if (!isSame(entry.task, task)) {
      entry.task = task;
      entry.version++;
    }
    entry.seen = tick;
    entry.states[tick % LOOKS] = PageStates.codeOf(task.state);
    entry.activity[tick % LOOKS] = PageStates.activityOf(ran);
    return ran;
  }
}

function toWebTask(view: TaskView, now: number, before: WebTask | undefined): WebTask {
  const { id, name, state, cycles, daemon, cancelled, group, operation, waitsFor, waitsForId } =
    view;
  return {
    id,
    parent: view.parentId,
    name,
    state,
    cycles,
    daemon,
    cancelled,
    timeout: deadline(view.timeout, now, before?.timeout),
    sleep: deadline(view.sleep, now, before?.sleep),
    group,
    operation,
    waitsFor,
    waitsForId,
  };
}

/** Seconds left as a moment, which is the moment before if that is the same within our precision. */
function deadline(left: number | null, now: number, before: number | null = null): number | null {
  if (left === null || left === Infinity) return null;
  const at = Math.round(now + left * 1000);
  return before !== null && Math.abs(at - before) < JITTER ? before : at;
}

function isSame(one: WebTask, other: WebTask): boolean {
  for (const key in one) {
    if (one[key as keyof WebTask] !== other[key as keyof WebTask]) return false;
  }
  return true;
}
