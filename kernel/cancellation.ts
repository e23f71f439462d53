import { currentScope, requireScope } from "./current.ts";
import { elsewhere } from "./elsewhere.ts";
import { CancelledError, owningScope } from "./errors.ts";
import { notAFunction } from "./not_a_function.ts";
import { runIn } from "./run_in.ts";
import { findPending, Scope, takePending } from "./scope.ts";
import { shown } from "./shown.ts";
import type { TaskFunction } from "./spawn.ts";
import { operationOutside } from "./suspend.ts";

/**
 * Runs `fn(...args)` shielded: cancellations and timeouts from outside wait until it is done, and are
 * delivered at the next blocking point after it. Timeouts and scopes inside it work as ever.
 *
 * @example Finish writing, whatever happens
 * ```ts
 * import { disableCancellation, run, sleep, spawn } from "@curio/core";
 *
 * async function save() {
 *   await sleep(0.05);
 *   console.log("saved");
 * }
 *
 * await run(async () => {
 *   const task = spawn(() => disableCancellation(save));
 *   await sleep(0.01);
 *   await task.cancel(); // after "saved"
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function disableCancellation<A extends any[], R>(
  fn: TaskFunction<A, R>,
  ...args: A
): Promise<R> {
  const outer = currentScope();
  if (outer === null) return operationOutside("disableCancellation", fn, ...args);
  if (typeof fn !== "function") {
    return Promise.reject(notAFunction(fn, "disableCancellation()", true));
  }
  const scope = new Scope(outer.task, outer, true, NaN);
  return runIn(scope, fn, args, (_scope, error) => {
    throw error;
  });
}

/**
 * Asks for a cancellation that is due but has not been delivered. Where cancellation is enabled, it is
 * thrown; behind a shield it is returned. With `cls`, one of that class is returned and is thereby
 * dealt with. Does not block. In a worker it asks about the task that waits for the call.
 *
 * @returns The pending cancellation, or `null`.
 * @throws {CurioError} Outside a task.
 *
 * @example
 * ```ts
 * import { checkCancellation, disableCancellation, run, schedule, spawn } from "@curio/core";
 *
 * async function crunch() {
 *   for (let step = 0; step < 1000; step++) {
 *     if (checkCancellation() !== null) return console.log("stopping at step", step);
 *     await schedule();
 *   }
 * }
 *
 * await run(async () => {
 *   const task = spawn(() => disableCancellation(crunch));
 *   await schedule();
 *   await task.cancel();
 * });
 * ```
 */
export function checkCancellation(
  cls?: abstract new (...args: never[]) => CancelledError,
): CancelledError | null {
  const worker = currentScope() === null ? elsewhere() : null;
  if (worker !== null) return worker.checkCancellation();
  const scope = requireScope("checkCancellation()");
  scope.task.scheduler.catchUp();
  if (scope.task.pendingCount === 0) return null;
  if (cls !== undefined) return takeMatching(scope, cls);
  const due = takePending(scope);
  if (due !== null) throw due;
  const shielded = findPending(scope, false);
  return shielded === null ? null : seenFrom(scope, shielded);
}

/**
 * Makes `exc` the cancellation to deliver at the task's next blocking point, in place of what was
 * pending; `null` clears it.
 *
 * @returns What was pending before, or `null`.
 * @throws {CurioError} Outside a task.
 * @throws {TypeError} If `exc` is neither a `CancelledError` nor `null`.
 *
 * @example Put off a cancellation
 * ```ts
 * import { run, setCancellation, sleep } from "@curio/core";
 *
 * await run(async () => {
 *   const pending = setCancellation(null);
 *   await sleep(0.01); // not interrupted
 *   setCancellation(pending);
 * });
 * ```
 */
export function setCancellation(exc: CancelledError | null): CancelledError | null {
  const from = requireScope("setCancellation()");
  if (exc !== null && !(exc instanceof CancelledError)) {
    throw new TypeError(
      `Cannot set ${shown(exc)} as a cancellation: give a CancelledError or null`,
    );
  }
  const pending = findPending(from, false);
  const before = pending === null ? null : seenFrom(from, pending);
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) scope.clearPending();
  if (exc !== null) {
    const home = homeOf(exc, from);
    // Its own error, as seen from further in, stays the pair that it is.
    if (exc !== home.error && exc !== home.innerError) home.error = home.innerError = exc;
    home.markPending();
  }
  return before;
}

/** The scope to deliver `exc` in: its own while that is around, else the task as a whole. */
function homeOf(exc: CancelledError, from: Scope): Scope {
  const owner = owningScope(exc);
  let scope = from;
  while (scope !== owner && scope.parent !== null) scope = scope.parent;
  return scope;
}

function seenFrom(from: Scope, pending: Scope): CancelledError {
  return (from === pending ? pending.error : pending.innerError)!;
}

function takeMatching(
  from: Scope,
  cls: abstract new (...args: never[]) => CancelledError,
): CancelledError | null {
  let found: Scope | null = null;
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    if (scope.pending && seenFrom(from, scope) instanceof cls) found = scope;
  }
  if (found === null) return null;
  found.clearPending();
  return seenFrom(from, found);
}
