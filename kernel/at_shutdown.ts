/** What other parts of the library keep for a kernel, and let go of when it shuts down. */
import type { Scheduler } from "./scheduler.ts";

type Closer = () => Promise<void>;

const closers = new WeakMap<Scheduler, Set<Closer>>();

/** Has `close` called, once, when every task of `scheduler`'s kernel has ended for good. It must not reject. */
export function atShutdown(scheduler: Scheduler, close: Closer): void {
  const known = closers.get(scheduler);
  if (known === undefined) closers.set(scheduler, new Set([close]));
  else known.add(close);
}

/** Whether {@linkcode closeAll} has anything to do. */
export function hasClosers(scheduler: Scheduler): boolean {
  return closers.has(scheduler);
}

/** Calls what {@linkcode atShutdown} was given, all at once, and waits for it. */
export async function closeAll(scheduler: Scheduler): Promise<void> {
  const known = closers.get(scheduler) ?? [];
  closers.delete(scheduler);
  await Promise.all([...known].map((close) => close()));
}
