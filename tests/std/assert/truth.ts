import { AssertionError, withNote } from "./assertion_error.ts";

/** The values that `assertFalse` accepts. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Fails if `actual` is `null` or `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== null && actual !== undefined) return;
  throw new AssertionError(
    withNote(`Expected actual: "${actual}" to not be null or undefined`, msg),
  );
}

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError(withNote("Failed assertion", msg));
}

/** Fails always: for a line that must never run. */
export function unreachable(reason?: string): never {
  throw new AssertionError(withNote("Unreachable", reason));
}
