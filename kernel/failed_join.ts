import type { TaskRecord } from "./task_record.ts";
import { hush, type Wait } from "./wait.ts";

/**
 * What a `join()` is woken with when its task failed. A parent with five joins wants to know which one
 * it was, so the error must be made where its stack shows the joiner's own `await kid.join()`. V8 knows
 * that line only in a microtask that is about to settle the promise awaited there. To remember it at
 * every `join()` would cost those that go well; a thenable gets such a microtask, and costs nothing
 * until its task has failed.
 */
export class FailedJoin {
  readonly #task: TaskRecord;
  readonly #wait: Wait;

  constructor(task: TaskRecord, wait: Wait) {
    this.#task = task;
    this.#wait = wait;
  }

  then(_resolve: unknown, reject: (error: unknown) => void): void {
    const error = this.#task.joinError(this.then);
    // Only now: a promise with two reactions is one whose awaiter V8 does not look for.
    hush(this.#wait.promise);
    reject(error);
  }
}
