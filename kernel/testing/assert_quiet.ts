import { CurioError } from "../errors.ts";
import { type Kernel, schedulerOfKernel } from "../kernel.ts";
import { busySchedulers, openResources } from "../leftovers.ts";
import type { Scheduler } from "../scheduler.ts";

/**
 * Checks that nothing of the library is left: no tasks, waits or timers, and without `kernel` no
 * workers, signal listeners or sockets either. For the end of a test.
 *
 * @param kernel Look at this kernel only.
 * @throws {CurioError} If something is left; the message names it.
 *
 * @example
 * ```ts
 * import { assertQuiet } from "@curio/core/testing";
 * import { run, sleep } from "@curio/core";
 *
 * await run(sleep, 0.01);
 * assertQuiet();
 * ```
 */
export function assertQuiet(kernel?: Kernel): void {
  const left: string[] = [];
  if (kernel !== undefined) {
    left.push(...leftIn(schedulerOfKernel(kernel)));
  } else {
    for (const scheduler of busySchedulers()) left.push(...leftIn(scheduler));
    for (const resource of openResources()) left.push(resource.describeOpen());
  }
  if (left.length === 0) return;
  throw new CurioError(
    `Something is left that should have ended or been closed: ${left.join("; ")}`,
  );
}

function* leftIn(scheduler: Scheduler): Iterable<string> {
  for (const task of scheduler.tasks.values()) {
    const waits = task.waits().map((wait) => wait.operation);
    yield `${task.label} (${task.state}${waits.length === 0 ? "" : `, in ${waits.join(", ")}`})`;
  }
  const { size } = scheduler.deadlines;
  if (size > 0) yield `${size} ${size === 1 ? "timer" : "timers"} of a kernel`;
}
