import { shown } from "../kernel/shown.ts";

/** The error for a count of bytes or characters that cannot be one, or `null`. */
export function countError(count: number, operation: string): Error | null {
  if (typeof count !== "number") {
    return new TypeError(`Cannot give ${shown(count)} to ${operation}: give a number`);
  }
  if (Number.isInteger(count) && count >= 0) return null;
  return new RangeError(
    `Cannot give ${count} to ${operation} as a count: give a whole number of zero or more`,
  );
}
