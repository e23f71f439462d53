import { assertEquals } from "@std/assert";
import { shown } from "../../kernel/shown.ts";

Deno.test("shown() quotes strings, and names what has a name", () => {
  const shows: [unknown, string][] = [
    ["1", '"1"'],
    [1, "1"],
    [-0.5, "-0.5"],
    [5n, "5"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("s"), "Symbol(s)"],
    [[1, 2], "an array"],
    [new Map(), "an object (Map)"],
    [Promise.resolve(), "a promise"],
    [function work() {}, "'work'"],
    [(() => () => {})(), "a function"],
  ];
  for (const [value, text] of shows) assertEquals(shown(value), text);
});

Deno.test("shown() never throws", () => {
  assertEquals(shown(Object.create(null)), "an object");
});
