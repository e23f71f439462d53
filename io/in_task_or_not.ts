import { currentScope } from "../kernel/current.ts";
import { inTask } from "../kernel/in_task.ts";

/**
 * An operation made of several waits that may also run outside any task: see `inTask()`, which is for
 * tasks alone.
 */
export function inTaskOrNot<T>(operation: string, body: () => Promise<T>): Promise<T> {
  return currentScope() === null ? body() : inTask(operation, body);
}
