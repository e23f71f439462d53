import { thread } from "./thread_scope.ts";
import { currentRecord, currentScope, requireScope } from "./current.ts";
import { CancelledError, CurioError, setOrigin, TaskCancelled } from "./errors.ts";
import { inTask } from "./in_task.ts";
import { stackLines } from "./reports.ts";
import { shown } from "./shown.ts";
import { framesOf } from "./stacks.ts";
import { completed, rejectOutside, suspend } from "./suspend.ts";
import { type TaskRecord, WANTS_RESULT } from "./task_record.ts";
import type { TaskState } from "./types.ts";
import { hush, type Wait, type WaitOwner } from "./wait.ts";

let recordOf: (task: Task) => TaskRecord;
let create: (record: TaskRecord) => Task;

/** How {@linkcode Task.cancel} goes about it. */
export interface CancelOptions {
  /** Whether to wait until the task has ended; `true` unless told. */
  blocking?: boolean;
  /** What to raise in the task: a cancellation class, or an error of one. */
  exc?: CancelledError | (new (message?: string) => CancelledError);
}

/**
 * A task: a function that runs concurrently with others, made by `spawn()` or a `TaskGroup`.
 *
 * @example
 * ```ts
 * import { run, sleep, spawn } from "@curio/core";
 *
 * async function add(a: number, b: number) {
 *   await sleep(0.01);
 *   return a + b;
 * }
 *
 * await run(async () => {
 *   const task = spawn(add, 2, 3);
 *   console.log(await task.join()); // 5
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- a task of anything is a Task; `unknown` would make it invariant.
export class Task<R = any> {
  readonly #record: TaskRecord;

  private constructor(record: TaskRecord) {
    this.#record = record;
  }

  static {
    recordOf = (task) => task.#record;
    create = (record) => new Task(record);
  }

  /** A number no other task of the program has. */
  get id(): number {
    return this.#record.id;
  }

  /** What the task is called in messages: its function's name unless it was given one. */
  get name(): string {
    return this.#record.name;
  }

  set name(name: string) {
    this.#record.name = name;
  }

  /** The id of the task that spawned it, or `null` for the first task of a run. */
  get parentId(): number | null {
    return this.#record.parentId;
  }

  /** Whether it runs in the background for good: a group does not wait for it, nor list its result. */
  get daemon(): boolean {
    return this.#record.daemon;
  }

  set daemon(daemon: boolean) {
    this.#record.daemon = daemon;
  }

  /** What it is doing now. */
  get state(): TaskState {
    return this.#record.state;
  }

  /** How many times it has been switched to. */
  get cycles(): number {
    return this.#record.cycles;
  }

  /** Whether its cancellation was requested; it may not have ended yet, or at all because of it. */
  get cancelled(): boolean {
    return this.#record.cancelled;
  }

  /** Whether it has ended. */
  get terminated(): boolean {
    return this.#record.terminated;
  }

  /** The tasks it spawned that are alive, in the order they were spawned. */
  get children(): Task[] {
    return [...this.#record.children ?? []].map(taskOf);
  }

  /**
   * What the task returned.
   *
   * @throws {CurioError} While it runs.
   * @throws The task's own error if it crashed or was cancelled.
   */
  get result(): R {
    const record = this.#ended("result");
    if (record.failed) throw record.outcome;
    return record.outcome as R;
  }

  /**
   * The error the task ended with, or `undefined` if it returned.
   *
   * @throws {CurioError} While it runs.
   */
  get exception(): unknown {
    const record = this.#ended("exception");
    return record.failed ? record.outcome : undefined;
  }

  /**
   * Waits until the task has ended and returns its result. A member that is joined by hand no longer
   * counts in its group. A blocking point unless the task has ended; cancelled, it leaves the task alone.
   *
   * @throws {TaskError} If the task crashed or was cancelled; `cause` is the task's own error.
   */
  join(): Promise<R> {
    const record = this.#record;
    if (!record.terminated) return record.joiners.suspend("Task.join()", "TASK_JOIN", WANTS_RESULT);
    const scope = currentScope();
    if (scope === null) return rejectOutside("Task.join()");
    record.membership?.release(record);
    if (record.failed) {
      const failure = Promise.reject(record.joinError(this.join));
      hush(failure);
      return failure;
    }
    return completed(scope, "Task.join()", record.outcome as R);
  }

  /** Waits until the task has ended, however it did. Cancelled, it leaves the task alone. */
  wait(): Promise<void> {
    const record = this.#record;
    if (!record.terminated) return record.joiners.suspend("Task.wait()", "TASK_JOIN");
    const scope = currentScope();
    return scope === null
      ? rejectOutside("Task.wait()")
      : completed(scope, "Task.wait()", undefined);
  }

  /**
   * Cancels the task: its current or next blocking call rejects with `TaskCancelled`, or with `exc`.
   * Waits until it has ended, clean-up included, unless `blocking` is `false`. A task is cancelled at
   * most once: a second call just waits for the first. What the task throws while it dies is logged,
   * not thrown here. Cancelling oneself interrupts right there.
   *
   * @throws {TypeError} If `exc` is not a cancellation.
   */
  cancel(options: CancelOptions = {}): Promise<void> {
    const record = this.#record;
    const by = currentRecord();
    if (record.terminated) return Promise.resolve();
    const blocking = options.blocking ?? true;
    if (blocking && by === null) return rejectOutside("Task.cancel()");
    try {
      record.cancel(cancellationOf(record, by, options.exc));
    } catch (error) {
      return Promise.reject(error);
    }
    if (!blocking) return Promise.resolve();
    if (record === by) return interruptHere(record);
    return record.joiners.suspend("Task.cancel()", "TASK_JOIN");
  }

  /** Cancels every child, newest first, and waits until all have ended. */
  cancelChildren(): Promise<void> {
    return inTask("Task.cancelChildren()", async () => {
      const children = this.children.reverse();
      for (const child of children) void child.cancel({ blocking: false });
      for (const child of children) await child.wait();
    });
  }

  /**
   * Where the task waits, in the user's own code, or `null` if that is not known: stacks are kept
   * while a monitor or a debug activation is on, or with the kernel's option `stacks`.
   */
  where(): { filename: string; line: number } | null {
    const [frame] = framesOf(this.#stack());
    return frame === undefined ? null : { filename: frame.filename, line: frame.line };
  }

  /** A description of where the task waits, or of its crash; see {@linkcode Task.where}. */
  traceback(): string {
    const record = this.#record;
    if (record.terminated) {
      if (!record.failed) return `${this} returned`;
      const { outcome } = record;
      return `${this} failed:\n${outcome instanceof Error ? outcome.stack : String(outcome)}`;
    }
    const lines = stackLines(this.#stack());
    if (lines.length > 0) return `Stack for ${this}:\n${lines.join("\n")}`;
    if (record.wait === null) return `No stack for ${this}: it is not in a blocking call`;
    return `No stack for ${this}: run with { stacks: true } or a monitor to keep stacks`;
  }

  /** `Task(id=3, name='kid', state='TIME_SLEEP')`, as Curio prints it. */
  toString(): string {
    const { id, name, state } = this.#record;
    return `Task(id=${id}, name='${name}', state='${state}')`;
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Cancels the task and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  #stack(): Error | null {
    const record = this.#record;
    if (record.terminated) return record.outcome instanceof Error ? record.outcome : null;
    return record.wait?.stack ?? null;
  }

  #ended(property: string): TaskRecord {
    if (!this.#record.terminated) {
      throw new CurioError(
        `Cannot read ${property} of ${this.#record.label} before it has ended: join() it first`,
      );
    }
    return this.#record;
  }
}

/** Internal: the kernel's record of `task`. */
export function recordOfTask(task: Task): TaskRecord {
  return recordOf(task);
}

/** Internal: the public face of `record`. */
export function taskOf(record: TaskRecord): Task {
  return record.handle ??= create(record);
}

/**
 * The task the caller runs in.
 *
 * @throws {CurioError} Outside a task.
 *
 * @example
 * ```ts
 * import { currentTask, run } from "@curio/core";
 *
 * await run(function main() {
 *   console.log(currentTask().name); // main
 * });
 * ```
 */
export function currentTask(): Task {
  if (thread !== null) return thread.currentTask() as Task;
  return taskOf(requireScope("currentTask()").task);
}

const never: WaitOwner = { remove() {} };

/** The blocking point at which a task that cancelled itself is interrupted. */
function interruptHere(record: TaskRecord): Promise<void> {
  // Behind a shield, or cancelled before, nothing is to be delivered here.
  if (!record.root.pending) return Promise.resolve();
  const wait: Wait<void> = suspend("Task.cancel()", "TASK_JOIN", never, false);
  if (wait.pending) wait.wake(undefined);
  return wait.promise;
}

function cancellationOf(
  record: TaskRecord,
  by: TaskRecord | null,
  exc: CancelOptions["exc"],
): CancelledError {
  const who = by === null ? "" : by === record ? " by itself" : ` by ${by.label}`;
  const message = `${record.label} cancelled${who}`;
  const error = exc === undefined
    ? new TaskCancelled(message)
    : typeof exc === "function"
    ? new exc(message)
    : exc;
  if (!(error instanceof CancelledError)) {
    throw new TypeError(
      `Cannot cancel ${record.label} with ${
        shown(exc)
      }: exc takes a CancelledError or a class of one`,
    );
  }
  const reason = exc === undefined ? undefined : exc;
  setOrigin(error, { kind: "cancel", by: by === null ? null : taskOf(by), reason }, record.root);
  return error;
}
