/**
 * The door into the kernel: every blocking call goes through one of these three functions, and
 * everything that ends a wait through the methods of {@linkcode Wait}.
 */
import { currentScope, outsideError } from "./current.ts";
import { type Scope, takePending } from "./scope.ts";
import { refuseInThread } from "./thread_refusal.ts";
import { thread } from "./thread_scope.ts";
import type { TaskState } from "./types.ts";
import { Wait, type WaitOwner } from "./wait.ts";

/** For waits that nobody registered. */
const nobody: WaitOwner = { remove() {} };

/**
 * Suspends the current task: makes a wait and has `owner` enroll it, unless a cancellation that was
 * due interrupts it at birth. Outside a task the wait has failed already. `data` is the owner's.
 */
export function suspend<T>(
  operation: string,
  state: TaskState,
  owner: WaitOwner,
  external: boolean,
  data?: unknown,
): Wait<T> {
  const scope = currentScope();
  if (scope === null) {
    const wait = new Wait<T>(null, operation, state, owner, external);
    wait.fail(outsideError(operation));
    return wait;
  }
  const wait = new Wait<T>(scope, operation, state, owner, external);
  wait.data = data;
  const { task } = scope;
  const error = task.pendingCount > 0 ? takePending(scope) : null;
  task.scheduler.suspend(wait, error);
  return wait;
}

/**
 * Like {@linkcode suspend}, but outside a task the wait is nobody's: it is settled as soon as it is
 * taken, and cannot be cancelled.
 */
export function suspendAnywhere<T>(
  operation: string,
  state: TaskState,
  owner: WaitOwner,
): Wait<T> {
  if (currentScope() === null) {
    if (thread !== null) refuseInThread(operation);
    const wait = new Wait<T>(null, operation, state, owner, true);
    owner.enroll?.(wait);
    return wait;
  }
  return suspend<T>(operation, state, owner, true);
}

/**
 * The promise of an operation in `scope` that could complete at once. No blocking point: it delivers no
 * cancellation. But a task that never blocks must not starve the event loop either, so now and then
 * the promise is settled a turn later.
 */
export function completed<T>(scope: Scope, operation: string, value: T): Promise<T> {
  const { scheduler } = scope.task;
  if (scheduler.spend()) return Promise.resolve(value);
  const wait = new Wait<T>(scope, operation, "READY", nobody, false);
  wait.preset(value, false);
  scheduler.suspendReady(wait);
  return wait.promise;
}

/** What a blocking call outside any task gives. */
export function rejectOutside(operation: string): Promise<never> {
  return Promise.reject(outsideError(operation));
}

/**
 * What the library's function `name` gives outside any task: in an async thread an operation for
 * `AWAIT`, which is no promise at all, and elsewhere a rejection.
 */
export function operationOutside(name: string, ...args: unknown[]): Promise<never> {
  return thread === null ? rejectOutside(`${name}()`) : thread[name](...args) as Promise<never>;
}

/** Suspends the task of `scope` for just one turn: others that are ready run first. */
export function yieldTurn<T>(scope: Scope, operation: string, value: T): Promise<T> {
  const { task } = scope;
  const wait = new Wait<T>(scope, operation, "READY", nobody, false);
  const error = task.pendingCount > 0 ? takePending(scope) : null;
  wait.preset(error ?? value, error !== null);
  task.scheduler.suspendReady(wait);
  return wait.promise;
}
