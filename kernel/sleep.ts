import { currentScope, requireScope } from "./current.ts";
import type { Due } from "./deadlines.ts";
import { type Duration, toSeconds } from "./duration.ts";
import type { Scheduler } from "./scheduler.ts";
import { operationOutside, suspend, yieldTurn } from "./suspend.ts";
import { thread } from "./thread_scope.ts";
import type { Wait, WaitOwner } from "./wait.ts";

/** A sleeping wait, due when its time comes. */
class Sleeper implements Due, WaitOwner {
  slot = -1;
  wait!: Wait<number>;

  constructor(readonly scheduler: Scheduler, readonly when: number) {}

  enroll(wait: Wait<number>): void {
    this.wait = wait;
    if (this.when !== Infinity) this.scheduler.at(this);
  }

  expire(now: number): void {
    this.wait.wake(now);
  }

  remove(): void {
    this.scheduler.deadlines.remove(this);
  }
}

/**
 * Suspends the current task for `duration` seconds. A duration of zero or less just lets every other
 * task that is ready run first; `Infinity` sleeps until cancelled.
 *
 * Always a blocking point. Cancelled, it leaves nothing behind.
 *
 * @param duration Seconds, or a `Temporal.Duration`-like object.
 * @returns The kernel's clock on waking, in seconds.
 * @throws {RangeError} If the duration is `NaN` or has calendar units.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@curio/core";
 *
 * await run(async () => {
 *   await sleep(0.25);
 *   await sleep({ milliseconds: 250 });
 * });
 * ```
 */
export function sleep(duration: Duration): Promise<number> {
  const scope = currentScope();
  if (scope === null) return operationOutside("sleep", duration);
  let seconds: number;
  try {
    seconds = toSeconds(duration, "the duration of sleep()");
  } catch (error) {
    return Promise.reject(error);
  }
  const { scheduler } = scope.task;
  if (seconds <= 0) {
    scheduler.catchUp();
    return yieldTurn(scope, "sleep()", scheduler.clock.now());
  }
  const sleeper = new Sleeper(scheduler, scheduler.clock.now() + seconds);
  return suspend<number>("sleep()", "TIME_SLEEP", sleeper, false).promise;
}

/**
 * Lets every other task that is ready run before the current one goes on: `sleep(0)` by its plain name.
 *
 * @example
 * ```ts
 * import { run, schedule, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   spawn(() => console.log("first"));
 *   await schedule();
 *   console.log("second");
 * });
 * ```
 */
export function schedule(): Promise<void> {
  const scope = currentScope();
  if (scope === null) return operationOutside("schedule");
  scope.task.scheduler.catchUp();
  return yieldTurn(scope, "schedule()", undefined);
}

/**
 * The kernel's clock: monotonic seconds since some moment, for measuring and for deadlines.
 *
 * @throws {CurioError} Outside a task.
 *
 * @example
 * ```ts
 * import { clock, run, sleep } from "@curio/core";
 *
 * await run(async () => {
 *   const start = clock();
 *   await sleep(0.05);
 *   console.log(clock() - start >= 0.05); // true
 * });
 * ```
 */
export function clock(): number {
  if (thread !== null) return thread.clock() as number;
  return requireScope("clock()").task.scheduler.clock.now();
}
