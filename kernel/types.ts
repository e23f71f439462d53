/** What a program may plug into a kernel, and the words a task's state is told in. */
import type { Clock } from "./clock.ts";
import type { Kernel } from "./kernel.ts";
import type { Schedule } from "./schedule.ts";
import type { Task } from "./task.ts";

/**
 * What a task is doing: the words Curio's monitor uses, and `PROMISE_WAIT` for a task that awaits a
 * promise the kernel knows nothing of.
 */
export type TaskState =
  | "INITIAL"
  | "READY"
  | "RUNNING"
  | "TERMINATED"
  | "TIME_SLEEP"
  | "TASK_JOIN"
  | "EVENT_WAIT"
  | "LOCK_ACQUIRE"
  | "SEMA_ACQUIRE"
  | "COND_WAIT"
  | "QUEUE_GET"
  | "QUEUE_PUT"
  | "QUEUE_JOIN"
  | "SIGNAL_WAIT"
  | "READ_WAIT"
  | "WRITE_WAIT"
  | "ACCEPT_WAIT"
  | "CONNECT_WAIT"
  | "FUTURE_WAIT"
  | "WORKER_WAIT"
  | "PROCESS_WAIT"
  | "PROMISE_WAIT";

/** Where a kernel's reports go. `console` is one. */
export interface Logger {
  /** Details for whoever follows the program's every step. */
  debug(...parts: unknown[]): void;
  /** What happens in the ordinary course. */
  info(...parts: unknown[]): void;
  /** What is probably a mistake: a deadlock, a forgotten `await`, a task that holds others up. */
  warn(...parts: unknown[]): void;
  /** Crashes. */
  error(...parts: unknown[]): void;
}

/**
 * Hooks into a kernel: `activate` once before the first task, then for each task `created`,
 * `running` and `suspended` in each of its cycles, a last `running`, and `terminated` alone.
 * A hook that throws is logged and removed. (Curio: "Activations" in its developer's guide.)
 *
 * @example Counting switches
 * ```ts
 * import { type Activation, Kernel, sleep } from "@curio/core";
 *
 * let switches = 0;
 * const counter: Activation = { running: () => void switches++ };
 *
 * await using kernel = new Kernel({ activations: [counter] });
 * await kernel.run(() => sleep(0));
 * console.log(switches); // 2
 * ```
 */
export interface Activation {
  /** The kernel is about to run its first task. */
  activate?(kernel: Kernel): void;
  /** `task` was spawned. */
  created?(task: Task): void;
  /** `task` is about to run. */
  running?(task: Task): void;
  /** `task` has stopped running; `trap` is the state it is in now. */
  suspended?(task: Task, trap: string): void;
  /** `task` has ended. */
  terminated?(task: Task): void;
}

/** How a {@linkcode Kernel} is set up. */
export interface KernelOptions {
  /** Activations that watch and report, such as those of `@curio/core/debug`, or what makes them. */
  debug?: Activation | (() => Activation) | (Activation | (() => Activation))[];
  /** Further activations. */
  activations?: Activation[];
  /** The clock to live by: the host's unless given. */
  clock?: Clock;
  /** The order in which ready tasks run: first come, first served unless given. */
  schedule?: Schedule;
  /** Where reports go: `console` unless given. */
  log?: Logger;
  /**
   * What to do when every task waits for another: report it (`"warn"`, the default), end the run with
   * the report (`"throw"`), or nothing.
   */
  deadlock?: "warn" | "throw" | "ignore";
  /** Stop in an attached debugger where a task crashes. */
  debugger?: boolean;
  /**
   * Remember where each task waits, for `Task.where()`, `Task.traceback()` and reports; about a
   * microsecond a wait. On whenever `debug`, `debugger` or a monitor is; otherwise off.
   */
  stacks?: boolean;
}
