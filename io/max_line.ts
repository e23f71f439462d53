import { shown } from "../kernel/shown.ts";

/** A line may have a mebibyte unless told. */
export const DEFAULT_MAX_LINE: number = 1024 * 1024;

/** `bytes`, if a line may be limited to so many; throws `RangeError` otherwise. */
export function checkMaxLine(bytes: number): number {
  if (typeof bytes === "number" && bytes > 0) return bytes;
  throw new RangeError(
    `Cannot use ${
      shown(bytes)
    } as maxLine because a line has bytes: give a positive number of them`,
  );
}
