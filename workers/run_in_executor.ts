import { currentScope, outsideError } from "../kernel/current.ts";
import { shown } from "../kernel/shown.ts";
import { suspend } from "../kernel/suspend.ts";
import type { WaitOwner } from "../kernel/wait.ts";

/** A pool of workers from elsewhere: see {@linkcode runInExecutor}. */
export interface Executor {
  /** Has `fn(...args)` called, and promises what it returns. */
  // deno-lint-ignore no-explicit-any -- any function will do; its parameters are checked by runInExecutor.
  submit<A extends any[], R>(fn: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
}

/** What an executor does is its own business: a cancelled call is only not waited for any more. */
const executors: WaitOwner = { remove() {} };

/**
 * Has `executor` call `fn(...args)`, and waits for the result: for a pool of workers from elsewhere.
 *
 * A blocking point. Cancelled, the result is dropped; whether the work itself stops is the executor's
 * affair.
 *
 * @throws {CurioError} Outside a task.
 *
 * @example
 * ```ts
 * import { run, runInExecutor } from "@curio/core";
 *
 * const inline = {
 *   submit: async <A extends unknown[], R>(fn: (...args: A) => R | Promise<R>, ...args: A) =>
 *     await fn(...args),
 * };
 * console.log(await run(() => runInExecutor(inline, Math.sqrt, 49))); // 7
 * ```
 */
// deno-lint-ignore no-explicit-any -- see Executor
export function runInExecutor<A extends any[], R>(
  executor: Executor,
  fn: (...args: A) => R | Promise<R>,
  ...args: A
): Promise<R> {
  const operation = "runInExecutor()";
  if (typeof executor?.submit !== "function") {
    return Promise.reject(
      new TypeError(
        `Cannot submit to ${shown(executor)} in ${operation}: give an object with submit()`,
      ),
    );
  }
  if (currentScope() === null) return Promise.reject(outsideError(operation));
  const wait = suspend<R>(operation, "WORKER_WAIT", executors, true);
  if (!wait.pending) return wait.promise;
  submit(executor, fn, args).then(
    (value) => {
      if (wait.pending) wait.complete(value);
    },
    (error) => {
      if (wait.pending) wait.completeWith(error);
    },
  );
  return wait.promise;
}

// deno-lint-ignore no-explicit-any -- see Executor
async function submit<A extends any[], R>(
  executor: Executor,
  fn: (...args: A) => R | Promise<R>,
  args: A,
): Promise<R> {
  return await executor.submit(fn, ...args);
}
