import { AsyncOnlyError } from "../kernel/errors.ts";
import { takeRefusal } from "../kernel/thread_refusal.ts";
import { thread } from "../kernel/thread_scope.ts";

/**
 * In a thread made by `spawnThread()`: has the kernel carry out `operation`, and blocks the thread until
 * that is done. An operation is what a blocking function of the library, or such a method of an object
 * that was passed to the thread, gives there instead of a promise.
 *
 * A cancellation of the thread, or a timeout around the operation, is thrown here as it would be in a
 * task: by the current `AWAIT`, or else by the next. Those that come after it work, for clean-up.
 *
 * @param operation What to do; anything else is returned as it is, also a promise from elsewhere.
 * @returns What the operation resolved with.
 * @throws What it rejected with.
 * @throws {AsyncOnlyError} Outside such a thread.
 * @throws {CurioError} If it is given a promise of the library's, of an object that the thread's own
 * module made: nothing could settle it while the thread blocks.
 *
 * @example
 * ```ts
 * import { AWAIT, run, sleep, spawnThread, TaskTimeout, timeoutAfter } from "@curio/core";
 *
 * function patient() {
 *   try {
 *     AWAIT(timeoutAfter(0.01, sleep, 10));
 *   } catch (error) {
 *     if (!(error instanceof TaskTimeout)) throw error;
 *     return "too late";
 *   }
 * }
 *
 * await run(async () => console.log(await spawnThread(patient).join())); // too late
 * ```
 */
export function AWAIT<T>(operation: T): Awaited<T> {
  if (thread === null) {
    throw new AsyncOnlyError(
      "Cannot use AWAIT() here because it blocks: use await, or start this code with spawnThread()",
    );
  }
  if (operation instanceof Promise) {
    const refusal = takeRefusal();
    if (refusal !== null) {
      operation.catch(() => {});
      throw refusal;
    }
  }
  return thread.AWAIT(operation) as Awaited<T>;
}
