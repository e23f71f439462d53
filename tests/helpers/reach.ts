import { schedule, type Task, type TaskState } from "../../mod.ts";

/** More turns than any test needs. */
const PATIENCE = 1000;

/**
 * Lets other tasks run until `task` is in `state`, whatever the schedule.
 *
 * @throws {Error} If it does not get there.
 */
export async function reach(task: Task, state: TaskState): Promise<void> {
  for (let turn = 0; task.state !== state; turn++) {
    if (turn === PATIENCE || (task.terminated && state !== "TERMINATED")) {
      throw new Error(`${task} did not get to ${state}`);
    }
    await schedule();
  }
}

/** {@linkcode reach} for several tasks. */
export async function reachAll(tasks: readonly Task[], state: TaskState): Promise<void> {
  for (const task of tasks) await reach(task, state);
}
