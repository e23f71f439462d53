/**
 * A hermetic stand-in for the part of `@std/async` that the tests use, with the same signatures.
 *
 * @module
 */

export { deadline, type DeadlineOptions } from "./deadline.ts";
export { delay, type DelayOptions } from "./delay.ts";
