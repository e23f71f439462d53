import { TaskCancelled } from "./errors.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Standstill } from "./standstill.ts";
import type { TaskRecord } from "./task_record.ts";
import { Wait } from "./wait.ts";

/** How long to wait for a task that waits for another before turning to the next. */
const PATIENCE_MS = 1000;

/**
 * Ends every task of a kernel. One after the other, the newest first: a task's clean-up may need those
 * that are older. But one that in turn waits for an older task, for a lock it holds say, must not wait
 * for ever; and in the end nobody does.
 */
export class Shutdown {
  readonly #scheduler: Scheduler;
  readonly #standstill: Standstill;
  /** Ends the wait for a task that was cancelled, while there is one. */
  #moveOn: { readonly task: TaskRecord; readonly go: () => void } | null = null;
  /** Whether every task that is left has been cancelled. */
  #forcing = false;

  constructor(scheduler: Scheduler, standstill: Standstill) {
    this.#scheduler = scheduler;
    this.#standstill = standstill;
  }

  /** Cancels every task in turn, what dying ones spawn included, and waits until none is left. */
  async run(): Promise<void> {
    const told = new Set<TaskRecord>();
    for (let tasks = this.#others(told); tasks.length > 0; tasks = this.#others(told)) {
      for (const task of tasks) {
        told.add(task);
        if (task.terminated) continue;
        task.cancelFor({ kind: "shutdown", by: null }, "cancelled: the kernel is shutting down");
        this.#scheduler.watchStall(task);
        await this.#endedOrStuck(task);
      }
    }
    await this.#waitForAll();
  }

  /** Cancels every task at once, and waits until none is left. */
  async runAtOnce(): Promise<void> {
    this.cancelAll();
    await this.#waitForAll();
  }

  /** Cancels every task, newest first. */
  cancelAll(): void {
    for (const task of this.#others(new Set())) {
      task.cancelFor({ kind: "shutdown", by: null }, "cancelled: its run is in a deadlock");
    }
  }

  /** Gets things going in a standstill; whether it could. */
  unblock(): boolean {
    return this.#forcing ? this.force() : this.#turnToNext();
  }

  /**
   * The last resort: a task that waits, behind a shield, for what no task is left to do (to release a
   * lock, say) is interrupted in spite of the shield. Otherwise the run would never end.
   */
  force(): boolean {
    let forced = false;
    for (const task of this.#scheduler.tasks.values()) {
      for (const wait of task.waits()) {
        if (!waitsForATask(wait)) continue;
        const why = "cancelled: nothing can end its wait any more";
        wait.interrupt(new TaskCancelled(`${task.label} ${why}`));
        forced = true;
      }
    }
    return forced;
  }

  /** Tasks that are none of `told`, newest first. */
  #others(told: Set<TaskRecord>): TaskRecord[] {
    return [...this.#scheduler.tasks.values()].filter((task) => !told.has(task)).reverse();
  }

  async #waitForAll(): Promise<void> {
    this.#forcing = true;
    this.#standstill.setEager(true);
    while (this.#scheduler.tasks.size > 0) {
      for (const task of this.#others(new Set())) await ended(task);
      this.cancelAll();
    }
    this.#standstill.setEager(false);
    this.#forcing = false;
  }

  /** Resolves when `task` has ended, or waits for another task that does not get anywhere. */
  async #endedOrStuck(task: TaskRecord): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const patience = setInterval(() => this.#turnToNext(), PATIENCE_MS);
    this.#moveOn = { task, go: resolve };
    this.#standstill.setEager(true);
    await Promise.race([ended(task), promise]);
    this.#standstill.setEager(false);
    this.#moveOn = null;
    clearInterval(patience);
  }

  #turnToNext(): boolean {
    if (this.#moveOn === null) return false;
    const { task, go } = this.#moveOn;
    const stuck = waitsForTasks(task);
    if (stuck) go();
    return stuck;
  }
}

/** Resolves when `task` has ended. */
export async function ended(task: TaskRecord): Promise<void> {
  if (task.terminated) return;
  const wait = new Wait<void>(null, "Kernel.run()", "TASK_JOIN", task.joiners, false);
  task.joiners.enroll(wait);
  await wait.promise;
}

/** Whether only other tasks can get `task` going again. */
export function waitsForTasks(task: TaskRecord): boolean {
  const waits = task.waits();
  return waits.length > 0 && waits.every(waitsForATask);
}

/** Whether only another task can end `wait`. */
function waitsForATask(wait: Wait): boolean {
  return wait.pending && !wait.external && wait.state !== "TIME_SLEEP";
}
