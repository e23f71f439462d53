import { shown } from "./shown.ts";

/**
 * The error for giving `caller` something else where it wants a function: most likely the promise of
 * one that has been called already.
 *
 * @param hasArguments Whether `caller` passes arguments of the user's on.
 */
export function notAFunction(given: unknown, caller: string, hasArguments: boolean): TypeError {
  const rest = hasArguments ? " and its arguments" : "";
  return new TypeError(
    given instanceof Promise
      ? `Cannot run a promise with ${caller}: pass the function${rest}, not its result`
      : `Cannot run ${shown(given)} with ${caller}: pass a function${rest}`,
  );
}
