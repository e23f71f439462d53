import { isCancelled } from "../errors.ts";
import type { Activation } from "../types.ts";
import { filtered, type TraceOptions, Tracer } from "./trace.ts";

/**
 * Logs every crash of a task with its stack, also of those that somebody joins (which the kernel does
 * not log), at level `warn` unless told. Cancellations are no crashes.
 *
 * @example
 * ```ts
 * import { logcrash } from "@curio/core/debug";
 * import { run, spawn, TaskError } from "@curio/core";
 *
 * await run({ debug: logcrash() }, async () => {
 *   const task = spawn(() => {
 *     throw new Error("out of milk");
 *   });
 *   await task.join().catch((error) => console.log(error instanceof TaskError)); // true
 * });
 * ```
 */
export function logcrash(options: TraceOptions = {}): Activation {
  const tracer = new Tracer(options, "warn");
  return filtered(tracer, {
    terminated(task) {
      const error = task.exception;
      if (error !== undefined && !isCancelled(error)) tracer.write(`CRASH ${task}:`, error);
    },
  });
}
