import { type AsyncThread, startThread, threadOf } from "./async_thread.ts";
import { currentRecord, requireScope } from "./current.ts";
import { toTimeout } from "./duration.ts";
import { CurioError, isCancelled } from "./errors.ts";
import { GroupCompletion } from "./group_completion.ts";
import { GroupMembers } from "./group_members.ts";
import type { ShutdownOptions, TaskGroupOptions } from "./group_options.ts";
import { inTask } from "./in_task.ts";
import { notAFunction } from "./not_a_function.ts";
import { type SpawnOptions, startFrom, type TaskFunction } from "./spawn.ts";
import { recordOfTask, type Task, taskOf } from "./task.ts";
import type { TaskRecord } from "./task_record.ts";
import { ignoreAfter } from "./timeout.ts";
import { explainUnbound } from "./unbound_method.ts";

/**
 * A group of tasks none of which outlives the group. The first to fail makes `join` cancel the rest;
 * so does an error in the body of `run`. Semantics are Curio's (`TaskGroup` in its reference manual).
 *
 * @example
 * ```ts
 * import { run, sleep, TaskGroup } from "@curio/core";
 *
 * async function square(n: number) {
 *   await sleep(0.01 * n);
 *   return n * n;
 * }
 *
 * await run(async () => {
 *   const group = new TaskGroup<number>();
 *   await group.run(async (g) => {
 *     for (const n of [3, 1, 2]) g.spawn(square, n);
 *   });
 *   console.log(group.results, group.result); // [ 9, 1, 4 ] 1
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see Task
export class TaskGroup<R = any> {
  readonly #throwOnError: boolean;
  readonly #members: GroupMembers;
  readonly #completion: GroupCompletion;
  /** Whether it takes no more members. */
  #closed = false;
  #joined = false;

  /** A group without members. */
  constructor(options?: TaskGroupOptions);
  /**
   * A group of tasks that exist already.
   *
   * @throws {CurioError} If one of `tasks` is in a group.
   */
  constructor(tasks: Iterable<Task>, options?: TaskGroupOptions);
  constructor(first: Iterable<Task> | TaskGroupOptions = {}, second: TaskGroupOptions = {}) {
    const given = Symbol.iterator in first;
    const options = given ? second : first;
    this.#throwOnError = options.throwOnError ?? false;
    this.#members = new GroupMembers(this.#throwOnError);
    this.#completion = new GroupCompletion(this.#members, options.wait ?? "all");
    if (given) this.#members.adopt([...first].map(recordOfTask));
  }

  /**
   * Starts `fn(...args)` as a member; see `spawn()`. A daemon is cancelled when the group is joined,
   * is not waited for, and is forgotten once it has ended.
   *
   * @throws {CurioError} Outside a task, or after `join`.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  spawn<A extends any[], T>(fn: TaskFunction<A, T>, ...args: A): Task<T>;
  /** {@linkcode TaskGroup.spawn} with options. */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  spawn<A extends any[], T>(
    options: SpawnOptions,
    fn: TaskFunction<A, T>,
    ...args: A
  ): Task<T>;
  spawn(first: unknown, ...rest: unknown[]): Task {
    const { task } = requireScope("TaskGroup.spawn()");
    this.#checkOpen("spawn a task in");
    const record = startFrom(task.scheduler, task, "TaskGroup.spawn()", first, rest);
    this.#members.enter(record);
    return taskOf(record);
  }

  /**
   * Starts `fn(...args)` in a thread, as `spawnThread()` does; the task behind it is a member.
   *
   * @throws {CurioError} Outside a task, or after `join`.
   * @throws {TypeError} If `fn` is no function, or an async one.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  spawnThread<A extends any[], T>(fn: (...args: A) => T, ...args: A): AsyncThread<T> {
    const operation = "TaskGroup.spawnThread()";
    const { task } = requireScope(operation);
    this.#checkOpen("spawn a thread in");
    const record = startThread(task.scheduler, task, operation, fn, args);
    this.#members.enter(record);
    return threadOf(record);
  }

  /**
   * Makes an existing task a member.
   *
   * @throws {CurioError} After `join`, or if the task is in a group.
   */
  addTask(task: Task): void {
    this.#checkOpen("add a task to");
    this.#members.adopt([recordOfTask(task)]);
  }

  /**
   * Runs `body`, then joins the group. If the body throws, or is cancelled, every member is cancelled
   * and waited for, and its error is rethrown as it is.
   *
   * @returns What `body` returned.
   * @throws {TaskGroupError} With `throwOnError`, if members failed.
   */
  run<T>(body: (group: this) => T | Promise<T>): Promise<T> {
    return inTask("TaskGroup.run()", async () => {
      let result: T;
      try {
        if (typeof body !== "function") throw notAFunction(body, "TaskGroup.run()", false);
        result = await body(this);
      } catch (thrown) {
        const error = explainUnbound(body, thrown);
        this.#members.dismiss(this.#members.running);
        await this.#end(error);
        throw error;
      }
      await this.#join();
      return result;
    });
  }

  /**
   * Waits for the members as the policy says, then cancels what is left. The first member to fail ends
   * the wait. Does not throw what members threw: their results do. A blocking point while members
   * run; cancelled, it cancels every member and waits for each.
   *
   * @throws {TaskGroupError} With `throwOnError`, if members failed.
   */
  join(): Promise<void> {
    return inTask("TaskGroup.join()", () => this.#join());
  }

  /**
   * Waits for the next member to end, and takes it out of the group: its outcome is the caller's
   * business. `null` once no member is left. Cancelled, it takes nothing.
   */
  nextDone(): Promise<Task | null> {
    return inTask("TaskGroup.nextDone()", async () => {
      const { finished } = this.#members;
      while (finished.size === 0) {
        if (this.#members.isIdle) return null;
        await this.#members.change("TaskGroup.nextDone()");
      }
      const [record] = finished;
      this.#members.release(record);
      return taskOf(record);
    });
  }

  /**
   * The result of the next member to end; see {@linkcode TaskGroup.nextDone}.
   *
   * @throws {CurioError} If no member is left.
   * @throws The member's own error if it failed.
   */
  nextResult(): Promise<R> {
    return inTask("TaskGroup.nextResult()", async () => {
      const task = await this.nextDone();
      if (task === null) {
        throw new CurioError(
          "Cannot give a next result because no task is left in the group: use nextDone(), which tells by null",
        );
      }
      return task.result;
    });
  }

  /** Cancels every member, in the order they were spawned, waits for each, and takes them out of the group. */
  cancelRemaining(): Promise<void> {
    return inTask("TaskGroup.cancelRemaining()", async () => {
      const caller = currentRecord();
      const running = this.#members.running.filter((record) => record !== caller);
      const why = "its group was told to cancel what remains";
      this.#members.dismiss(running);
      this.#members.cancel(running, { by: caller, why, reason: undefined });
      for (const record of running) await taskOf(record).wait();
    });
  }

  /**
   * Ends the group in good order: takes no more members, lets those that run finish within `grace`,
   * and cancels the rest one after the other, each once the one before has ended: clean-up may still
   * use members whose turn comes later. (One whose clean-up does nothing but wait for other tasks is
   * given a second.) After a failure the rest is cancelled at once, as in `join`; so it is when the
   * caller is cancelled. Results can be read afterwards.
   *
   * @throws {TaskGroupError} With `throwOnError`, if members failed.
   * @throws {RangeError} If the grace is negative or `NaN`.
   */
  shutdown(options: ShutdownOptions = {}): Promise<void> {
    return inTask("TaskGroup.shutdown()", () => this.#shutdown(options));
  }

  async #shutdown(options: ShutdownOptions): Promise<void> {
    const grace = toTimeout(options.grace ?? 0, "the grace of TaskGroup.shutdown()");
    this.#checkOutsider("shut down");
    this.#closed = true;
    const why = "its group shuts down";
    const rest = (): TaskRecord[] => this.#members.inOrder(options.order ?? "newest");
    try {
      if (grace > 0) await ignoreAfter(grace, () => this.#completion.collect("all"));
      else this.#completion.drain("all");
      if (this.#members.failures.length === 0) await this.#members.endInTurn(rest(), why);
    } finally {
      await this.#finish(rest(), why, undefined);
    }
    this.#throwFailures();
  }

  /**
   * The first member that ended, or under `"object"` the first with a result to speak of; `null`
   * before there is one.
   */
  get completed(): Task | null {
    const { completed } = this.#completion;
    return completed === null ? null : taskOf(completed);
  }

  /**
   * The result of {@linkcode TaskGroup.completed}; throws that task's own error if it failed.
   *
   * @throws {CurioError} Before `join`, or if no task completed.
   */
  get result(): R {
    this.#checkJoined("result");
    const { completed } = this;
    if (completed === null) {
      throw new CurioError(
        "Cannot read result of a group in which no task completed: look at completed first",
      );
    }
    return completed.result;
  }

  /**
   * The error of {@linkcode TaskGroup.completed}, or `undefined`.
   *
   * @throws {CurioError} Before `join`.
   */
  get exception(): unknown {
    this.#checkJoined("exception");
    return this.completed?.exception;
  }

  /**
   * The results of all members in the order they were spawned; throws the first error among them.
   *
   * @throws {CurioError} Before `join`.
   */
  get results(): R[] {
    this.#checkJoined("results");
    return this.tasks.map((task) => task.result);
  }

  /**
   * The errors of all members in the order they were spawned, `undefined` for those that returned.
   *
   * @throws {CurioError} Before `join`.
   */
  get exceptions(): unknown[] {
    this.#checkJoined("exceptions");
    return this.tasks.map((task) => task.exception);
  }

  /** The members, in the order they were spawned: without daemons, and without those handed out or joined by hand. */
  get tasks(): Task[] {
    return this.#members.all.map(taskOf);
  }

  /** The members as they end; each is handed out as by {@linkcode TaskGroup.nextDone}. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Task> {
    for (let task = await this.nextDone(); task !== null; task = await this.nextDone()) yield task;
  }

  /** Cancels what was not joined, and waits for it. Never throws what members threw. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#joined) await this.#end(undefined);
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const what = this.#joined ? "joined" : `${this.#members.running.length} running`;
    return `TaskGroup [${what}, ${this.#members.finished.size} finished]`;
  }

  // -- Joining

  async #join(): Promise<void> {
    if (this.#joined) return;
    this.#checkOutsider("join");
    try {
      const { policy } = this.#completion;
      if (policy !== "none") await this.#completion.collect(policy);
    } catch (error) {
      await this.#end(error);
      throw error;
    }
    await this.#end(undefined);
    this.#throwFailures();
  }

  /** Cancels what is left, in the order of spawning; `error` is what the body or the joiner met with. */
  async #end(error: unknown): Promise<void> {
    const why = error !== undefined && !isCancelled(error)
      ? "the body of its group failed"
      : "its group has ended";
    await this.#finish(this.#members.alive, why, error);
  }

  /** Nobody outlives the group. */
  async #finish(rest: TaskRecord[], why: string, reason: unknown): Promise<void> {
    await this.#members.end(rest, this.#members.blame(why, reason));
    this.#closed = true;
    this.#joined = true;
  }

  #throwFailures(): void {
    const failure = this.#throwOnError ? this.#completion.failure() : null;
    if (failure !== null) throw failure;
  }

  // -- Checks

  #checkOpen(what: string): void {
    if (!this.#closed) return;
    const how = this.#joined ? "has been joined" : "is shutting down";
    throw new CurioError(`Cannot ${what} a group that ${how}: make a new one`);
  }

  #checkJoined(what: string): void {
    if (this.#joined) return;
    throw new CurioError(`Cannot read ${what} of a group that has not ended: join() it first`);
  }

  /** A member would wait for itself, and with a shield around it nobody could end that. */
  #checkOutsider(what: string): void {
    const caller = currentRecord();
    if (caller === null || caller.membership !== this.#members) return;
    throw new CurioError(
      `Cannot ${what} a group from ${caller.label}, one of its members: do it in a task outside the group`,
    );
  }
}
