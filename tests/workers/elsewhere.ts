import { runInProcess, runInThread, type WorkerFunction } from "../../mod.ts";
import type { RunInThreadOptions } from "../../mod.ts";

/** `runInThread` or one of its like, with options. */
export interface Elsewhere {
  /** What to call it. */
  readonly name: string;
  // deno-lint-ignore no-explicit-any -- see WorkerFunction
  call<A extends any[], R>(fn: WorkerFunction<A, R>, ...args: A): Promise<R>;
  // deno-lint-ignore no-explicit-any -- see WorkerFunction
  callWith<A extends any[], R>(
    options: RunInThreadOptions,
    fn: WorkerFunction<A, R>,
    ...args: A
  ): Promise<R>;
}

/** Everywhere code can be run, beside here. */
export const everywhere: readonly Elsewhere[] = [
  {
    name: "runInThread()",
    call: (fn, ...args) => runInThread(fn, ...args),
    callWith: (options, fn, ...args) => runInThread(options, fn, ...args),
  },
  ...(["worker", "process"] as const).map((isolate): Elsewhere => ({
    name: `runInProcess() in a ${isolate}`,
    call: (fn, ...args) => runInProcess({ isolate }, fn, ...args),
    callWith: (options, fn, ...args) => runInProcess({ isolate, ...options }, fn, ...args),
  })),
];
