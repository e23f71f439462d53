import { CurioError } from "../kernel/errors.ts";
import { rejectOutside } from "../kernel/suspend.ts";
import { denoCommand } from "./child_flags.ts";
import { MAX_WORKER_PROCESSES } from "./limits.ts";
import { currentPool, hasFreeWorker } from "./pools.ts";
import { ProcessTransport } from "./process_transport.ts";
import { readCall, type RunInThreadOptions, type WorkerFunction } from "./run_options.ts";
import { ThreadTransport } from "./thread_transport.ts";

/** How {@linkcode runInProcess} runs. */
export interface RunInProcessOptions extends RunInThreadOptions {
  /**
   * Where: in a `"process"` of its own, which can be ended whatever it does, but only by a program
   * that may run Deno; in a `"worker"`, a thread of this process; or `"auto"` (the default), a process
   * where the permission has been given already, and else a worker.
   */
  isolate?: "auto" | "worker" | "process";
}

const OPERATION = "runInProcess()";

/** {@linkcode runInProcess} with options. */
// deno-lint-ignore no-explicit-any -- see WorkerFunction
export function runInProcess<A extends any[], R>(
  options: RunInProcessOptions,
  fn: WorkerFunction<A, R>,
  ...args: A
): Promise<R>;
/**
 * Calls `fn(...args)` elsewhere, for code that needs the processor: the kernel and the other tasks
 * go on meanwhile. Workers are kept warm for ten seconds, at most `MAX_WORKER_PROCESSES`; when all
 * are busy, calls queue.
 *
 * `fn` travels as source and sees nothing around it, or is a function of a `workerModule`. Arguments
 * and result are copied as by `structuredClone`; into a process goes only what can be written down, so
 * no `SharedArrayBuffer`. What `fn` throws arrives with its class, message, fields, stack and causes.
 * What it prints is printed.
 *
 * A process is started with those of the program's permissions that are granted as a whole then
 * (`--allow-read`, but not `--allow-read=data`); what is revoked later it keeps. It ends with the
 * program; but if that is killed by a signal, a process that computes does so to the end. A worker has
 * the permissions of the program.
 *
 * A blocking point. Cancelled while it queues, the call is never made; while it runs, control returns
 * at once. A process is killed; a worker is told (see `runInThread`), then terminated. Note that the
 * host cannot stop a worker in a busy loop: the thread burns on, unheard, until the loop or the program
 * ends. What must be stopped for sure wants a process: `--allow-run=deno`.
 *
 * @throws {CurioError} Outside a task; with `isolate: "process"` where the program may not run Deno; or
 * if the worker dies: out of memory, by `Deno.exit()`, of an unhandled rejection, or because its module
 * does not load.
 * @throws {DOMException} A `DataCloneError`, if an argument or the result cannot travel.
 *
 * @example
 * ```ts
 * import { run, runInProcess } from "@curio/core";
 *
 * function fib(n: number): number {
 *   return n < 2 ? n : fib(n - 1) + fib(n - 2);
 * }
 *
 * console.log(await run(() => runInProcess(fib, 20))); // 6765
 * ```
 */
// deno-lint-ignore no-explicit-any -- see WorkerFunction
export function runInProcess<A extends any[], R>(
  fn: WorkerFunction<A, R>,
  ...args: A
): Promise<R>;
export function runInProcess(...given: unknown[]): Promise<unknown> {
  try {
    const { call, options } = readCall<RunInProcessOptions>(given, OPERATION);
    const isolate = checkIsolate(options.isolate ?? "auto");
    const pool = currentPool(poolName(isolate), () => ({
      transport: isolate === "process"
        ? new ProcessTransport(`a worker of ${OPERATION}`)
        : new ThreadTransport(`a worker of ${OPERATION}`),
      options: { max: MAX_WORKER_PROCESSES, manner: isolate === "process" ? "end" : "ask" },
    }));
    return pool === null ? rejectOutside(OPERATION) : pool.run(OPERATION, call);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** {@linkcode runInProcess} by the name that says what it is for: code that needs the processor. */
export const runCpuBound: typeof runInProcess = runInProcess;

function poolName(isolate: "worker" | "process"): string {
  return `${OPERATION} ${isolate}`;
}

function checkIsolate(isolate: string): "worker" | "process" {
  switch (isolate) {
    case "worker":
      return isolate;
    case "auto":
      return mayUseProcess() ? "process" : "worker";
    case "process":
      if (mayUseProcess()) return isolate;
      throw new CurioError(
        `Cannot give ${OPERATION} a process because ${
          Deno.build.standalone
            ? "a compiled program cannot run Deno"
            : "the program may not run Deno"
        }: ${
          Deno.build.standalone ? "" : "start it with --allow-run=deno, or "
        }leave it to isolate: "auto"`,
      );
    default:
      throw new TypeError(
        `Cannot isolate by "${isolate}" in ${OPERATION}: give "auto", "worker" or "process"`,
      );
  }
}

/** One that is free takes no permission; to ask each time would take a tenth of a small call. */
function mayUseProcess(): boolean {
  return hasFreeWorker(poolName("process")) || denoCommand() !== null;
}
