import type { TaskFunction } from "../kernel/spawn.ts";
import { Ownership } from "./ownership.ts";
import { runHolding } from "./run_holding.ts";
import type { WaitStatistics } from "./sched.ts";

/** What a lock's `statistics()` tells. */
export interface LockStatistics extends WaitStatistics {
  /** Whether it is held. */
  readonly locked: boolean;
  /** The id of the task that holds it, or `null`. */
  readonly owner: number | null;
}

let ownershipOfLock: (lock: Lock) => Ownership;
let ownershipOfRLock: (lock: RLock) => Ownership;

/**
 * Mutual exclusion, as `threading.Lock` in Python: one task holds it at a time, the others wait in
 * line. Any task may release it.
 *
 * @example
 * ```ts
 * import { Lock, run, TaskGroup } from "@curio/core";
 *
 * const lock = new Lock();
 *
 * async function critical(name: string) {
 *   using _held = await lock.acquire();
 *   console.log(name, "has the lock");
 * }
 *
 * await run(() =>
 *   new TaskGroup().run((group) => {
 *     group.spawn(critical, "Max");
 *     group.spawn(critical, "Lillian");
 *   })
 * );
 * ```
 */
export class Lock {
  readonly #ownership = new Ownership("Lock", false);

  static {
    ownershipOfLock = (lock) => lock.#ownership;
  }

  /**
   * Waits until the lock is free and takes it. Tasks that wait get it in the order they came. A
   * blocking point only while it is held; cancelled, it takes nothing.
   *
   * @returns The lock, for `using held = await lock.acquire()`.
   * @throws {CurioError} Outside a task.
   */
  acquire(): Promise<this> {
    return this.#ownership.acquire(this);
  }

  /**
   * Gives the lock up, to whoever has waited longest.
   *
   * @throws {CurioError} If it is not held.
   */
  release(): void {
    this.#ownership.release();
  }

  /** Whether some task holds it. */
  locked(): boolean {
    return this.#ownership.held;
  }

  /**
   * Runs `fn(...args)` while holding the lock.
   *
   * @returns What `fn` returned.
   * @throws {CurioError} Outside a task.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  run<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Promise<R> {
    return runHolding("Lock.run()", this, fn, args);
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Who holds it, and how many wait. */
  statistics(): LockStatistics {
    return this.#ownership.statistics();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.#ownership.toString();
  }
}

/**
 * A lock that its owner may acquire again, as `threading.RLock` in Python: it is free once it was
 * released as often. Only the owner may release it.
 *
 * @example
 * ```ts
 * import { RLock, run } from "@curio/core";
 *
 * const lock = new RLock();
 *
 * await run(() => lock.run(() => lock.run(() => console.log("twice")))); // no deadlock
 * ```
 */
export class RLock {
  readonly #ownership = new Ownership("RLock", true);

  static {
    ownershipOfRLock = (lock) => lock.#ownership;
  }

  /**
   * Waits until the lock is free and takes it. Tasks that wait get it in the order they came. A
   * blocking point only while another task holds it; cancelled, it takes nothing.
   *
   * @returns The lock, for `using held = await lock.acquire()`.
   * @throws {CurioError} Outside a task.
   */
  acquire(): Promise<this> {
    return this.#ownership.acquire(this);
  }

  /**
   * Undoes one `acquire`; the last one gives the lock up, to whoever has waited longest.
   *
   * @throws {CurioError} If it is not held, or if another task holds it.
   */
  release(): void {
    this.#ownership.release();
  }

  /** Whether some task holds it. */
  locked(): boolean {
    return this.#ownership.held;
  }

  /**
   * Runs `fn(...args)` while holding the lock.
   *
   * @returns What `fn` returned.
   * @throws {CurioError} Outside a task.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  run<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Promise<R> {
    return runHolding("RLock.run()", this, fn, args);
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Who holds it, and how many wait. */
  statistics(): LockStatistics {
    return this.#ownership.statistics();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.#ownership.toString();
  }
}

/** Internal: what `lock` is made of. */
export function ownershipOf(lock: Lock | RLock): Ownership {
  return lock instanceof RLock ? ownershipOfRLock(lock) : ownershipOfLock(lock);
}
