import { assertEquals, assertThrows } from "@std/assert";
import { checkComparable, checkOrderable, compareNaturally } from "../../sync/natural_order.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";

/** Fails unless each of `values` comes before each after it, whichever is asked first. */
function assertAscending(values: unknown[]): void {
  for (const [i, a] of values.entries()) {
    for (const [j, b] of values.entries()) {
      assertEquals(
        Math.sign(compareNaturally(a, b)),
        Math.sign(i - j),
        `${String(a)} ${String(b)}`,
      );
    }
  }
}

Deno.test("compareNaturally() orders numbers and bigints together by value", () => {
  assertAscending([-Infinity, -2n, -1.5, 0, 1n, 2, 10n, 2 ** 60, 2n ** 61n, Infinity]);
});

Deno.test("compareNaturally() has equal numbers, bigints and both zeros tie", () => {
  for (const [a, b] of [[1, 1], [1, 1n], [0, -0], [0n, 0]]) assertEquals(compareNaturally(a, b), 0);
});

Deno.test("compareNaturally() orders strings by code unit, as <", () => {
  assertAscending(["", "B", "a", "aa", "b", "é"]);
});

Deno.test("compareNaturally() orders dates by time, and equal times tie", () => {
  assertAscending([new Date(-1), new Date(0), new Date("2024-01-01")]);
  assertEquals(compareNaturally(new Date(5), new Date(5)), 0);
});

Deno.test("compareNaturally() orders arrays item by item and then by length", () => {
  assertAscending([[], [1], [1, "a"], [1, "a", 0], [1, "b"], [2], [10]]);
});

Deno.test("compareNaturally() orders arrays of arrays", () => {
  assertAscending([[[1, 2], 9], [[1, 3], 0], [[2], 0]]);
});

Deno.test("compareNaturally() is total where kinds meet: a heap stays a heap", () => {
  assertAscending([1, "1", new Date(1), [1]]);
});

Deno.test("checkOrderable() accepts numbers, bigints, strings, dates and arrays of them", () => {
  for (const value of [0, -0, Infinity, 1n, "", new Date(), [], [1, ["a", [new Date()]]]]) {
    checkOrderable(value);
  }
});

Deno.test("checkOrderable() refuses anything else, and shows it", () => {
  for (
    const [value, shown] of [
      [NaN, /NaN/],
      [null, /null/],
      [undefined, /undefined/],
      [true, /true/],
      [Symbol("s"), /Symbol\(s\)/],
      [{}, /an object \(Object\)/],
      [new Map(), /an object \(Map\)/],
      [Object.create(null), /an object/],
      [new Date(NaN), /Date/],
    ] as const
  ) {
    const error = assertThrows(() => checkOrderable(value), TypeError);
    assertAdvice(error, shown);
    assertAdvice(error, /^Cannot order /);
  }
});

Deno.test("checkOrderable() looks into arrays", () => {
  assertThrows(() => checkOrderable([1, [2, {}]]), TypeError);
});

Deno.test("checkComparable() accepts two of one kind, numbers and bigints being one", () => {
  for (const [a, b] of [[1, 2n], ["a", "b"], [new Date(), new Date(0)], [[1], [2, "x"]]]) {
    checkComparable(a, b);
  }
});

Deno.test("checkComparable() refuses two kinds, and shows both", () => {
  const error = assertThrows(() => checkComparable("one", 1), TypeError);
  assertAdvice(error, /^Cannot order "one" and 1 in one PriorityQueue/);
  assertThrows(() => checkComparable([1], 1), TypeError);
  assertThrows(() => checkComparable(new Date(0), 0), TypeError);
});

Deno.test("checkComparable() compares arrays up to the first difference, as Python's tuples", () => {
  checkComparable([1, "a"], [2, 2]);
  assertThrows(() => checkComparable([1, "a"], [1, 2]), TypeError);
  checkComparable([1], [1, "a"]);
});

Deno.test("compareNaturally() sorts a thousand shuffled tuples as a stable sort by their parts does", () => {
  const tuples = Array.from({ length: 1000 }, (_, n) => [(n * 7) % 10, `${(n * 13) % 100}`]);
  const expected = [...tuples].sort(([a, x], [b, y]) =>
    Number(a) - Number(b) || (x < y ? -1 : x > y ? 1 : 0)
  );
  assertEquals([...tuples].sort(compareNaturally), expected);
});
