import { rejectOutside } from "../kernel/suspend.ts";
import { type Callable, callableKey } from "./callable.ts";
import { MAX_WORKER_THREADS } from "./limits.ts";
import { currentPool } from "./pools.ts";
import { readCall, type RunInThreadOptions, type WorkerFunction } from "./run_options.ts";
import { ThreadTransport } from "./thread_transport.ts";

/** {@linkcode runInThread} with options. */
// deno-lint-ignore no-explicit-any -- see WorkerFunction
export function runInThread<A extends any[], R>(
  options: RunInThreadOptions,
  fn: WorkerFunction<A, R>,
  ...args: A
): Promise<R>;
/**
 * Calls `fn(...args)` in a thread, for code that blocks: the other tasks run meanwhile. Threads are
 * kept warm for ten seconds, at most `MAX_WORKER_THREADS`; when all are busy, calls queue.
 *
 * `fn` travels as source and sees nothing around it, or is a function of a `workerModule`. Arguments
 * and result are copied as by `structuredClone`: an object of a class arrives as plain data, without
 * its methods. What `fn` throws arrives with its class, message, fields, stack and causes.
 *
 * A blocking point. Cancelled while it queues, the call is never made; while it runs, it is set aside:
 * it runs to its end, unseen, while another thread takes its place. Code that wants to hear of it asks
 * `checkCancellation()`, which throws then, or `currentSignal()`; functions that travel as source find
 * both in scope.
 *
 * @throws {CurioError} Outside a task; or if the thread dies: out of memory, by `Deno.exit()`, of an
 * unhandled rejection, or because its module does not load.
 * @throws {DOMException} A `DataCloneError`, if an argument or the result cannot travel.
 *
 * @example
 * ```ts
 * import { run, runInThread } from "@curio/core";
 *
 * function rest(ms: number) {
 *   Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
 *   return "rested";
 * }
 *
 * console.log(await run(() => runInThread(rest, 10)));
 * ```
 */
// deno-lint-ignore no-explicit-any -- see WorkerFunction
export function runInThread<A extends any[], R>(
  fn: WorkerFunction<A, R>,
  ...args: A
): Promise<R>;
export function runInThread(...given: unknown[]): Promise<unknown> {
  return runInPool("runInThread()", given, () => "runInThread()", MAX_WORKER_THREADS);
}

/** {@linkcode blockInThread} with options. */
// deno-lint-ignore no-explicit-any -- see WorkerFunction
export function blockInThread<A extends any[], R>(
  options: RunInThreadOptions,
  fn: WorkerFunction<A, R>,
  ...args: A
): Promise<R>;
/**
 * {@linkcode runInThread}, with one thread for each function: whoever calls it waits until those who
 * came before are done. For a function that many tasks call and that blocks for long, on something it
 * can only be let in by one at a time.
 *
 * Functions are the same if they have the same source and name, or module and name.
 *
 * @throws {CurioError} Outside a task, or if the thread dies.
 *
 * @example
 * ```ts
 * import { blockInThread, run, TaskGroup } from "@curio/core";
 *
 * function next() {
 *   const scope = globalThis as { count?: number };
 *   return scope.count = (scope.count ?? 0) + 1;
 * }
 *
 * await run(async () => {
 *   const group = new TaskGroup<number>();
 *   await group.run((g) => {
 *     for (let i = 0; i < 3; i++) g.spawn(() => blockInThread(next));
 *   });
 *   console.log(group.results); // [1, 2, 3]: there is one worker
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- see WorkerFunction
export function blockInThread<A extends any[], R>(
  fn: WorkerFunction<A, R>,
  ...args: A
): Promise<R>;
export function blockInThread(...given: unknown[]): Promise<unknown> {
  return runInPool(
    "blockInThread()",
    given,
    (callable) => `blockInThread() ${callableKey(callable)}`,
    1,
  );
}

/** {@linkcode runInThread} by the name that says what it is for: code that blocks. */
export const runBlocking: typeof runInThread = runInThread;

function runInPool(
  operation: string,
  given: readonly unknown[],
  nameOf: (callable: Callable) => string,
  max: number,
): Promise<unknown> {
  try {
    const { call } = readCall<RunInThreadOptions>(given, operation);
    const pool = currentPool(nameOf(call.callable), () => ({
      transport: new ThreadTransport(`a worker of ${operation}`),
      options: { max, manner: "leave" },
    }));
    return pool === null ? rejectOutside(operation) : pool.run(operation, call);
  } catch (error) {
    return Promise.reject(error);
  }
}
