/** The arguments of `runInProcess` and its like: `(fn, ...args)`, or options before them. */
import { describeCallable } from "./callable.ts";
import type { Call } from "./transport.ts";

/** How {@linkcode runInThread} runs. */
export interface RunInThreadOptions {
  /** Which of the arguments' buffers and ports go to the worker instead of being copied. */
  transfer?: Transferable[];
}

/** A function for a worker: see {@linkcode runInProcess}. */
// deno-lint-ignore no-explicit-any -- any function will do; its parameters are checked by inference.
export type WorkerFunction<A extends any[], R> = (...args: A) => R | Promise<R>;

/** The options and the call that `given` is, or throws `TypeError`. */
export function readCall<O extends RunInThreadOptions>(
  given: readonly unknown[],
  operation: string,
): { readonly options: O; readonly call: Call } {
  const [first, ...rest] = given;
  const hasOptions = typeof first === "object" && first !== null && !(first instanceof Promise);
  const options = (hasOptions ? first : {}) as O;
  const [fn, ...args] = hasOptions ? rest : given;
  const callable = describeCallable(fn, operation);
  return { options, call: { callable, args, transfer: [...options.transfer ?? []] } };
}
