import { currentRecord, currentScope, outsideError } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import type { OwnedQueue } from "../kernel/observer.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import type { TaskRecord } from "../kernel/task_record.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { LockStatistics } from "./lock.ts";

/** The line of tasks before a lock, which can tell who holds it. */
class LockQueue extends WaitQueue implements OwnedQueue {
  owner: TaskRecord | null = null;

  constructor(readonly kind: string) {
    super();
  }

  describe(): string | null {
    const { owner } = this;
    if (owner === null) return null;
    return `held by ${owner.label}${owner.terminated ? ", which has ended" : ""}`;
  }

  awaitedTask(): TaskRecord | null {
    return this.owner;
  }
}

/**
 * What a lock is made of: an owner, how often it holds the lock, and the line of those who wait.
 * Releasing hands over to the first in line, so nobody who comes later can slip in between.
 */
export class Ownership {
  readonly #kind: string;
  readonly #reentrant: boolean;
  readonly #waiters: LockQueue;
  #depth = 0;

  constructor(kind: string, reentrant: boolean) {
    this.#kind = kind;
    this.#waiters = new LockQueue(kind);
    this.#reentrant = reentrant;
  }

  /** Whether somebody is the owner. */
  get held(): boolean {
    return this.#depth > 0;
  }

  /** Makes the current task the owner of `lock`, now or when its turn comes. */
  acquire<L>(lock: L): Promise<L> {
    const scope = currentScope();
    const operation = `${this.#kind}.acquire()`;
    if (scope === null) return rejectOutside(operation);
    if (this.#depth === 0 || (this.#reentrant && this.#waiters.owner === scope.task)) {
      this.#waiters.owner = scope.task;
      if (this.#depth++ === 0) scope.task.scheduler.hooks?.observer?.owned(this.#waiters);
      return completed(scope, operation, lock);
    }
    return this.#waiters.suspend(operation, "LOCK_ACQUIRE", lock);
  }

  /** Undoes one acquisition. */
  release(): void {
    if (this.#reentrant && currentRecord() === null) throw outsideError(`${this.#kind}.release()`);
    const what = this.#reentrant ? `an ${this.#kind}` : `a ${this.#kind}`;
    if (this.#depth === 0) {
      throw new CurioError(`Cannot release ${what} that is not held: acquire() it first`);
    }
    if (this.#reentrant && !this.isHeldBy(currentRecord())) {
      throw new CurioError(
        `Cannot release ${what} ${this.#waiters.describe()}: only its owner may`,
      );
    }
    if (--this.#depth === 0) this.#handOver();
  }

  /** Whether `task` is the owner. */
  isHeldBy(task: TaskRecord | null): boolean {
    return this.#depth > 0 && this.#waiters.owner === task;
  }

  /** Gives the lock up however often it is held; returns how often that was. */
  releaseAll(): number {
    const depth = this.#depth;
    this.#depth = 0;
    this.#handOver();
    return depth;
  }

  /** Makes the lock, just acquired, held `depth` times. */
  deepen(depth: number): void {
    this.#depth = depth;
  }

  statistics(): LockStatistics {
    const { owner, length } = this.#waiters;
    return { waiting: length, locked: this.held, owner: owner === null ? null : owner.id };
  }

  toString(): string {
    const held = this.held ? `locked, ${this.#waiters.describe()}` : "unlocked";
    return `${this.#kind} [${held}, ${this.#waiters.length} waiting]`;
  }

  #handOver(): void {
    const next = this.#waiters.shift();
    if (next === null) {
      this.#waiters.owner?.scheduler.hooks?.observer?.disowned(this.#waiters);
      this.#waiters.owner = null;
      return;
    }
    this.#waiters.owner = next.scope!.task;
    this.#depth = 1;
    next.wake(next.data);
  }
}
