import { enter, requireScope } from "./current.ts";
import type { Scheduler } from "./scheduler.ts";
import { shown } from "./shown.ts";
import { type Task, taskOf } from "./task.ts";
import { TaskRecord } from "./task_record.ts";
import { explainUnbound } from "./unbound_method.ts";
import { Wait, type WaitOwner } from "./wait.ts";

/**
 * What a task runs: an async function, or a plain one. A method that is passed alone loses its object:
 * pass `() => task.join()` instead of `task.join`.
 */
// deno-lint-ignore no-explicit-any -- any function will do; its parameters are checked by inference.
export type TaskFunction<A extends any[], R> = (...args: A) => R | Promise<R>;

/** How a task is spawned. */
export interface SpawnOptions {
  /** Whether it runs in the background for good: a group does not wait for it, nor list its result. */
  daemon?: boolean;
  /** What to call it: its function's name unless given. */
  name?: string;
}

/**
 * Starts `fn(...args)` as a new task. The child does not run before the caller's next blocking point;
 * children start in the order they were spawned. It inherits the caller's `Local`s, and any other
 * `AsyncLocalStorage` flows into it. No blocking point.
 *
 * @throws {CurioError} Outside a task.
 * @throws {TypeError} If the first argument is neither options nor a function.
 *
 * @example
 * ```ts
 * import { run, sleep, spawn } from "@curio/core";
 *
 * async function countdown(n: number) {
 *   for (; n > 0; n--) {
 *     console.log("T-minus", n);
 *     await sleep(0.1);
 *   }
 * }
 *
 * await run(async () => {
 *   const task = spawn(countdown, 3);
 *   const ticker = spawn({ daemon: true, name: "ticker" }, sleep, Infinity);
 *   await task.join();
 *   await ticker.cancel();
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function spawn<A extends any[], R>(fn: TaskFunction<A, R>, ...args: A): Task<R>;
/** {@linkcode spawn} with options. */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export function spawn<A extends any[], R>(
  options: SpawnOptions,
  fn: TaskFunction<A, R>,
  ...args: A
): Task<R>;
export function spawn(first: unknown, ...rest: unknown[]): Task {
  const { task } = requireScope("spawn()");
  return taskOf(startFrom(task.scheduler, task, "spawn()", first, rest));
}

/** Starts a task from the arguments of `spawn` and its like. */
export function startFrom(
  scheduler: Scheduler,
  parent: TaskRecord | null,
  caller: string,
  first: unknown,
  rest: unknown[],
): TaskRecord {
  if (typeof first === "function") {
    return start(scheduler, parent, first as TaskFunction<unknown[], unknown>, rest, {});
  }
  const [fn, ...args] = rest;
  if (typeof first !== "object" || first === null || first instanceof Promise) {
    throw new TypeError(
      first instanceof Promise
        ? `Cannot start a promise with ${caller}: pass the function and its arguments, not its result`
        : `Cannot start ${shown(first)} with ${caller}: pass a function, or options and a function`,
    );
  }
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot start ${shown(fn)} with ${caller}: pass a function after the options`,
    );
  }
  return start(scheduler, parent, fn as TaskFunction<unknown[], unknown>, args, first);
}

const gatekeeper: WaitOwner = { remove() {} };

/** Starts a task that waits, in the caller's async context, for its first turn. */
export function start(
  scheduler: Scheduler,
  parent: TaskRecord | null,
  fn: TaskFunction<unknown[], unknown>,
  args: unknown[],
  options: SpawnOptions,
): TaskRecord {
  const name = options.name ?? (fn.name === "" ? "anonymous" : fn.name);
  const task = new TaskRecord(scheduler, parent, name, options.daemon ?? false);
  if (parent !== null && parent.locals !== null) task.locals = parent.locals.share();
  const gate = new Wait<void>(task.root, "spawn()", "INITIAL", gatekeeper, false);
  enter(task.root, execute, task, gate.promise, fn, args);
  scheduler.add(task, gate);
  return task;
}

async function execute(
  task: TaskRecord,
  gate: Promise<void>,
  fn: TaskFunction<unknown[], unknown>,
  args: unknown[],
): Promise<void> {
  let outcome: unknown;
  let failed = false;
  try {
    await gate;
    outcome = await fn(...args);
  } catch (error) {
    failed = true;
    outcome = error === undefined
      ? new Error("undefined was thrown instead of an error")
      : explainUnbound(fn, error);
  }
  task.scheduler.end(task, outcome, failed);
}
