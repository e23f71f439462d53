/**
 * What the kernel knows of a task. Programs see it through {@linkcode Task}, which has the public
 * names and none of the moving parts.
 */
import { currentRecord } from "./current.ts";
import { type CancelledError, isCancelled, setOrigin, TaskCancelled, TaskError } from "./errors.ts";
import type { CancelOrigin } from "./errors.ts";
import { FailedJoin } from "./failed_join.ts";
import type { LocalValues } from "./local.ts";
import type { Scheduler } from "./scheduler.ts";
import { Scope } from "./scope.ts";
import type { Task } from "./task.ts";
import type { TaskState } from "./types.ts";
import { PENDING, type Wait } from "./wait.ts";
import { WaitQueue } from "./wait_queue.ts";

let lastId = 0;

/** What a task group wants to know of its members. */
export interface Membership {
  /** The members' crashes are its to report. */
  readonly reportsCrashes: boolean;
  /** `record` has ended. */
  ended(record: TaskRecord): void;
  /** Somebody joins `record` by hand, who has its outcome from now on. */
  release(record: TaskRecord): void;
}

/** Those who wait for a task's end. */
class JoinQueue extends WaitQueue {
  readonly #record: TaskRecord;

  constructor(record: TaskRecord) {
    super();
    this.#record = record;
  }

  describe(): string {
    return `for ${this.#record.label}`;
  }

  awaitedTask(): TaskRecord {
    return this.#record;
  }
}

/** What a waiter in {@linkcode TaskRecord.joiners} is woken with: the outcome, or just the news. */
export const WANTS_RESULT: unique symbol = Symbol("wants result");

export class TaskRecord {
  readonly id: number = ++lastId;
  readonly parentId: number | null;
  /** The task that spawned this one, while both are alive. */
  parent: TaskRecord | null;
  /** Those it spawned that are alive, in order; none unless it ever spawned one. */
  children: Set<TaskRecord> | null = null;
  readonly root: Scope = new Scope(this, null, false, NaN);
  /** The first of the waits that have not been settled; nearly always the only one. */
  wait: Wait | null = null;
  moreWaits: Set<Wait> | null = null;
  /** How many of its scopes have a cancellation that is still to be delivered. */
  pendingCount = 0;
  /** How many scopes are open, without the task's own. */
  openScopes = 0;
  /** Scopes whose `AbortSignal` somebody has asked for. */
  signalled: Set<Scope> | null = null;
  cycles = 0;
  /** Between a `running` and a `suspended` hook. */
  inCycle = false;
  cancelled = false;
  terminated = false;
  failed = false;
  /** The result, or the error if it {@linkcode failed}. */
  outcome: unknown = undefined;
  #joiners: JoinQueue | null = null;
  membership: Membership | null = null;
  locals: LocalValues | null = null;
  /** Whether it was named for holding others up. */
  stallReported = false;
  /** Whether its crash is its caller's to report. */
  isMain = false;
  handle: Task | null = null;

  constructor(
    readonly scheduler: Scheduler,
    parent: TaskRecord | null,
    public name: string,
    public daemon: boolean,
  ) {
    this.parent = parent;
    this.parentId = parent === null ? null : parent.id;
  }

  /** Those who wait for its end. */
  get joiners(): WaitQueue {
    return this.#joiners ??= new JoinQueue(this);
  }

  /** How messages refer to it: `task 7 'fetcher'`. */
  get label(): string {
    return `task ${this.id} '${this.name}'`;
  }

  get state(): TaskState {
    if (this.terminated) return "TERMINATED";
    const { scheduler, wait } = this;
    const isAsking = currentRecord() === this;
    // Of a task that has not blocked since it was switched to, others see that it awaits something.
    if (scheduler.running === this && (isAsking || scheduler.hooks?.calling === true)) {
      return "RUNNING";
    }
    if (wait === null) return isAsking ? "RUNNING" : "PROMISE_WAIT";
    if (wait.status === PENDING) return wait.state;
    return this.cycles === 0 ? "INITIAL" : "READY";
  }

  /** Notes a wait that has begun. */
  addWait(wait: Wait): void {
    if (this.wait === null) {
      this.wait = wait;
      this.scheduler.blocked++;
    } else {
      (this.moreWaits ??= new Set()).add(wait);
    }
  }

  /** Forgets a wait that is being settled. */
  dropWait(wait: Wait): void {
    if (this.wait !== wait) {
      this.moreWaits!.delete(wait);
      return;
    }
    if (this.moreWaits !== null) {
      for (const next of this.moreWaits) {
        this.moreWaits.delete(next);
        this.wait = next;
        return;
      }
    }
    this.wait = null;
    this.scheduler.blocked--;
  }

  /** Its waits, oldest first. */
  waits(): Wait[] {
    if (this.wait === null) return [];
    return this.moreWaits === null ? [this.wait] : [this.wait, ...this.moreWaits];
  }

  /** Requests cancellation, once: later requests are void. */
  cancel(error: CancelledError): void {
    if (this.terminated || this.cancelled) return;
    this.cancelled = true;
    this.root.cancel(error);
    this.scheduler.watchStall(this);
  }

  /** Requests cancellation for `origin`, with an error that says so. */
  cancelFor(origin: CancelOrigin, why: string): void {
    if (this.terminated || this.cancelled) return;
    const error = new TaskCancelled(`${this.label} ${why}`);
    setOrigin(error, origin, this.root);
    this.cancel(error);
  }

  /** What `join()` rejects with; its stack begins with whoever called `caller`. */
  joinError(caller: CallableFunction): TaskError {
    const what = isCancelled(this.outcome) ? "was cancelled" : "crashed";
    const detail = this.outcome instanceof Error ? `: ${this.outcome.message}` : "";
    const error = new TaskError(`${this.label} ${what}${detail}`, { cause: this.outcome });
    Error.captureStackTrace(error, caller);
    return error;
  }

  /** Tells everybody who waits for the end. */
  wakeJoiners(): void {
    const joiners = this.#joiners;
    if (joiners === null) return;
    for (let wait = joiners.shift(); wait !== null; wait = joiners.shift()) {
      if (wait.data !== WANTS_RESULT) {
        wait.wake(undefined);
      } else {
        this.membership?.release(this);
        wait.wake(this.failed ? new FailedJoin(this, wait) : this.outcome);
      }
    }
  }

  /** Whether somebody waits in `join()` for how it ends. */
  get isJoined(): boolean {
    for (const wait of this.#joiners ?? []) if (wait.data === WANTS_RESULT) return true;
    return false;
  }
}
