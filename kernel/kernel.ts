import { HostClock } from "./clock.ts";
import { currentRecord, requireScope } from "./current.ts";
import { CurioError, KeyboardInterrupt, setOrigin, TaskCancelled } from "./errors.ts";
import { Reports } from "./reports.ts";
import { Scheduler } from "./scheduler.ts";
import { Standstill } from "./standstill.ts";
import { startFrom, type TaskFunction } from "./spawn.ts";
import type { TaskRecord } from "./task_record.ts";
import type { Activation, KernelOptions, Logger } from "./types.ts";
import { Wait } from "./wait.ts";

/** How long shutdown waits for a task that waits for another before it turns to the next. */
const PATIENCE_MS = 1000;
/** A host timer that never matters, but keeps the process alive. */
const KEEP_ALIVE_MS = 2 ** 30;

let schedulerOf: (kernel: Kernel) => Scheduler;
let loggerOf: (kernel: Kernel) => Logger;
let interruptMain: (kernel: Kernel) => boolean;

/**
 * Runs tasks. A program that runs once calls `run()`; one that goes in and out of asynchronous code
 * keeps a kernel and calls its `run` many times. Tasks left behind are frozen between runs.
 *
 * @example
 * ```ts
 * import { Kernel, sleep } from "@curio/core";
 *
 * await using kernel = new Kernel();
 * console.log(await kernel.run((a: number, b: number) => a + b, 2, 3)); // 5
 * await kernel.run(sleep, 0.01);
 * ```
 */
export class Kernel {
  readonly #scheduler: Scheduler;
  readonly #standstill: Standstill;
  readonly #log: Logger;
  #activated = false;
  #keepAlive: ReturnType<typeof setInterval> | null = null;
  #main: TaskRecord | null = null;
  #deadlocked: CurioError | null = null;
  /** Whether a `run` or `shutdown` is under way. */
  #busy = false;
  #shutdown: Promise<void> | null = null;
  /** Whether all that is left has been cancelled. */
  #forcing = false;
  /** Ends the wait for a task that shutdown has cancelled, while there is one. */
  #moveOn: { readonly task: TaskRecord; readonly go: () => void } | null = null;

