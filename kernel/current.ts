/**
 * Who am I? One `AsyncLocalStorage` holds the innermost scope of the code that runs, and the scope
 * knows its task. Entering a context copies a map (the largest single cost of a spawn), reading it
 * is nearly free; so it is entered once per task and once per scope, and read in every blocking call.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { CurioError } from "./errors.ts";
import type { Scope } from "./scope.ts";
import type { TaskRecord } from "./task_record.ts";
import { refuseInThread } from "./thread_refusal.ts";
import { thread } from "./thread_scope.ts";

const storage = new AsyncLocalStorage<Scope>();

/** Runs `fn(...args)` in the context this module was loaded in: in no task. */
export const outsideTasks: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();

/** Runs `fn(...args)` in `scope`, and whatever it awaits too. */
export function enter<A extends unknown[], R>(scope: Scope, fn: (...args: A) => R, ...args: A): R {
  return storage.run(scope, fn, ...args);
}

/** The scope the caller runs in, or `null` outside a task that is alive. */
export function currentScope(): Scope | null {
  const scope = storage.getStore();
  return scope === undefined || scope.task.terminated ? null : scope;
}

/** The task the caller runs in, or `null`. */
export function currentRecord(): TaskRecord | null {
  return currentScope()?.task ?? null;
}

/** The error for calling `operation` where there is no task. */
export function outsideError(operation: string): CurioError {
  if (thread !== null) return refuseInThread(operation);
  return new CurioError(
    `${operation} outside a task: call it from a function that run() or spawn() started`,
  );
}

/** The scope the caller runs in; throws `CurioError` outside a task. */
export function requireScope(operation: string): Scope {
  const scope = currentScope();
  if (scope === null) throw outsideError(operation);
  return scope;
}
