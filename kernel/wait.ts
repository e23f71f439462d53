/**
 * One suspended operation of a task: the record behind every blocking call.
 *
 * A wait is *pending* until somebody *takes* it, once and for all: a waker hands it what it waits
 * for, or a cancellation interrupts it. From then on it only waits for its turn in the ready queue.
 * "A wait that was taken cannot be taken again" is the one rule that prevents every lost item,
 * permit and wake-up: a cancellation that comes after the hand-over finds the wait taken, and stays
 * pending in its scope for the task's next blocking point.
 *
 * A wait has one native promise and no closures: its executor is a static function that leaves the
 * resolvers in two variables, to be picked up by the constructor.
 */
import type { CancelledError } from "./errors.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Scope } from "./scope.ts";
import type { TaskRecord } from "./task_record.ts";
import type { TaskState } from "./types.ts";

/** Not handed anything yet. */
export const PENDING = 0;
/** Handed its outcome, and ready to run. */
export const TAKEN = 1;
/** Its promise is settled. */
export const SETTLED = 2;
/** Its task ended without awaiting it: its promise stays pending for good. */
export const UNDONE = 3;

/** Where a pending wait is registered. */
export interface WaitOwner {
  /** Registers `wait`, which has just begun; not called for one that was interrupted at birth. */
  enroll?(wait: Wait): void;
  /** Unregisters `wait`: it was interrupted by `error`, or its task ended without awaiting it. */
  remove(wait: Wait, error?: CancelledError): void;
  /** What reports can add about what is waited for: `held by task 3 'main'`. */
  describe?(): string | null;
  /** The task that must act before the wait can end, where there is just one such. */
  awaitedTask?(): TaskRecord | null;
}

let resolveNext: (value: never) => void;
let rejectNext: (reason: unknown) => void;
function executor(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolveNext = resolve;
  rejectNext = reject;
}

function ignore(): void {}

/** Marks `promise` as looked after, so that its rejection is nobody's surprise. */
export function hush(promise: Promise<unknown>): void {
  promise.then(undefined, ignore);
}

/** See the head of this file. `T` is what the operation resolves with. */
// deno-lint-ignore no-explicit-any -- a queue of waits holds waits for anything; `unknown` would make Wait invariant.
export class Wait<T = any> {
  /** What the blocking call returns. */
  readonly promise: Promise<T>;
  status: number = PENDING;
  /** Something the owner keeps with the wait: the item to put, say. */
  data: unknown = undefined;
  /** Where the task waits, if stacks are on. */
  stack: Error | null = null;
  /** Links of the wait queue it is in. */
  prev: Wait | null = null;
  next: Wait | null = null;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  #outcome: unknown = undefined;
  #failed = false;

  /**
   * @param scope The scope the operation was called in; `null` outside any task.
   * @param operation How a user knows the operation, such as `"Queue.get()"`.
   * @param external Whether something outside the kernel (a timer apart) will end it.
   */
  constructor(
    readonly scope: Scope | null,
    readonly operation: string,
    readonly state: TaskState,
    readonly owner: WaitOwner,
    readonly external: boolean,
  ) {
    this.promise = new Promise<T>(executor);
    this.#resolve = resolveNext as (value: T) => void;
    this.#reject = rejectNext;
  }

  /** Whether it was interrupted, or failed, and its task has yet to hear of it. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether nobody has taken it yet. */
  get pending(): boolean {
    return this.status === PENDING;
  }

  /** Hands over `value`. It must be pending and out of its owner's hands. */
  wake(value: T): void {
    this.#outcome = value;
    this.#take()?.enqueue(this);
  }

  /** Lets the operation fail with `error`. It must be pending and out of its owner's hands. */
  fail(error: unknown): void {
    this.#outcome = error;
    this.#failed = true;
    this.#take()?.enqueue(this);
  }

  /** {@linkcode wake} from a callback of the host, where no task's code is running: no detour. */
  complete(value: T): void {
    this.#outcome = value;
    this.#take()?.switchTo(this);
  }

  /** {@linkcode fail} from a callback of the host. */
  completeWith(error: unknown): void {
    this.#outcome = error;
    this.#failed = true;
    this.#take()?.switchTo(this);
  }

  /** Cancels it where it stands. */
  interrupt(error: CancelledError): void {
    this.owner.remove(this, error);
    this.fail(error);
  }

  /** Starts out taken, with an outcome it did not have to wait for. */
  preset(outcome: unknown, failed: boolean): void {
    this.#outcome = outcome;
    this.#failed = failed;
    this.status = TAKEN;
  }

  /** The task is gone: whoever awaits this waits for ever. */
  undo(): void {
    if (this.status !== PENDING) return;
    this.owner.remove(this);
    this.status = UNDONE;
    if (this.external) this.scope!.task.scheduler.external--;
  }

  /** Settles the promise; the code that awaits it runs in a later microtask. */
  settle(): void {
    this.status = SETTLED;
    if (this.#failed) {
      if (this.scope !== null) hush(this.promise);
      this.#reject(this.#outcome);
    } else {
      this.#resolve(this.#outcome as T);
    }
  }

  /** Marks it as taken; the scheduler to hand it to, unless nobody's wait is settled right here. */
  #take(): Scheduler | null {
    this.status = TAKEN;
    if (this.scope === null) {
      this.settle();
      return null;
    }
    const { scheduler } = this.scope.task;
    if (this.external) scheduler.external--;
    return scheduler;
  }
}