  /** A kernel with no tasks. */
  constructor(options: KernelOptions = {}) {
    const debug = options.debug === undefined ? [] : [options.debug].flat();
    this.#log = options.log ?? console;
    const reports = new Reports(this.#log);
    this.#scheduler = new Scheduler({
      kernel: this,
      clock: options.clock ?? new HostClock(),
      schedule: options.schedule ?? null,
      reports,
      activations: [...debug, ...(options.activations ?? [])],
      stacks: options.stacks ?? (debug.length > 0 || options.debugger === true),
      debugger: options.debugger ?? false,
    });
    this.#standstill = new Standstill(
      this.#scheduler,
      options.deadlock ?? "warn",
      (report) => this.#breakDeadlock(report),
      () => this.#unblock(),
    );
  }

  static {
    schedulerOf = (kernel) => kernel.#scheduler;
    loggerOf = (kernel) => kernel.#log;
    interruptMain = (kernel) => kernel.#interrupt();
  }

  /**
   * Runs `fn(...args)` as a task until it has ended; background tasks advance meanwhile, and stay
   * behind, frozen. Without a function, gives every background task that is ready one turn.
   *
   * @returns What `fn` returned.
   * @throws What `fn` threw: the very same error.
   * @throws {CurioError} Inside a task, during another `run` of this kernel, or after `shutdown`.
   */
  // deno-lint-ignore no-explicit-any -- see TaskFunction
  run<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Promise<R>;
  /** One scheduling cycle of the background tasks. */
  run(): Promise<void>;
  async run(...given: unknown[]): Promise<unknown> {
    this.#checkIdle("run");
    if (this.#shutdown !== null) {
      throw new CurioError("Cannot run a kernel after its shutdown: make a new one");
    }
    this.#activate();
    if (given.length === 0) return await this.#cycle();
    const [fn, ...args] = given;
    const main = startFrom(this.#scheduler, null, "run()", fn, args);
    main.isMain = true;
    this.#main = main;
    this.#begin();
    await ended(main);
    this.#main = null;
    this.#pause();
    if (this.#deadlocked !== null) throw await this.#endDeadlock(this.#deadlocked);
    if (main.failed) throw main.outcome;
    return main.outcome;
  }

  /**
   * Cancels every task, newest first, each as the one before has ended, and waits until none is left:
   * what tasks spawn while they die included. Idempotent.
   *
   * @throws {CurioError} Inside a task of this kernel, or during a `run`.
   */
  async shutdown(): Promise<void> {
    if (this.#shutdown === null) {
      this.#checkIdle("shut down");
      this.#shutdown = this.#cancelEverything();
    } else if (currentRecord() !== null) {
      this.#checkIdle("shut down");
    }
    await this.#shutdown;
  }

  /** Shuts the kernel down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.#shutdown !== null
      ? "shut down"
      : this.#scheduler.active
      ? "running"
      : "paused";
    return `Kernel [${state}, tasks: ${this.#scheduler.tasks.size}]`;
  }

  #checkIdle(what: string): void {
    if (currentRecord() !== null) {
      throw new CurioError(`Cannot ${what} a kernel inside a task: spawn a task instead`);
    }
    if (this.#busy) {
      throw new CurioError(
        `Cannot ${what} a kernel while a run of it is in progress: await that first`,
      );
    }
  }

  #activate(): void {
    if (this.#activated) return;
    this.#activated = true;
    this.#scheduler.activate((activation: Activation) => activation.activate?.(this));
  }

  #begin(): void {
    this.#busy = true;
    this.#keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
    this.#scheduler.start();
  }

  #pause(): void {
    this.#busy = false;
    this.#scheduler.stop();
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    this.#keepAlive = null;
    this.#standstill.end();
  }

  /** The newest task that is none of `but`. */
  #newest(but?: Set<TaskRecord>): TaskRecord | null {
    let newest: TaskRecord | null = null;
    for (const task of this.#scheduler.tasks.values()) {
      if ((newest === null || task.id > newest.id) && !but?.has(task)) newest = task;
    }
    return newest;
  }

  // -- Shutdown

  /**
   * One task after the other, the newest first: its clean-up may need those that are older. But one
   * that in turn waits for an older task, for a lock it holds say, must not wait for ever.
   */
  async #cancelEverything(): Promise<void> {
    if (this.#scheduler.tasks.size === 0) return;
    this.#begin();
    const told = new Set<TaskRecord>();
    for (let task = this.#newest(); task !== null; task = this.#newest(told)) {
      told.add(task);
      task.cancelFor({ kind: "shutdown", by: null }, "cancelled: the kernel is shutting down");
      this.#scheduler.watchStall(task);
      await this.#endedOrStuck(task);
    }
    await this.#endAll();
    this.#pause();
  }

  /** Waits for the end of tasks that have all been cancelled. */
  async #endAll(): Promise<void> {
    this.#standstill.eager = true;
    this.#forcing = true;
    for (let task = this.#newest(); task !== null; task = this.#newest()) await ended(task);
    this.#forcing = false;
    this.#standstill.eager = false;
  }

  /** Resolves when `task` has ended, or waits for another task that does not get anywhere. */
  async #endedOrStuck(task: TaskRecord): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#standstill.eager = true;
    const patience = setInterval(() => this.#unblock(), PATIENCE_MS);
    this.#moveOn = { task, go: resolve };
    await Promise.race([ended(task), promise]);
    clearInterval(patience);
    this.#standstill.eager = false;
    this.#moveOn = null;
  }

  /** Gets things going in a standstill after everything was cancelled; whether it could. */
  #unblock(): boolean {
    return this.#forcing || this.#deadlocked !== null ? this.#force() : this.#turnToNext();
  }

  /**
   * The last resort: a task that waits, behind a shield, for what no task is left to do (to release a
   * lock, say) is interrupted in spite of the shield. Otherwise the run would never end.
   */
  #force(): boolean {
    let forced = false;
    for (const task of this.#scheduler.tasks.values()) {
      for (const wait of task.waits()) {
        if (!waitsForATask(wait)) continue;
        wait.interrupt(
          new TaskCancelled(`${task.label} cancelled: nothing can end its wait any more`),
        );
        forced = true;
      }
    }
    return forced;
  }

  /** Lets shutdown turn to the next task, if the one it waits for waits for another; whether it did. */
  #turnToNext(): boolean {
    if (this.#moveOn === null) return false;
    const { task, go } = this.#moveOn;
    const waits = task.waits();
    const stuck = waits.length > 0 && waits.every(waitsForATask);
    if (stuck) go();
    return stuck;
  }

  /** Lets what is ready run until it blocks, after a look at the clock and the host. */
  async #cycle(): Promise<void> {
    this.#begin();
    await nextTurn();
    await nextTurn();
    this.#pause();
  }

  /** Ctrl-C: cancels the first task; `false` if that has been asked for already. */
  #interrupt(): boolean {
    const main = this.#main;
    if (main === null || main.cancelled) return false;
    const error = new KeyboardInterrupt(`${main.label} interrupted by Ctrl-C`);
    setOrigin(error, { kind: "interrupt", by: null }, main.root);
    main.cancel(error);
    return true;
  }

  /** Deadlock, with the option to throw: ends the run that is in progress. */
  #breakDeadlock(report: string): void {
    this.#deadlocked = new CurioError(report);
    this.#cancelAll();
  }

  #cancelAll(): void {
    const tasks = [...this.#scheduler.tasks.values()].sort((a, b) => b.id - a.id);
    for (const task of tasks) {
      task.cancelFor({ kind: "shutdown", by: null }, "cancelled: its run is in a deadlock");
    }
  }

  /** Waits for what the deadlock's end cancelled, and gives the error to throw. */
  async #endDeadlock(error: CurioError): Promise<CurioError> {
    this.#deadlocked = null;
    this.#begin();
    this.#cancelAll();
    await this.#endAll();
    this.#pause();
    return error;
  }
}

/** Resolves when `task` has ended. */
async function ended(task: TaskRecord): Promise<void> {
  if (task.terminated) return;
  const wait = new Wait<void>(null, "Kernel.run()", "TASK_JOIN", task.joiners, false);
  task.joiners.enroll(wait);
  await wait.promise;
}

/** Whether only another task can end `wait`. */
function waitsForATask(wait: Wait): boolean {
  return wait.pending && !wait.external && wait.state !== "TIME_SLEEP";
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/**
 * The kernel that runs the caller's task.
 *
 * @throws {CurioError} Outside a task.
 *
 * @example
 * ```ts
 * import { currentKernel } from "@curio/core/traps";
 * import { run } from "@curio/core";
 *
 * await run(() => console.log(currentKernel())); // Kernel [running, tasks: 1]
 * ```
 */
export function currentKernel(): Kernel {
  return requireScope("currentKernel()").task.scheduler.kernel;
}

/** Internal: the engine of `kernel`. */
export function schedulerOfKernel(kernel: Kernel): Scheduler {
  return schedulerOf(kernel);
}

/** Internal: where `kernel` writes. */
export function loggerOfKernel(kernel: Kernel): Logger {
  return loggerOf(kernel);
}

/** Internal: carries out Ctrl-C; `false` if there is nothing left to interrupt. */
export function interrupt(kernel: Kernel): boolean {
  return interruptMain(kernel);
}
