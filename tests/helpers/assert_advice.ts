import { assertMatch } from "@std/assert";

/**
 * Fails unless the error's message says what was wrong and, after a colon, what to do.
 *
 * @param what What it must say, of both.
 */
export function assertAdvice(error: Error, what: RegExp): void {
  assertMatch(error.message, what);
  assertMatch(error.message, /^[^:]+: \S/s);
}
