import { currentScope, outsideError } from "./current.ts";
import { isCancelled } from "./errors.ts";
import { hush } from "./wait.ts";

/**
 * An operation made of several waits. It rejects with `CurioError` outside a task, and if it is
 * cancelled its promise is looked after, awaited or not, as a single wait's is.
 */
export function inTask<T>(operation: string, body: () => Promise<T>): Promise<T> {
  if (currentScope() === null) return Promise.reject(outsideError(operation));
  const promise: Promise<T> = watch(body, () => hush(promise));
  return promise;
}

async function watch<T>(body: () => Promise<T>, cancelled: () => void): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (isCancelled(error)) cancelled();
    throw error;
  }
}
