import { currentScope } from "../kernel/current.ts";
import { completed } from "../kernel/suspend.ts";
import { refuseInThread } from "../kernel/thread_refusal.ts";
import { thread } from "../kernel/thread_scope.ts";

/**
 * The promise of an operation that could complete at once, in a task or outside any: see
 * `completed()`, which is for tasks alone.
 */
export function immediate<T>(operation: string, value: T): Promise<T> {
  const scope = currentScope();
  if (scope === null && thread !== null) refuseInThread(operation);
  return scope === null ? Promise.resolve(value) : completed(scope, operation, value);
}
