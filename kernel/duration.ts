import { shown } from "./shown.ts";

/** Seconds, or an object of units as `Temporal.Duration` has them: `{ minutes: 1, milliseconds: 250 }`. */
export type Duration = number | DurationLike;

/** The units of a {@linkcode Duration} object. Calendar units (years, months, weeks) have no fixed length. */
export interface DurationLike {
  /** Days of 24 hours. */
  readonly days?: number;
  /** Hours. */
  readonly hours?: number;
  /** Minutes. */
  readonly minutes?: number;
  /** Seconds. */
  readonly seconds?: number;
  /** Thousandths of a second. */
  readonly milliseconds?: number;
  /** Millionths of a second. */
  readonly microseconds?: number;
  /** Thousand-millionths of a second. */
  readonly nanoseconds?: number;
}

const UNITS = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
  ["milliseconds", 1e-3],
  ["microseconds", 1e-6],
  ["nanoseconds", 1e-9],
] as const;

const CALENDAR_UNITS = ["years", "months", "weeks"] as const;

/** The seconds in `duration`, of either sign; `what` names the argument in the error. */
export function toSeconds(duration: Duration, what: string): number {
  const seconds = typeof duration === "number" ? duration : sumOfUnits(duration, what);
  if (Number.isNaN(seconds)) {
    throw new RangeError(`Cannot use NaN as ${what}: give a number of seconds`);
  }
  return seconds;
}

/** The seconds in a timeout, which cannot be negative. */
export function toTimeout(duration: Duration, what: string): number {
  const seconds = toSeconds(duration, what);
  if (seconds < 0) {
    throw new RangeError(`Cannot use ${seconds} as ${what}: give seconds of zero or more`);
  }
  return seconds;
}

function sumOfUnits(duration: DurationLike, what: string): number {
  if (typeof duration !== "object" || duration === null) {
    throw new TypeError(
      `Cannot use ${
        shown(duration)
      } as ${what}: give seconds or an object such as { milliseconds: 250 }`,
    );
  }
  const given = duration as Record<string, unknown>;
  for (const unit of CALENDAR_UNITS) {
    if (given[unit]) {
      throw new RangeError(
        `Cannot use ${unit} in ${what}: their length depends on the calendar, give days or less`,
      );
    }
  }
  let seconds = 0;
  let known = false;
  for (const [unit, length] of UNITS) {
    const count = given[unit];
    if (count === undefined) continue;
    if (typeof count !== "number") {
      throw new TypeError(`Cannot use ${shown(count)} as the ${unit} of ${what}: give a number`);
    }
    known = true;
    seconds += count * length;
  }
  if (!known) {
    throw new TypeError(
      `Cannot find a unit in the object given as ${what}: give days, hours, minutes, seconds or milliseconds`,
    );
  }
  return seconds;
}
