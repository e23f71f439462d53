import type { Scope } from "../scope.ts";
import { recordOfTask, type Task } from "../task.ts";
import type { TaskRecord } from "../task_record.ts";
import type { Activation } from "../types.ts";
import { filtered, type TraceOptions, Tracer } from "./trace.ts";

/** What {@linkcode swallowed} reports. */
export interface SwallowedOptions extends TraceOptions {
  /** How many blocking points a clean-up may take: 10 unless given. */
  after?: number;
}

/**
 * Reports, once, each task that caught its cancellation and kept going: it has blocked more than
 * `after` times since, at level `warn` unless told.
 *
 * @example
 * ```ts
 * import { swallowed } from "@curio/core/debug";
 * import { run, sleep, spawn } from "@curio/core";
 *
 * async function stubborn() {
 *   for (let n = 0; n < 20; n++) {
 *     try {
 *       await sleep(0.001);
 *     } catch {
 *       // Here the cancellation is lost.
 *     }
 *   }
 * }
 *
 * await run({ debug: swallowed() }, async () => {
 *   const task = spawn(stubborn);
 *   await sleep(0);
 *   await task.cancel();
 * });
 * ```
 */
export function swallowed(options: SwallowedOptions = {}): Activation {
  const limit = options.after ?? 10;
  const tracer = new Tracer(options, "warn");
  const counts = new WeakMap<Task, number>();
  return filtered(tracer, {
    suspended(task) {
      if (!task.cancelled || !isCleanUp(recordOfTask(task))) return;
      const count = (counts.get(task) ?? 0) + 1;
      counts.set(task, count);
      if (count !== limit + 1) return;
      tracer.write(
        `task ${task.id} '${task.name}' caught its cancellation and went on past ${limit} blocking ` +
          `points: rethrow the CancelledError once clean-up is done`,
      );
    },
  });
}

/**
 * Whether a cancelled task has blocked again after the cancellation reached it: not when the wait is
 * the interrupted one, nor behind a shield, where going on is what was asked for.
 */
function isCleanUp(task: TaskRecord): boolean {
  const wait = task.waits().at(-1);
  if (task.root.pending || wait === undefined || wait.failed) return false;
  for (let scope: Scope | null = wait.scope; scope !== null; scope = scope.parent) {
    if (scope.shield) return false;
  }
  return true;
}
