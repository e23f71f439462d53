import { disableCancellation } from "./cancellation.ts";
import { currentRecord } from "./current.ts";
import { CurioError, isCancelled } from "./errors.ts";
import type { ShutdownOptions } from "./group_options.ts";
import { waitsForTasks } from "./shutdown.ts";
import { taskOf } from "./task.ts";
import type { Membership, TaskRecord } from "./task_record.ts";
import { ignoreAfter } from "./timeout.ts";
import { WaitQueue } from "./wait_queue.ts";

/** For how many seconds to wait for a member that waits for other tasks. */
const PATIENCE = 1;

/** Why members are cancelled. */
export interface Ending {
  /** The task to name as the cause. */
  readonly by: TaskRecord | null;
  /** Completes the sentence "task 7 'fetcher' cancelled: …". */
  readonly why: string;
  readonly reason: unknown;
}

/** The tasks of a group: who runs, who has ended and in what order, and how they are cancelled. */
export class GroupMembers implements Membership {
  readonly reportsCrashes: boolean;
  /** Ended members that nobody has looked at, in the order they ended. */
  readonly finished: Set<TaskRecord> = new Set();
  /** Members that ended with an error, in the order they ended. */
  readonly failures: TaskRecord[] = [];
  /** Whether members are being cancelled one after the other: whoever joins must not hurry them. */
  takingTurns = false;
  /** Every member but daemons that has not been handed out. */
  readonly #all = new Set<TaskRecord>();
  readonly #running = new Set<TaskRecord>();
  readonly #daemons = new Set<TaskRecord>();
  /** Members told to go, whose outcome is of no interest. */
  readonly #dismissed = new Set<TaskRecord>();
  readonly #waiters = new WaitQueue<void>();
  #ending: Ending | null = null;

  constructor(reportsCrashes: boolean) {
    this.reportsCrashes = reportsCrashes;
  }

  /** The members, in the order they were spawned. */
  get all(): TaskRecord[] {
    return [...this.#all].sort((a, b) => a.id - b.id);
  }

  /** Those that run, in the order they joined the group: without daemons. */
  get running(): TaskRecord[] {
    return [...this.#running];
  }

  /** Those that run, daemons last. */
  get alive(): TaskRecord[] {
    return [...this.#running, ...this.#daemons];
  }

  /** {@linkcode alive} as they are to be cancelled. */
  inOrder(order: NonNullable<ShutdownOptions["order"]>): TaskRecord[] {
    const { alive } = this;
    if (typeof order === "function") return alive.sort((a, b) => order(taskOf(a), taskOf(b)));
    return alive.sort((a, b) => order === "oldest" ? a.id - b.id : b.id - a.id);
  }

  /** Whether {@linkcode running} is empty. */
  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** Makes all of `records` members, or none. */
  adopt(records: TaskRecord[]): void {
    const known = new Set<TaskRecord>();
    for (const record of records) {
      if (record.membership !== null || known.has(record)) {
        throw new CurioError(
          `Cannot add ${record.label} to a second group: a task is in one group at most`,
        );
      }
      known.add(record);
    }
    for (const record of records) this.enter(record);
  }

  /** Makes a task that is in no group a member. */
  enter(record: TaskRecord): void {
    record.membership = this;
    // What a dying member spawns dies with the group.
    if (this.#ending !== null) this.cancel([record], this.#ending);
    if (!record.daemon) this.#all.add(record);
    if (record.terminated) this.ended(record);
    else if (record.daemon) this.#daemons.add(record);
    else this.#running.add(record);
  }

  ended(record: TaskRecord): void {
    if (this.#daemons.delete(record) || !this.#all.has(record)) return;
    if (this.#dismissed.delete(record)) return this.release(record);
    this.#running.delete(record);
    this.finished.add(record);
    if (record.failed) this.failures.push(record);
    this.#waiters.wakeAll();
  }

  release(record: TaskRecord): void {
    record.membership = null;
    this.#all.delete(record);
    this.#running.delete(record);
    this.#daemons.delete(record);
    this.finished.delete(record);
    const failure = this.failures.indexOf(record);
    if (failure >= 0) this.failures.splice(failure, 1);
    // Whoever waits for it must look again.
    this.#waiters.wakeAll();
  }

  /** Waits until some member has ended, or left. */
  change(operation: string): Promise<void> {
    return this.#waiters.suspend(operation, "TASK_JOIN");
  }

  /** Has `records` leave the group as soon as they end. */
  dismiss(records: TaskRecord[]): void {
    for (const record of records) this.#dismissed.add(record);
  }

  /** A member's failure, if there is one, is why the group ends; else `why`. */
  blame(why: string, reason: unknown): Ending {
    if (this.failures.length === 0) return { by: null, why, reason };
    const [failure] = this.failures;
    return { by: failure, why: "a sibling failed", reason: failure.outcome };
  }

  /** Requests the cancellation of `records`, in that order. */
  cancel(records: TaskRecord[], { by, why, reason }: Ending): void {
    const origin = { kind: "group", by: by === null ? null : taskOf(by), reason } as const;
    const canceller = by ?? currentRecord();
    const who = canceller === null ? "" : ` by ${canceller.label}`;
    for (const record of records) {
      if (record !== canceller) record.cancelFor(origin, `cancelled${who}: ${why}`);
    }
  }

  /**
   * Cancels `rest` one after the other, each once the one before has ended. Should that one wait for a
   * task whose turn has not come, for a lock it holds say, it would wait for ever: patience with such
   * has an end, and the more of them there are, the sooner.
   */
  async endInTurn(rest: TaskRecord[], why: string): Promise<void> {
    this.takingTurns = true;
    try {
      let patience = PATIENCE;
      for (const record of rest) {
        if (record.terminated) continue;
        this.cancel([record], { by: null, why, reason: undefined });
        for (let seconds = patience; !record.terminated; seconds = PATIENCE) {
          await ignoreAfter(seconds, () => taskOf(record).wait());
          if (waitsForTasks(record)) break;
        }
        if (!record.terminated) patience /= 2;
      }
    } finally {
      this.takingTurns = false;
      this.#waiters.wakeAll();
    }
  }

  /** Cancels `rest` in that order and waits for everybody, whatever happens meanwhile. */
  async end(rest: TaskRecord[], ending: Ending): Promise<void> {
    this.#ending = ending;
    this.cancel(rest, ending);
    if (this.#isAlive()) await disableCancellation(() => this.#waitForAll());
    this.finished.clear();
  }

  /** What `throwOnError` is to throw: failures, or if there are none, who was cancelled from outside. */
  culprits(): TaskRecord[] {
    const failed = this.failures.filter((record) => !isCancelled(record.outcome));
    return failed.length > 0 ? failed : this.failures.filter(wasCancelledFromOutside);
  }

  #isAlive(): boolean {
    return this.#running.size > 0 || this.#daemons.size > 0;
  }

  async #waitForAll(): Promise<void> {
    while (this.#isAlive()) {
      for (const record of this.alive) await taskOf(record).wait();
    }
  }
}

function wasCancelledFromOutside(record: TaskRecord): boolean {
  return isCancelled(record.outcome) && record.outcome.origin.kind !== "group";
}
