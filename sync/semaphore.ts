import { currentScope } from "../kernel/current.ts";
import { shown } from "../kernel/shown.ts";
import type { TaskFunction } from "../kernel/spawn.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import { runHolding } from "./run_holding.ts";
import type { WaitStatistics } from "./sched.ts";

/** What a semaphore's `statistics()` tells. */
export interface SemaphoreStatistics extends WaitStatistics {
  /** How many permits are free. */
  readonly value: number;
}

/**
 * A number of permits, as `threading.Semaphore` in Python. Tasks that wait for one get it in the order
 * they came; a permit that was handed over is not lost to a cancellation.
 *
 * @example At most three downloads at a time
 * ```ts
 * import { run, Semaphore, sleep, TaskGroup } from "@curio/core";
 *
 * const slots = new Semaphore(3);
 *
 * async function download(n: number) {
 *   using _slot = await slots.acquire();
 *   await sleep(0.01);
 *   console.log("done", n);
 * }
 *
 * await run(() =>
 *   new TaskGroup().run((group) => {
 *     for (let n = 0; n < 10; n++) group.spawn(download, n);
 *   })
 * );
 * ```
 */
export class Semaphore {
  readonly #waiters = new WaitQueue();
  #value: number;

  /**
   * A semaphore with `value` permits.
   *
   * @param value How many permits there are to begin with.
   * @throws {RangeError} If that is negative or not a whole number.
   */
  constructor(value: number = 1) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(
        `Cannot make a semaphore with ${shown(value)} permits: give a whole number of zero or more`,
      );
    }
    this.#value = value;
  }

  /** How many permits are free. */
  get value(): number {
    return this.#value;
  }

  /**
   * Takes a permit; waits for one if none is free. A blocking point only then; cancelled, it takes
   * nothing.
   *
   * @returns The semaphore, for `using permit = await semaphore.acquire()`.
   * @throws {CurioError} Outside a task.
   */
  acquire(): Promise<this> {
    if (this.#value === 0) return this.#waiters.suspend("Semaphore.acquire()", "SEMA_ACQUIRE");
    const scope = currentScope();
    if (scope === null) return rejectOutside("Semaphore.acquire()");
    this.#value--;
    return completed(scope, "Semaphore.acquire()", this);
  }

  /** Gives a permit back, or a new one out: to whoever has waited longest. */
  release(): void {
    if (!this.#waiters.wakeOne(this)) this.#value++;
  }

  /** Whether no permit is free. */
  locked(): boolean {
    return this.#value === 0;
  }

  /**
   * Runs `fn(...args)` while holding a permit.
   *
   * @returns What `fn` returned.
   * @throws {CurioError} Outside a task.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  run<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Promise<R> {
    return runHolding("Semaphore.run()", this, fn, args);
  }

  /** Gives a permit back. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** How many permits are free, and how many tasks wait. */
  statistics(): SemaphoreStatistics {
    return { waiting: this.#waiters.length, value: this.#value };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `${this.constructor.name} [${this.#value} free, ${this.#waiters.length} waiting]`;
  }
}

/**
 * A semaphore that refuses to have more permits than it began with: a `release` too many is a mistake.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from "@curio/core";
 *
 * try {
 *   new BoundedSemaphore(1).release();
 * } catch (error) {
 *   console.log(error instanceof RangeError); // true
 * }
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /**
   * A semaphore with `value` permits at most.
   *
   * @param value How many permits there are to begin with, and at most.
   * @throws {RangeError} If that is negative or not a whole number.
   */
  constructor(value: number = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Gives a permit back, to whoever has waited longest.
   *
   * @throws {RangeError} If all permits are free.
   */
  override release(): void {
    if (this.value >= this.#bound) {
      throw new RangeError(
        `Cannot release a BoundedSemaphore above its ${this.#bound} permits: acquire() one first`,
      );
    }
    super.release();
  }
}
