import { recordOfTask } from "../task.ts";
import type { Activation } from "../types.ts";
import { filtered, type TraceOptions, Tracer } from "./trace.ts";

/**
 * Logs every operation a task blocks in: a line with TRAP, the operation, the state and the task, at
 * level `debug` unless told.
 *
 * @example
 * ```ts
 * import { traptrace } from "@curio/core/debug";
 * import { Queue, run, spawn } from "@curio/core";
 *
 * await run({ debug: traptrace({ level: "info", filter: ["consumer"] }) }, async () => {
 *   const queue = new Queue<number>();
 *   const task = spawn(async function consumer() {
 *     await queue.get(); // TRAP Queue.get() QUEUE_GET Task(…)
 *   });
 *   await queue.put(1);
 *   await task.join();
 * });
 * ```
 */
export function traptrace(options: TraceOptions = {}): Activation {
  const tracer = new Tracer(options, "debug");
  return filtered(tracer, {
    suspended(task, trap) {
      const waits = recordOfTask(task).waits();
      const wait = waits.findLast((wait) => wait.state === trap) ?? waits[0];
      const operation = wait?.operation ?? "await of a promise from elsewhere";
      tracer.write(`TRAP ${operation} ${trap} ${task}`);
    },
  });
}
