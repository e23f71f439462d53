import { suspend as suspendTask } from "../kernel/suspend.ts";
import type { TaskState } from "../kernel/types.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";

/** Ends a wait begun with {@linkcode suspend}; the first to use it decides how. */
export interface Waker<T> {
  /** Whether the wait goes on; no longer once it was woken, failed or cancelled. */
  readonly pending: boolean;
  /** Wakes the task with `value`; `false` if it waits no more. */
  wake(value: T): boolean;
  /** Lets the wait reject with `error`; `false` if it waits no more. */
  fail(error: unknown): boolean;
}

class Suspension<T> implements Waker<T>, WaitOwner {
  wait!: Wait<T>;
  readonly #register: (waker: Waker<T>) => (() => void) | void;
  #undo: (() => void) | void = undefined;

  constructor(register: (waker: Waker<T>) => (() => void) | void) {
    this.#register = register;
  }

  get pending(): boolean {
    return this.wait.pending;
  }

  wake(value: T): boolean {
    const { pending } = this;
    if (pending) this.wait.wake(value);
    return pending;
  }

  fail(error: unknown): boolean {
    const { pending } = this;
    if (pending) this.wait.fail(error);
    return pending;
  }

  enroll(wait: Wait<T>): void {
    this.wait = wait;
    try {
      this.#undo = this.#register(this);
    } catch (error) {
      wait.fail(error);
    }
  }

  remove(): void {
    try {
      this.#undo?.();
    } catch (error) {
      // Whoever cancels is not to blame, and the wait must end all the same.
      this.wait.scope?.task.scheduler.reports.undoFailed(error);
    }
  }
}

/**
 * Suspends the current task until somebody wakes it: the wait under every blocking call.
 *
 * `register` is called at once, unless a cancellation is due, with the waker to keep for later; it
 * returns what is to be done if the wait is cancelled. Once woken, the task cannot be cancelled in
 * this wait any more, so what it was woken with is never lost.
 *
 * @param state What to call the wait in `Task.state`: one of the kernel's words, or your own.
 * @param register Keeps the waker, and returns how to forget it. It must not block.
 * @returns What the waker was given.
 * @throws {CurioError} Outside a task.
 *
 * @example A baton that is handed from task to task
 * ```ts
 * import { suspend, type Waker } from "@curio/core/traps";
 * import { run, schedule, spawn } from "@curio/core";
 *
 * const waiting = new Set<Waker<string>>();
 *
 * function receive(): Promise<string> {
 *   return suspend("QUEUE_GET", (waker) => {
 *     waiting.add(waker);
 *     return () => waiting.delete(waker);
 *   });
 * }
 *
 * function hand(baton: string): void {
 *   for (const waker of waiting) {
 *     waiting.delete(waker);
 *     waker.wake(baton);
 *     return;
 *   }
 * }
 *
 * await run(async () => {
 *   const runner = spawn(async () => console.log("got", await receive()));
 *   await schedule();
 *   hand("the baton");
 *   await runner.join();
 * });
 * ```
 */
export function suspend<T>(
  state: string,
  register: (waker: Waker<T>) => (() => void) | void,
): Promise<T> {
  const operation = `suspend("${state}")`;
  return suspendTask<T>(operation, state as TaskState, new Suspension(register), false).promise;
}
