/** The live view: how many cycles a second, and whose. */
import { printableLine } from "./printable.ts";
import type { Snapshot, TaskView } from "./snapshot.ts";

/** How many tasks are shown. */
const SHOWN = 15;

/** A task and how busy it is. */
export interface TopTask {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  /** How often it was switched to. */
  readonly cycles: number;
  /** How many times a second, between the two looks. */
  readonly cyclesPerSecond: number;
}

/** What happened between two looks at the table. */
export interface TopView {
  readonly time: number;
  /** For how many seconds the kernel has not breathed. */
  readonly silentFor: number;
  /** Of all tasks together, those that have ended included. */
  readonly cyclesPerSecond: number;
  /** How many tasks there are in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** The busiest first. */
  readonly tasks: readonly TopTask[];
}

/** Compares two looks at the table, `seconds` apart. */
export function topOf(before: Snapshot, after: Snapshot, seconds: number): TopView {
  const cyclesBefore = new Map(before.tasks.map(({ id, cycles }) => [id, cycles]));
  const tasks = after.tasks.map(({ id, name, state, cycles }): TopTask => ({
    id,
    name,
    state,
    cycles,
    cyclesPerSecond: seconds > 0 ? (cycles - (cyclesBefore.get(id) ?? 0)) / seconds : 0,
  }));
  tasks.sort((a, b) =>
    Number(b.state === "RUNNING") - Number(a.state === "RUNNING") ||
    b.cyclesPerSecond - a.cyclesPerSecond || a.id - b.id
  );
  return {
    time: after.time,
    silentFor: after.silentFor,
    cyclesPerSecond: after.cyclesPerSecond,
    states: countStates(after.tasks),
    tasks: tasks.slice(0, SHOWN),
  };
}

/** The lines of one block of `top`, without their ends. */
export function* topLines(view: TopView): Iterable<string> {
  const count = Object.values(view.states).reduce((sum, each) => sum + each, 0);
  const breath = view.silentFor > 0
    ? `the kernel has not breathed for ${view.silentFor.toFixed(1)} s`
    : "the kernel breathes";
  yield `${count} tasks, ${view.cyclesPerSecond.toFixed(0)} cycles/s, ${breath}`;
  yield Object.entries(view.states).map(([state, each]) => `${each} ${state}`).join(", ");
  yield `${"Task".padEnd(6)} ${"State".padEnd(12)} ${"Cycles".padStart(10)} ${
    "Cycles/s".padStart(10)
  } Task`;
  for (const task of view.tasks) {
    yield `${String(task.id).padEnd(6)} ${task.state.padEnd(12)} ${
      String(task.cycles).padStart(10)
    } ${task.cyclesPerSecond.toFixed(0).padStart(10)} ${printableLine(task.name)}`;
  }
}

/** The most frequent first. */
function countStates(tasks: readonly TaskView[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
