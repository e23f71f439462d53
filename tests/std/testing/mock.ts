/**
 * A hermetic stand-in for the part of `@std/testing/mock` that the tests use: a function that
 * remembers its calls.
 *
 * @module
 */

import { AssertionError } from "../assert/assertion_error.ts";

/** One call of a spy. */
export interface SpyCall<Args extends unknown[] = unknown[], Return = unknown> {
  /** What it was called with. */
  args: Args;
  /** What it returned, if it did. */
  returned?: Return;
  /** What it threw, if it did. */
  error?: Error;
}

/** A function that remembers its calls. */
export interface Spy<Args extends unknown[] = unknown[], Return = unknown> {
  (...args: Args): Return;
  /** Every call so far, first to last. */
  calls: SpyCall<Args, Return>[];
}

/** A spy that does nothing. */
export function spy<Args extends unknown[] = unknown[]>(): Spy<Args, undefined>;
/** A spy that does what `original` does. */
export function spy<Args extends unknown[], Return>(
  original: (...args: Args) => Return,
): Spy<Args, Return>;
export function spy<Args extends unknown[], Return>(
  original?: (...args: Args) => Return,
): Spy<Args, Return | undefined> {
  const calls: SpyCall<Args, Return | undefined>[] = [];
  const watched = (...args: Args): Return | undefined => {
    const call: SpyCall<Args, Return | undefined> = { args };
    try {
      call.returned = original?.(...args);
      return call.returned;
    } catch (error) {
      call.error = error as Error;
      throw error;
    } finally {
      calls.push(call);
    }
  };
  return Object.assign(watched, { calls });
}

/** Fails unless the spy was called so many times. */
export function assertSpyCalls(
  spy: { calls: readonly unknown[] },
  expectedCalls: number,
): void {
  if (spy.calls.length === expectedCalls) return;
  throw new AssertionError(
    `Expected ${expectedCalls} calls of the spy, but there were ${spy.calls.length}.`,
  );
}
