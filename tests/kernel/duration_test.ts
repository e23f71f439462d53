import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type Duration, toSeconds, toTimeout } from "../../kernel/duration.ts";
import {} from "../helpers/virtually.ts";

Deno.test("toSeconds() takes a number as seconds, fractions and signs included", () => {
  assertEquals([2, 0.25, 0, -1.5].map((value) => toSeconds(value, "it")), [2, 0.25, 0, -1.5]);
});

Deno.test("toSeconds() takes Infinity", () => {
  assertEquals(toSeconds(Infinity, "it"), Infinity);
});

Deno.test("toSeconds() takes each unit of an object", () => {
  const units = {
    days: 86400,
    hours: 3600,
    minutes: 60,
    seconds: 1,
    milliseconds: 1e-3,
    microseconds: 1e-6,
    nanoseconds: 1e-9,
  };
  for (const [unit, seconds] of Object.entries(units)) {
    assertAlmostEquals(toSeconds({ [unit]: 3 }, "it"), 3 * seconds);
  }
});

Deno.test("toSeconds() adds up the units of an object", () => {
  assertEquals(toSeconds({ minutes: 1, seconds: 2, milliseconds: 250 }, "it"), 62.25);
});

Deno.test("toSeconds() takes an object whose count is zero", () => {
  assertEquals(toSeconds({ milliseconds: 0 }, "it"), 0);
});

Deno.test("toSeconds() takes a Temporal.Duration", () => {
  const duration = Temporal.Duration.from({ hours: 1, seconds: 1, milliseconds: 500 });
  assertEquals(toSeconds(duration, "it"), 3601.5);
});

Deno.test("toSeconds() takes a blank Temporal.Duration as zero", () => {
  assertEquals(toSeconds(new Temporal.Duration(), "it"), 0);
});

Deno.test("toSeconds() refuses NaN with a RangeError that names the argument", () => {
  const error = assertThrows(() => toSeconds(NaN, "the grace"), RangeError, "NaN as the grace");
  assertEquals(error.message, "Cannot use NaN as the grace: give a number of seconds");
});

Deno.test("toSeconds() refuses a NaN count, too", () => {
  assertThrows(() => toSeconds({ seconds: NaN }, "it"), RangeError, "NaN");
});

Deno.test("toSeconds() refuses calendar units with a RangeError that names the unit", () => {
  for (const unit of ["years", "months", "weeks"]) {
    const duration = Temporal.Duration.from({ [unit]: 1 });
    assertThrows(() => toSeconds(duration, "it"), RangeError, `Cannot use ${unit} in it`);
  }
});

Deno.test("toSeconds() refuses an object without a unit, and says which units there are", () => {
  assertThrows(() => toSeconds({}, "the grace"), TypeError, "give days, hours, minutes, seconds");
  assertThrows(() => toSeconds({ second: 1 } as Duration, "it"), TypeError, "Cannot find a unit");
});

Deno.test("toSeconds() refuses what is no duration with a TypeError that shows it", () => {
  for (const value of ["5", null, undefined, true, 5n]) {
    assertThrows(() => toSeconds(value as unknown as Duration, "it"), TypeError, `${value}`);
  }
});

Deno.test("toSeconds() refuses a count that is no number", () => {
  const value = { seconds: "5" } as unknown as Duration;
  assertThrows(() => toSeconds(value, "the grace"), TypeError, `Cannot use "5" as the seconds of`);
});

Deno.test("toTimeout() takes zero and Infinity", () => {
  assertEquals([0, Infinity].map((value) => toTimeout(value, "it")), [0, Infinity]);
});

Deno.test("toTimeout() refuses a negative number with a RangeError that shows it", () => {
  assertThrows(() => toTimeout(-0.5, "the timeout"), RangeError, "Cannot use -0.5 as the timeout");
});

Deno.test("toTimeout() refuses a negative object and a negative Temporal.Duration", () => {
  assertThrows(() => toTimeout({ milliseconds: -1 }, "it"), RangeError, "zero or more");
  const negative = Temporal.Duration.from({ seconds: 1 }).negated();
  assertThrows(() => toTimeout(negative, "it"), RangeError, "zero or more");
});

Deno.test("toTimeout() refuses NaN with a RangeError", () => {
  assertThrows(() => toTimeout(NaN, "it"), RangeError, "NaN");
});
