import { currentScope } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { WaitStatistics } from "./sched.ts";

/**
 * A value, or an error, that one task will provide and others wait for.
 *
 * @example
 * ```ts
 * import { Result, run, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   const answer = new Result<number>();
 *   const waiter = spawn(async () => console.log("The answer is", await answer.unwrap()));
 *   answer.setValue(42);
 *   await waiter.join();
 * });
 * ```
 */
export class Result<T> {
  readonly #waiters = new WaitQueue<T>();
  #outcome: { readonly value: T } | { readonly error: unknown } | null = null;

  /** Whether a value or an error was set. */
  isSet(): boolean {
    return this.#outcome !== null;
  }

  /**
   * Provides the value.
   *
   * @throws {CurioError} If the result is set.
   */
  setValue(value: T): void {
    this.#checkUnset();
    this.#outcome = { value };
    this.#waiters.wakeAll(value);
  }

  /**
   * Provides an error, for `unwrap` to reject with.
   *
   * @throws {CurioError} If the result is set.
   */
  setException(error: unknown): void {
    this.#checkUnset();
    const thrown = error === undefined
      ? new Error("setException() was given undefined instead of an error")
      : error;
    this.#outcome = { error: thrown };
    this.#waiters.failAll(thrown);
  }

  /**
   * Waits until the result is set. A blocking point only then; cancelled, it leaves nothing behind.
   *
   * @returns The value.
   * @throws The error, if that was set.
   * @throws {CurioError} Outside a task.
   */
  unwrap(): Promise<T> {
    if (this.#outcome === null) return this.#waiters.suspend("Result.unwrap()", "EVENT_WAIT");
    const scope = currentScope();
    if (scope === null) return rejectOutside("Result.unwrap()");
    if ("error" in this.#outcome) return Promise.reject(this.#outcome.error);
    return completed(scope, "Result.unwrap()", this.#outcome.value);
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics {
    return { waiting: this.#waiters.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Result [${this.isSet() ? "set" : "not set"}, ${this.#waiters.length} waiting]`;
  }

  #checkUnset(): void {
    if (this.#outcome === null) return;
    throw new CurioError("Cannot set a Result twice: make a new one for each outcome");
  }
}
