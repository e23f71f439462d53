import { suspendAnywhere } from "../kernel/suspend.ts";
import type { TaskState } from "../kernel/types.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { closedWhileError } from "../io/closed.ts";

/** Work of the host that a task waits for and can give up. What it brings too late is dropped. */
export class Attempt<T> implements WaitOwner {
  readonly #state: TaskState;
  readonly #drop: (late: T) => void;
  readonly #controller = new AbortController();
  #wait: Wait<T> | null = null;

  /**
   * @param state The state of a task that waits for it.
   * @param drop Gives back what came too late.
   */
  constructor(state: TaskState, drop: (late: T) => void) {
    this.#state = state;
    this.#drop = drop;
  }

  /** Starts `work`, once, and waits for what it brings. Its signal aborts when nobody waits any more. */
  run(operation: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const wait = suspendAnywhere<T>(operation, this.#state, this);
    if (!wait.pending) return wait.promise;
    this.#wait = wait;
    work(this.#controller.signal).then(
      (value) => this.#succeeded(value),
      (error) => this.#failed(error),
    );
    return wait.promise;
  }

  /** The wait was cancelled. */
  remove(): void {
    this.#wait = null;
    // A turn later, as the host loses a connection that is made just when a timer aborts the attempt.
    setImmediate(() => this.#controller.abort());
  }

  /** Its socket is being closed. */
  close(): void {
    const wait = this.#wait;
    if (wait === null) return;
    this.remove();
    wait.fail(closedWhileError(wait.operation));
  }

  #succeeded(value: T): void {
    const wait = this.#wait;
    this.#wait = null;
    if (wait === null) this.#drop(value);
    else wait.complete(value);
  }

  #failed(error: unknown): void {
    const wait = this.#wait;
    this.#wait = null;
    wait?.completeWith(error);
  }
}
