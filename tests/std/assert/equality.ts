import { deepStrictEqual } from "node:assert/strict";
import { inspect, isDeepStrictEqual } from "node:util";
import { AssertionError, withNote } from "./assertion_error.ts";

/** Fails unless the two are equal in class and, all the way down, in content. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (cause) {
    const difference = (cause as Error).message;
    throw new AssertionError(`${withNote("Values are not equal", msg)}\n${difference}`);
  }
}

/** Fails if the two are equal in class and, all the way down, in content. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!isDeepStrictEqual(actual, expected)) return;
  throw new AssertionError(
    withNote(`Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}`, msg),
  );
}

/** Fails unless the two are the same value or the same object. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const [left, right] = [inspect(actual), inspect(expected)];
  throw new AssertionError(
    left === right
      ? `${withNote("Values have the same structure but are not reference-equal", msg)}\n${left}`
      : `${withNote("Values are not strictly equal", msg)}\n- ${left}\n+ ${right}`,
  );
}

/** Fails if the two are the same value or the same object. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    withNote(`Expected "actual" to not be strictly equal to: ${inspect(actual)}`, msg),
  );
}

/** Fails unless every item of `expected` equals some item of `actual`, in any order. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter(
    (item) => !present.some((other) => isDeepStrictEqual(other, item)),
  );
  if (missing.length === 0) return;
  throw new AssertionError(
    withNote(
      `Expected actual: "${inspect(actual)}" to include: "${inspect(expected)}"`,
      msg,
    ) + `\nmissing: ${inspect(missing)}`,
  );
}
