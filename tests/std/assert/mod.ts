/**
 * A hermetic stand-in for the part of `@std/assert` that the tests use: the same names, signatures
 * and verdicts over `node:assert/strict`. Where the two differ this one is the stricter (it tells
 * `0` from `-0`), so what passes here passes with the real package too.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { assert, assertExists, assertFalse, fail, type Falsy, unreachable } from "./truth.ts";
export {
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "./equality.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "./order.ts";
export { assertMatch, assertStringIncludes } from "./text.ts";
export {
  assertInstanceOf,
  assertRejects,
  assertThrows,
  type Constructor,
  type ErrorConstructor,
} from "./errors.ts";
