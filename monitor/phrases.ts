/** What the monitor says in whole sentences and small tables. */
import type { LockView, ScopeView, Snapshot, TaskView } from "./snapshot.ts";

/** `the kernel has not breathed for 3.2 s: task 5 'hog' is running`. */
export function silenceText({ silentFor, tasks }: Snapshot): string {
  const how = silentFor > 0 ? `breathed for ${silentFor.toFixed(1)} s` : "answered for a second";
  const running = tasks.find(({ state }) => state === "RUNNING");
  const who = running === undefined ? "" : `: task ${running.id} '${running.name}' is running`;
  return `the kernel has not ${how}${who}`;
}

/** What `scopes` prints. */
export function scopesText(task: string, scopes: readonly ScopeView[]): string {
  const lines = scopes.map((scope) => {
    const words: string[] = [scope.kind];
    if (scope.seconds !== null) words.push(`of ${scope.seconds} s`);
    const notes: string[] = [];
    if (scope.left !== null) notes.push(`${scope.left.toFixed(3)} s left`);
    if (scope.shield && scope.kind !== "shield") notes.push("shielded");
    if (scope.cancelled) notes.push("cancelled");
    if (scope.pending) notes.push("to be delivered at the next blocking point");
    return `  ${words.join(" ")}${notes.length === 0 ? "" : `: ${notes.join(", ")}`}`;
  });
  return `Scopes around ${task} (innermost first):\n${lines.join("\n")}\n`;
}

/** What `held` prints. */
export function heldText(locks: readonly LockView[], tasks: readonly TaskView[]): string {
  if (locks.length === 0) return "No lock is held, and nobody waits for one\n";
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  const label = (id: number): string => {
    const name = names.get(id);
    return name === undefined ? `task ${id} (ended)` : `task ${id} '${name}'`;
  };
  const lines = locks.map(({ kind, number, holder, waiting }) => {
    const what: string[] = [];
    if (holder !== null) what.push(`held by ${label(holder)}`);
    if (waiting.length > 0) what.push(`awaited by ${waiting.map(label).join(", ")}`);
    return `${`${kind} #${number}`.padEnd(20)} ${what.join("; ")}`;
  });
  return `${lines.join("\n")}\n`;
}
