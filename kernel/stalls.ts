import type { Reports } from "./reports.ts";
import type { TaskRecord } from "./task_record.ts";

/** How long a cancelled task may hold others up before it is named. */
const STALL_MS = 1000;

/** Names cancelled tasks that await a foreign promise, if that lasts. */
export class Stalls {
  readonly #reports: Reports;
  readonly #timers = new Map<TaskRecord, ReturnType<typeof setTimeout>>();

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /** Keeps an eye on `task`, if its cancellation has not been delivered. */
  watch(task: TaskRecord): void {
    if (task.terminated || !task.root.pending) return;
    if (task.stallReported || this.#timers.has(task)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(task);
      // No microtask is left in a host callback: a task without a wait awaits a foreign promise.
      if (task.wait !== null || !task.root.pending) return;
      task.stallReported = true;
      this.#reports.stall(task);
    }, STALL_MS);
    this.#timers.set(task, timer);
  }

  /** `task` has ended. */
  unwatch(task: TaskRecord): void {
    if (this.#timers.size === 0) return;
    const timer = this.#timers.get(task);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(task);
  }

  /** Leaves no timer with the host. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
