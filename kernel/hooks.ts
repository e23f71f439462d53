import { outsideTasks } from "./current.ts";
import type { TableObserver } from "./observer.ts";
import type { Scheduler } from "./scheduler.ts";
import { taskOf } from "./task.ts";
import type { TaskRecord } from "./task_record.ts";
import type { Activation } from "./types.ts";

type Hook = "created" | "running" | "terminated";

/**
 * Whoever wants to hear of every step of every task: activations, and the monitor. A kernel without
 * any has no such object, so that its switches pay for one comparison.
 */
export class Hooks {
  /** The monitor, while there is one. */
  observer: TableObserver | null = null;
  /** Whether an activation is being called. */
  calling = false;
  readonly #scheduler: Scheduler;
  #activations: readonly Activation[];

  constructor(scheduler: Scheduler, activations: readonly Activation[]) {
    this.#scheduler = scheduler;
    this.#activations = activations;
  }

  /** The kernel is about to run its first task. */
  activate(tell: (activation: Activation) => void): void {
    for (const activation of this.#activations) this.#guard(activation, () => tell(activation));
  }

  created(task: TaskRecord): void {
    this.observer?.created(task);
    this.#call("created", task);
  }

  /** `task` has been switched to, or goes on after a foreign promise, of which the kernel has not heard. */
  enterCycle(task: TaskRecord): void {
    if (task.inCycle) return;
    task.inCycle = true;
    this.observer?.running(task);
    const scheduler = this.#scheduler;
    const { running } = scheduler;
    scheduler.running = task;
    this.#call("running", task);
    scheduler.running = running;
  }

  suspended(task: TaskRecord, trap: string): void {
    // A task that goes on after a foreign promise begins its cycle unnoticed.
    this.enterCycle(task);
    task.inCycle = false;
    this.observer?.suspended(task);
    const handle = taskOf(task);
    for (const activation of this.#activations) {
      if (activation.suspended) {
        this.#guard(activation, () => activation.suspended!(handle, trap));
      }
    }
  }

  terminated(task: TaskRecord): void {
    this.observer?.terminated(task);
    this.#call("terminated", task);
  }

  #call(name: Hook, task: TaskRecord): void {
    const handle = taskOf(task);
    for (const activation of this.#activations) {
      if (activation[name]) this.#guard(activation, () => activation[name]!(handle));
    }
  }

  #guard(activation: Activation, call: () => void): void {
    const { calling } = this;
    this.calling = true;
    try {
      // What a hook does is no task's doing.
      outsideTasks(call);
    } catch (error) {
      this.#activations = this.#activations.filter((each) => each !== activation);
      this.#scheduler.reports.hookFailed(error);
    } finally {
      this.calling = calling;
    }
  }
}
