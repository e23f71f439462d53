/** What the monitor tells, for the program itself. */
import { currentRecord } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { type Kernel, schedulerOfKernel } from "../kernel/kernel.ts";
import { busySchedulers } from "../kernel/leftovers.ts";
import type { Scheduler } from "../kernel/scheduler.ts";
import { taskOf } from "../kernel/task.ts";
import { viewFramesNow } from "./frames.ts";
import { Mirror } from "./mirror.ts";
import { psLines } from "./ps_text.ts";
import { stackText, whyNoStack } from "./stack_text.ts";
import { TableReader } from "./table_reader.ts";

/**
 * The task table as the monitor's `ps` shows it.
 *
 * @param kernel The one to look at: the caller's unless given, or outside tasks the only one that has any.
 * @throws {CurioError} If it is not clear which kernel is meant.
 *
 * @example
 * ```ts
 * import { run, sleep, spawn } from "@curio/core";
 * import { ps } from "@curio/core/monitor";
 *
 * await run(async () => {
 *   const task = spawn({ name: "kid" }, sleep, 1000);
 *   await sleep(0.01);
 *   console.log(ps());
 *   await task.cancel();
 * });
 * ```
 */
export function ps(kernel?: Kernel): string {
  const scheduler = schedulerFor("ps()", kernel);
  const { shared } = new Mirror(scheduler, () => {});
  const { tasks } = new TableReader(shared, "", 0).snapshot();
  const states = [...scheduler.tasks.values()].map((task) => [task.id, task.state] as const);
  const byId = new Map(states);
  return toText(psLines(tasks.map((task) => ({ ...task, state: byId.get(task.id)! }))));
}

/**
 * Where task `id` waits, as the monitor's `where` shows it. Stacks are kept while a monitor or a debug
 * activation is on, or with the kernel's option `stacks`.
 *
 * @param kernel See {@linkcode ps}.
 * @throws {CurioError} If it is not clear which kernel is meant.
 *
 * @example
 * ```ts
 * import { run, sleep, spawn } from "@curio/core";
 * import { where } from "@curio/core/monitor";
 *
 * await run({ stacks: true }, async () => {
 *   const task = spawn(async function kid() {
 *     await sleep(1000);
 *   });
 *   await sleep(0.01);
 *   console.log(where(task.id));
 *   await task.cancel();
 * });
 * ```
 */
export function where(id: number, kernel?: Kernel): string {
  const task = schedulerFor("where()", kernel).tasks.get(id);
  if (task === undefined) return `No task ${id}\n`;
  const frames = viewFramesNow(task.wait?.stack ?? null);
  const isSelf = currentRecord() === task;
  const why = isSelf ? "it is running" : whyNoStack(task.wait !== null, task.cycles > 0);
  return stackText(taskOf(task).toString(), frames, why);
}

function schedulerFor(caller: string, kernel: Kernel | undefined): Scheduler {
  if (kernel !== undefined) return schedulerOfKernel(kernel);
  const current = currentRecord()?.scheduler;
  if (current !== undefined) return current;
  const busy = [...busySchedulers()];
  if (busy.length === 1) return busy[0];
  throw new CurioError(
    `Cannot tell which kernel ${caller} is to look at, because ${
      busy.length === 0 ? "none has tasks" : `${busy.length} have tasks`
    }: give it the kernel`,
  );
}

function toText(lines: Iterable<string>): string {
  return `${[...lines].join("\n")}\n`;
}
