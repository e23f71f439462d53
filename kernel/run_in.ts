import { enter } from "./current.ts";
import { isCancelled } from "./errors.ts";
import type { Scope } from "./scope.ts";
import { explainUnbound } from "./unbound_method.ts";

/**
 * Runs the body of `scope`, and closes the scope when it ends. What the body throws goes to
 * `recover`, which returns the result after all or throws what is to leave the scope.
 *
 * A promise that is rejected by a cancellation is looked after, whether or not anybody awaits it.
 */
export function runIn<A extends unknown[], R, T = never>(
  scope: Scope,
  fn: (...args: A) => R | Promise<R>,
  args: A,
  recover: (scope: Scope, error: unknown) => T,
): Promise<R | T> {
  const promise = runBody(scope, fn, args, recover);
  scope.promise = promise;
  if (scope.hushed) scope.hush();
  return promise;
}

async function runBody<A extends unknown[], R, T>(
  scope: Scope,
  fn: (...args: A) => R | Promise<R>,
  args: A,
  recover: (scope: Scope, error: unknown) => T,
): Promise<R | T> {
  try {
    return await enter(scope, fn, ...args);
  } catch (error) {
    try {
      return recover(scope, explainUnbound(fn, error));
    } catch (leaving) {
      if (isCancelled(leaving)) scope.hush();
      throw leaving;
    }
  } finally {
    scope.close();
  }
}
