import { closeAll, hasClosers } from "./at_shutdown.ts";
import { HostClock } from "./clock.ts";
import { currentRecord, requireScope } from "./current.ts";
import { CurioError, KeyboardInterrupt, setOrigin } from "./errors.ts";
import { Reports } from "./reports.ts";
import { Scheduler } from "./scheduler.ts";
import { ended, Shutdown } from "./shutdown.ts";
import { Standstill } from "./standstill.ts";
import { startFrom, type TaskFunction } from "./spawn.ts";
import type { TaskRecord } from "./task_record.ts";
import type { Activation, KernelOptions, Logger } from "./types.ts";

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
  readonly #ending: Shutdown;
  readonly #log: Logger;
  #activated = false;
  #keepAlive: ReturnType<typeof setInterval> | null = null;
  #main: TaskRecord | null = null;
  #deadlocked: CurioError | null = null;
  /** Whether a `run` or `shutdown` is under way. */
  #busy = false;
  #shutdown: Promise<void> | null = null;

  /** A kernel with no tasks. */
  constructor(options: KernelOptions = {}) {
    const debug = [options.debug ?? []].flat()
      .map((each) => typeof each === "function" ? each() : each);
    this.#log = options.log ?? console;
    const reports = new Reports(this.#log);
    this.#scheduler = new Scheduler({
      kernel: this,
      clock: options.clock ?? new HostClock(),
      schedule: options.schedule ?? null,
      reports,
      activations: [...debug, ...(options.activations ?? [])],
      stacks: options.stacks ?? (debug.length > 0 || options.debugger === true || null),
      debugger: options.debugger ?? false,
    });
    this.#standstill = new Standstill(
      this.#scheduler,
      options.deadlock ?? "warn",
      (report) => this.#breakDeadlock(report),
      () => this.#unblock(),
    );
    this.#ending = new Shutdown(this.#scheduler, this.#standstill);
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
    if (this.#deadlocked !== null) {
      const error = this.#deadlocked;
      this.#deadlocked = null;
      await this.#underWay(() => this.#ending.runAtOnce());
      throw error;
    }
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
      const quiet = this.#scheduler.tasks.size === 0 && !hasClosers(this.#scheduler);
      this.#shutdown = quiet ? Promise.resolve() : this.#underWay(async () => {
        await this.#ending.run();
        await closeAll(this.#scheduler);
      });
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
    this.#scheduler.hooks?.activate((activation: Activation) => activation.activate?.(this));
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

  /** Lets what is ready run until it blocks, after a look at the clock and the host. */
  async #cycle(): Promise<void> {
    await this.#underWay(async () => {
      await nextTurn();
      await nextTurn();
    });
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
    // The report says whose code it is about: frames of the kernel's own would only bury it.
    this.#deadlocked.stack = `${this.#deadlocked.name}: ${report}`;
    this.#ending.cancelAll();
  }

  /** What to do in a standstill before it counts as one; whether that helped. */
  #unblock(): boolean {
    return this.#deadlocked === null ? this.#ending.unblock() : this.#ending.force();
  }

  async #underWay(work: () => Promise<void>): Promise<void> {
    this.#begin();
    await work();
    this.#pause();
  }
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
