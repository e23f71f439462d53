/**
 * Timeouts, by Curio's three rules of nesting. When a timeout error comes up out of a scope:
 *
 * 1. the outermost scope whose deadline has passed is this one: it is ours, a `TaskTimeout`;
 * 2. it is one further out: pass the error on to it, as `TimeoutCancellationError`;
 * 3. there is none: a timeout escaped the scope that owns it, `UncaughtTimeoutError`.
 *
 * (Curio: the discussion in `curio/time.py`.)
 */
import { currentScope, outsideError } from "./current.ts";
import { type Duration, toTimeout } from "./duration.ts";
import { TaskTimeout, TimeoutCancellationError, UncaughtTimeoutError } from "./errors.ts";
import { notAFunction } from "./not_a_function.ts";
import { noteProgress, progressOf } from "./progress.ts";
import { runIn } from "./run_in.ts";
import { Scope } from "./scope.ts";
import type { TaskFunction } from "./spawn.ts";
import { thread } from "./thread_scope.ts";

/**
 * Runs `fn(...args)` in the current task, and interrupts its blocking calls once `duration` has
 * passed. What finished in time is returned even if the deadline passes while it returns. A method
 * needs its object: pass `() => task.join()`, where Python has `task.join`.
 *
 * @param duration Seconds, or a `Temporal.Duration`-like object.
 * @returns What `fn` returned.
 * @throws {TaskTimeout} If time ran out.
 * @throws {TimeoutCancellationError} If the time of a scope further out did.
 * @throws {RangeError} If the duration is negative or `NaN`.
 *
 * @example
 * ```ts
 * import { run, sleep, TaskTimeout, timeoutAfter } from "@curio/core";
 *
 * await run(async () => {
 *   try {
 *     await timeoutAfter(0.05, sleep, 10);
 *   } catch (error) {
 *     if (!(error instanceof TaskTimeout)) throw error;
 *     console.log("I warned you!");
 *   }
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function timeoutAfter<A extends any[], R>(
  duration: Duration,
  fn: TaskFunction<A, R>,
  ...args: A
): Promise<R> {
  if (thread !== null) return thread.timeoutAfter(duration, fn, ...args) as Promise<R>;
  const scope = openTimeout("timeoutAfter()", duration, fn);
  if (!(scope instanceof Scope)) return scope;
  return runIn(scope, fn, args, (own, error) => {
    throw translate(own, error);
  });
}

/** How {@linkcode ignoreAfter} tells that time ran out. */
export interface IgnoreAfterOptions<T> {
  /** Seconds, or a `Temporal.Duration`-like object. */
  after: Duration;
  /** What to return when time runs out. */
  timeoutResult: T;
}

/**
 * {@linkcode timeoutAfter} that returns `null`, or the `timeoutResult` it was given, when its own
 * time runs out.
 *
 * @example
 * ```ts
 * import { ignoreAfter, run, sleep } from "@curio/core";
 *
 * await run(async () => {
 *   console.log(await ignoreAfter(0.05, sleep, 10)); // null
 *   console.log(await ignoreAfter({ after: 0.05, timeoutResult: "late" }, sleep, 10)); // late
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function ignoreAfter<A extends any[], R>(
  duration: Duration,
  fn: TaskFunction<A, R>,
  ...args: A
): Promise<R | null>;
/** {@linkcode ignoreAfter} with a result of your own for when time runs out. */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function ignoreAfter<A extends any[], R, T>(
  options: IgnoreAfterOptions<T>,
  fn: TaskFunction<A, R>,
  ...args: A
): Promise<R | T>;
export function ignoreAfter(
  first: Duration | IgnoreAfterOptions<unknown>,
  fn: TaskFunction<unknown[], unknown>,
  ...args: unknown[]
): Promise<unknown> {
  if (thread !== null) return thread.ignoreAfter(first, fn, ...args) as Promise<unknown>;
  const options = typeof first === "object" && first !== null && "after" in first
    ? first
    : { after: first as Duration, timeoutResult: null };
  const scope = openTimeout("ignoreAfter()", options.after, fn);
  if (!(scope instanceof Scope)) return scope;
  return runIn(scope, fn, args, (own, error) => {
    const translated = translate(own, error);
    if (translated === own.error && own.error instanceof TaskTimeout) return options.timeoutResult;
    throw translated;
  });
}

function openTimeout(caller: string, duration: Duration, fn: unknown): Scope | Promise<never> {
  const outer = currentScope();
  if (outer === null) return Promise.reject(outsideError(caller));
  try {
    const seconds = toTimeout(duration, `the duration of ${caller}`);
    if (typeof fn !== "function") throw notAFunction(fn, caller, true);
    const scope = new Scope(outer.task, outer, false, seconds);
    if (seconds !== Infinity) scope.setDeadline(outer.task.scheduler.clock.now() + seconds);
    return scope;
  } catch (error) {
    return Promise.reject(error);
  }
}

/** The error that leaves `scope` when `error` came up from inside. */
export function translate(scope: Scope, error: unknown): unknown {
  if (!(error instanceof TaskTimeout) && !(error instanceof TimeoutCancellationError)) return error;
  const expired = outermostExpired(scope);
  if (expired !== null) {
    if (expired.error === null) expired.timeOut();
    if (expired === scope) {
      // What an operation had done by then is of interest out here too.
      if (error !== scope.error) noteProgress(scope.error, progressOf(error));
      return scope.error;
    }
    return error instanceof TimeoutCancellationError ? error : expired.innerError;
  }
  return new UncaughtTimeoutError(
    `A timeout of ${scope.task.label} escaped its scope: catch TaskTimeout around the call that it belongs to`,
    { cause: error },
  );
}

function outermostExpired(from: Scope): Scope | null {
  const now = from.task.scheduler.clock.now();
  let found: Scope | null = null;
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    if (scope.timedOut || (scope.when <= now && scope.error === null)) found = scope;
    if (scope.shield) break;
  }
  return found;
}
