/** `run()`: a kernel for one program, with Ctrl-C and, if asked for, a monitor. */
import { currentRecord } from "./kernel/current.ts";
import { CurioError, KeyboardInterrupt } from "./kernel/errors.ts";
import { interrupt, Kernel } from "./kernel/kernel.ts";
import { shown } from "./kernel/shown.ts";
import type { TaskFunction } from "./kernel/spawn.ts";
import type { KernelOptions } from "./kernel/types.ts";
import type { Monitor, MonitorOptions } from "./monitor/monitor.ts";
import { type SignalWatcher, unwatch, watch } from "./sync/signal_hub.ts";

/** How {@linkcode run} sets up its kernel. */
export interface RunOptions extends KernelOptions {
  /**
   * Whether Ctrl-C cancels the program in good order; `true` unless told. With `false` it ends the process
   * at once, even while a task keeps everything else from running.
   */
  handleSigint?: boolean;
  /**
   * Whether to have a monitor, and how it is set up; unless given, the environment's
   * `CURIOMONITOR=TRUE` asks for one. See `@curio/core/monitor`. Stacks are kept then, unless the option
   * `stacks` is `false`.
   */
  withMonitor?: boolean | MonitorOptions;
}

/** By convention, of a process that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Runs a program: makes a kernel, runs `fn(...args)` as its first task, cancels what is left when that
 * has ended, and shuts down.
 *
 * Ctrl-C (SIGINT) cancels the first task with `KeyboardInterrupt`, then the others; if nobody catches
 * what `run` then rejects with, the process exits with status 130. A second Ctrl-C during the clean-up
 * ends the process at once. While the program listens for SIGINT itself, it has precedence. A task in a
 * loop that awaits nothing keeps Ctrl-C from being heard at all: Ctrl-\ (SIGQUIT) ends such a program,
 * as does Ctrl-C with `handleSigint: false`.
 *
 * @returns What `fn` returned.
 * @throws What `fn` threw: the very same error.
 * @throws {CurioError} Inside a task.
 * @throws {TypeError} If the first argument is neither options nor a function.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@curio/core";
 *
 * async function countdown(n: number) {
 *   for (; n > 0; n--) {
 *     console.log("T-minus", n);
 *     await sleep(0.1);
 *   }
 * }
 *
 * await run(countdown, 10);
 * ```
 */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function run<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Promise<R>;
/** {@linkcode run} with options. */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function run<A extends any[], R>(
  options: RunOptions,
  fn: TaskFunction<A, R>,
  ...args: A
): Promise<R>;
export async function run(first: unknown, ...rest: unknown[]): Promise<unknown> {
  if (currentRecord() !== null) {
    throw new CurioError(
      "Cannot call run() inside a task: use spawn(), or await the function itself",
    );
  }
  if (first instanceof Promise) {
    throw new TypeError(
      "Cannot run a promise: pass the function and its arguments to run(), not its result",
    );
  }
  const hasOptions = typeof first === "object" && first !== null;
  const options: RunOptions = hasOptions ? first : {};
  const [fn, ...args] = hasOptions ? rest : [first, ...rest];
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot run ${shown(fn)}: pass a function and its arguments to run()`);
  }
  const monitored = options.withMonitor ?? asksForMonitor();
  const kernel = new Kernel(options);
  const monitor = monitored === false ? null : await startMonitor(kernel, monitored);
  const release = options.handleSigint ?? true ? handleSigint(kernel) : async () => {};
  try {
    return await kernel.run(fn as TaskFunction<unknown[], unknown>, ...args);
  } catch (error) {
    if (error instanceof KeyboardInterrupt) exitUnlessCaught(error);
    throw error;
  } finally {
    await kernel.shutdown();
    await monitor?.close();
    await release();
  }
}

/** Whether the environment asks for a monitor; where it may not be read, it does not. */
function asksForMonitor(): boolean {
  if (typeof Deno === "undefined") return false;
  const { state } = Deno.permissions.querySync({ name: "env", variable: "CURIOMONITOR" });
  return state === "granted" && Deno.env.get("CURIOMONITOR")?.toUpperCase() === "TRUE";
}

/** Who does without a monitor does not load it either. */
async function startMonitor(kernel: Kernel, options: true | MonitorOptions): Promise<Monitor> {
  const { Monitor } = await import("./monitor/monitor.ts");
  const monitor = new Monitor(kernel, options === true ? {} : options);
  await monitor.start();
  return monitor;
}

/** Lets Ctrl-C interrupt `kernel`; returns how to stop that. */
function handleSigint(kernel: Kernel): () => Promise<void> {
  // Other runtimes have signals of their own, or none.
  if (typeof Deno === "undefined") return async () => {};
  let interrupted = false;
  const watcher: SignalWatcher = {
    fallback: true,
    arrived(): void {
      if (interrupted) Deno.exit(INTERRUPTED);
      interrupted = true;
      interrupt(kernel);
    },
  };
  watch(["SIGINT"], watcher);
  return async () => {
    unwatch(["SIGINT"], watcher);
    // Deno's own wait for the signal ends on the host's next turn; a thousand runs must not pile it up.
    await new Promise((resolve) => setImmediate(resolve));
  };
}

const uncaught = new WeakSet<KeyboardInterrupt>();
let listening = false;

/** One listener for good: whether a rejection is caught shows only after `run` has returned. */
function exitUnlessCaught(error: KeyboardInterrupt): void {
  uncaught.add(error);
  if (listening || typeof Deno === "undefined") return;
  listening = true;
  globalThis.addEventListener("unhandledrejection", (event) => {
    if (!(event.reason instanceof KeyboardInterrupt) || !uncaught.has(event.reason)) return;
    event.preventDefault();
    console.error(`KeyboardInterrupt: ${event.reason.message}`);
    Deno.exit(INTERRUPTED);
  });
}
