import { atShutdown } from "../kernel/at_shutdown.ts";
import type { Scheduler } from "../kernel/scheduler.ts";
import type { HostWorker } from "./host_worker.ts";

/** Workers that are coming to their end, by the kernel that is not to be rid of them before. */
const ending = new WeakMap<Scheduler, Set<Promise<void>>>();

/** Ends `worker`; the kernel's shutdown waits for that, its task need not. */
export function endLater(scheduler: Scheduler, worker: HostWorker): void {
  let ends = ending.get(scheduler);
  if (ends === undefined) {
    const known = ends = new Set();
    ending.set(scheduler, known);
    atShutdown(scheduler, async () => {
      ending.delete(scheduler);
      await Promise.all(known);
    });
  }
  const known = ends;
  const end = worker.terminate().then(() => void known.delete(end));
  known.add(end);
}
