import type { Activation } from "../types.ts";
import { filtered, type TraceOptions, Tracer } from "./trace.ts";

/**
 * Logs the scheduling of tasks: a line with CREATE, RUN, SUSPEND or TERMINATED and the task for each
 * step, at level `debug` unless told. (Curio: "Debugging" in its reference manual.)
 *
 * @example
 * ```ts
 * import { schedtrace } from "@curio/core/debug";
 * import { run, sleep } from "@curio/core";
 *
 * await run({ debug: schedtrace({ level: "info" }) }, sleep, 0.01);
 * ```
 */
export function schedtrace(options: TraceOptions = {}): Activation {
  const tracer = new Tracer(options, "debug");
  return filtered(tracer, {
    created: (task) => tracer.write(`CREATE ${task}`),
    running: (task) => tracer.write(`RUN ${task}`),
    suspended: (task) => tracer.write(`SUSPEND ${task}`),
    terminated: (task) => tracer.write(`TERMINATED ${task}`),
  });
}
