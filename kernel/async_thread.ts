import { CurioError } from "./errors.ts";
import type { Scheduler } from "./scheduler.ts";
import { start } from "./spawn.ts";
import { type CancelOptions, type Task, taskOf } from "./task.ts";
import type { TaskRecord } from "./task_record.ts";

/** Checks a call that is to run in a thread, and makes what its task does. */
export type ThreadServer = (
  operation: string,
  fn: unknown,
  args: readonly unknown[],
) => () => Promise<unknown>;

let serve: ThreadServer | null = null;

/** Says how threads are run: the kernel only knows that there is a task behind each. */
export function provideThreads(server: ThreadServer): void {
  serve = server;
}

/** Starts the task behind a thread. */
export function startThread(
  scheduler: Scheduler,
  parent: TaskRecord,
  operation: string,
  fn: unknown,
  args: readonly unknown[],
): TaskRecord {
  if (serve === null) {
    throw new CurioError(`Cannot use ${operation} without workers: import it from "@curio/core"`);
  }
  const body = serve(operation, fn, args);
  const { name } = fn as { readonly name: string };
  return start(scheduler, parent, body, [], { name: name === "" ? "anonymous" : name });
}

let create: (record: TaskRecord) => AsyncThread;

/**
 * A thread made by `spawnThread()` or `TaskGroup.spawnThread()`: synchronous code in a worker, with a
 * task of the kernel behind it that carries out what the code asks for with `AWAIT`. It is joined and
 * cancelled as a task is.
 *
 * @example
 * ```ts
 * import { AWAIT, run, sleep, spawnThread } from "@curio/core";
 *
 * await run(async () => {
 *   const thread = spawnThread((a: number, b: number) => {
 *     AWAIT(sleep(0.01));
 *     return a + b;
 *   }, 2, 3);
 *   console.log(await thread.join()); // 5
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see Task
export class AsyncThread<R = any> {
  readonly #task: Task<R>;

  private constructor(task: Task<R>) {
    this.#task = task;
  }

  static {
    create = (record) => new AsyncThread(taskOf(record));
  }

  /** The number of the task behind it, which no other task of the program has. */
  get id(): number {
    return this.#task.id;
  }

  /** What it is called in messages: its function's name. */
  get name(): string {
    return this.#task.name;
  }

  /** Whether its cancellation was requested. */
  get cancelled(): boolean {
    return this.#task.cancelled;
  }

  /** Whether it has ended. */
  get terminated(): boolean {
    return this.#task.terminated;
  }

  /**
   * What its function returned.
   *
   * @throws {CurioError} While it runs.
   * @throws The function's own error if it failed or was cancelled.
   */
  get result(): R {
    return this.#task.result;
  }

  /**
   * The error it ended with, or `undefined` if its function returned.
   *
   * @throws {CurioError} While it runs.
   */
  get exception(): unknown {
    return this.#task.exception;
  }

  /**
   * Waits until it has ended and returns the result. A blocking point unless it has ended; cancelled,
   * it leaves the thread alone.
   *
   * @throws {TaskError} If the thread failed or was cancelled; `cause` is its own error.
   */
  join(): Promise<R> {
    return this.#task.join();
  }

  /** Waits until it has ended, however it did. Cancelled, it leaves the thread alone. */
  wait(): Promise<void> {
    return this.#task.wait();
  }

  /**
   * Cancels it: its current or next `AWAIT` throws `TaskCancelled`; those after that work, for
   * clean-up. Waits until it has ended, unless `blocking` is `false`; but a thread that neither ends
   * nor comes to an `AWAIT` within a second is set aside, and unheard from then on.
   *
   * @throws {TypeError} If `exc` is not a cancellation.
   */
  cancel(options: CancelOptions = {}): Promise<void> {
    return this.#task.cancel(options);
  }

  /** `AsyncThread(id=3, name='crunch', state='WORKER_WAIT')`; the state is that of its task. */
  toString(): string {
    const { id, name, state } = this.#task;
    return `AsyncThread(id=${id}, name='${name}', state='${state}')`;
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Cancels the thread and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }
}

/** Internal: the thread that `record` is behind. */
export function threadOf(record: TaskRecord): AsyncThread {
  return create(record);
}
