import { AssertionError, withNote } from "./assertion_error.ts";

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(withNote(`Expected actual: "${actual}" to contain: "${expected}"`, msg));
}

/** Fails unless `actual` matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(withNote(`Expected actual: "${actual}" to match: "${expected}"`, msg));
}
