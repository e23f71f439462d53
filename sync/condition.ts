import { disableCancellation } from "../kernel/cancellation.ts";
import { currentRecord } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { inTask } from "../kernel/in_task.ts";
import type { TaskFunction } from "../kernel/spawn.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import { Lock, ownershipOf, type RLock } from "./lock.ts";
import { runHolding } from "./run_holding.ts";
import type { WaitStatistics } from "./sched.ts";

/**
 * Tasks that wait for something to become true, and tasks that say it may have, as
 * `threading.Condition` in Python. What is waited for is looked at and changed under the lock.
 *
 * @example
 * ```ts
 * import { Condition, run, spawn } from "@curio/core";
 *
 * const condition = new Condition();
 * let ready = false;
 *
 * await run(async () => {
 *   const waiter = spawn(async () => {
 *     using _held = await condition.acquire();
 *     await condition.waitFor(() => ready);
 *     console.log("ready");
 *   });
 *   await condition.run(() => {
 *     ready = true;
 *     condition.notifyAll();
 *   });
 *   await waiter.join();
 * });
 * ```
 */
export class Condition {
  readonly #lock: Lock | RLock;
  readonly #waiters = new WaitQueue<void>();

  /**
   * A condition of its own lock, or of one it shares.
   *
   * @param lock The lock to use: a new one of its own unless given.
   */
  constructor(lock: Lock | RLock = new Lock()) {
    this.#lock = lock;
  }

  /**
   * Acquires the lock; see `Lock.acquire()`.
   *
   * @returns The condition, for `using held = await condition.acquire()`.
   * @throws {CurioError} Outside a task.
   */
  acquire(): Promise<this> {
    return inTask("Condition.acquire()", async () => {
      await this.#lock.acquire();
      return this;
    });
  }

  /**
   * Releases the lock.
   *
   * @throws {CurioError} If it is not held.
   */
  release(): void {
    this.#lock.release();
  }

  /** Whether some task holds the lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Runs `fn(...args)` while holding the lock.
   *
   * @returns What `fn` returned.
   * @throws {CurioError} Outside a task.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  run<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Promise<R> {
    return runHolding("Condition.run()", this, fn, args);
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again. Always a blocking point.
   * Cancelled or not, it holds the lock when it is done; a cancellation that comes after the
   * notification is delivered at the next blocking point.
   *
   * @throws {CurioError} Outside a task, or if the caller does not hold the lock.
   */
  wait(): Promise<void> {
    return inTask("Condition.wait()", async () => {
      this.#checkHeld("wait for");
      const ownership = ownershipOf(this.#lock);
      const depth = ownership.releaseAll();
      try {
        await this.#waiters.suspend("Condition.wait()", "COND_WAIT");
      } finally {
        // Without a shield, a cancellation here would leave the caller to release somebody else's lock.
        await disableCancellation(() => ownership.acquire(this.#lock));
        ownership.deepen(depth);
      }
    });
  }

  /**
   * Waits until `predicate` returns true: it is called under the lock, now and after each
   * notification. What it throws is thrown here, with the lock held.
   *
   * @throws {CurioError} Outside a task, or if the caller does not hold the lock.
   */
  waitFor(predicate: () => boolean): Promise<void> {
    return inTask("Condition.waitFor()", async () => {
      this.#checkHeld("wait for");
      while (!predicate()) await this.wait();
    });
  }

  /**
   * Notifies the `n` tasks that have waited longest, or as many as wait.
   *
   * @throws {CurioError} If the caller does not hold the lock.
   */
  notify(n: number = 1): void {
    this.#checkHeld("notify");
    for (let left = Math.min(n, this.#waiters.length); left > 0; left--) this.#waiters.wakeOne();
  }

  /**
   * Notifies every task that waits.
   *
   * @throws {CurioError} If the caller does not hold the lock.
   */
  notifyAll(): void {
    this.notify(Infinity);
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** How many tasks wait to be notified. */
  statistics(): WaitStatistics {
    return { waiting: this.#waiters.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const held = this.locked() ? "locked" : "unlocked";
    return `Condition [${held}, ${this.#waiters.length} waiting]`;
  }

  /** Code outside any task can only go by whether somebody holds the lock. */
  #checkHeld(what: string): void {
    const caller = currentRecord();
    if (caller === null ? this.#lock.locked() : ownershipOf(this.#lock).isHeldBy(caller)) return;
    throw new CurioError(`Cannot ${what} a condition without its lock: acquire() it first`);
  }
}
