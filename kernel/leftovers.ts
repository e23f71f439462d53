/**
 * What the library has with the host at this moment, for `assertQuiet`: kernels with tasks, and
 * whatever other parts of the library hold open.
 */
import type { Scheduler } from "./scheduler.ts";

/** Something held open. */
export interface Resource {
  /** A short phrase for it: `a listener for SIGHUP`. */
  describeOpen(): string;
}

const open = new Set<Resource>();
const busy = new Set<Scheduler>();

/** Notes that `resource` is held open. */
export function noteOpen(resource: Resource): void {
  open.add(resource);
}

/** Notes that `resource` is closed. */
export function noteClosed(resource: Resource): void {
  open.delete(resource);
}

/** Notes whether `scheduler` has tasks. */
export function noteTasks(scheduler: Scheduler): void {
  if (scheduler.tasks.size > 0) busy.add(scheduler);
  else busy.delete(scheduler);
}

/** Every resource held open. */
export function openResources(): Iterable<Resource> {
  return open;
}

/** Every kernel that has tasks. */
export function busySchedulers(): Iterable<Scheduler> {
  return busy;
}
