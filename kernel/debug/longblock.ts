import { type Duration, toTimeout } from "../duration.ts";
import type { Task } from "../task.ts";
import type { Activation } from "../types.ts";
import { filtered, type TraceOptions, Tracer } from "./trace.ts";

/** What {@linkcode longblock} reports. */
export interface LongBlockOptions extends TraceOptions {
  /** How long a task may keep the processor to itself: 0.05 seconds unless given. */
  maxTime?: Duration;
}

/**
 * Reports tasks that keep the processor to themselves for longer than `maxTime` between two blocking
 * points, so that nothing else can run: at level `warn` unless told.
 *
 * @throws {RangeError} If `maxTime` is negative or `NaN`.
 *
 * @example
 * ```ts
 * import { longblock } from "@curio/core/debug";
 * import { run } from "@curio/core";
 *
 * await run({ debug: longblock({ maxTime: 0.01 }) }, function hog() {
 *   for (const end = performance.now() + 20; performance.now() < end;);
 * });
 * ```
 */
export function longblock(options: LongBlockOptions = {}): Activation {
  const maxTime = toTimeout(options.maxTime ?? 0.05, "the maxTime of longblock()");
  const tracer = new Tracer(options, "warn");
  let start = 0;
  const check = (task: Task): void => {
    const seconds = (performance.now() - start) / 1000;
    if (seconds <= maxTime) return;
    tracer.write(
      `task ${task.id} '${task.name}' kept the processor to itself for ${seconds.toFixed(3)} s: ` +
        `let others run with schedule(), or move the work to a worker`,
    );
  };
  return filtered(tracer, {
    running: () => void (start = performance.now()),
    suspended: check,
    terminated: check,
  });
}
