import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { Ring } from "../../kernel/ring.ts";
import { COLLECT } from "../helpers/heap_growth.ts";
import { runProgram } from "../helpers/program.ts";

const RING = new URL("../../kernel/ring.ts", import.meta.url).href;

function ringOf<T>(...items: T[]): Ring<T> {
  const ring = new Ring<T>();
  for (const item of items) ring.push(item);
  return ring;
}

function drain<T>(ring: Ring<T>): T[] {
  const items: T[] = [];
  while (ring.length > 0) items.push(ring.shift()!);
  return items;
}

Deno.test("Ring.shift() gives items first in, first out", () => {
  assertEquals(drain(ringOf(1, 2, 3)), [1, 2, 3]);
});

Deno.test("Ring.shift() gives undefined when empty, and leaves the ring usable", () => {
  const ring = new Ring<string>();
  assertEquals(ring.shift(), undefined);
  assertEquals(ring.length, 0);
  ring.push("a");
  assertEquals(drain(ring), ["a"]);
});

Deno.test("Ring keeps an item that is undefined", () => {
  const ring = ringOf<number | undefined>(undefined, 1);
  assertEquals(ring.length, 2);
  assertEquals(ring.shift(), undefined);
  assertEquals(ring.shift(), 1);
});

Deno.test("Ring.push() keeps the order when it grows while wrapped around", () => {
  const ring = ringOf(...Array.from({ length: 16 }, (_, n) => n));
  for (let n = 0; n < 10; n++) ring.shift();
  for (let n = 16; n < 60; n++) ring.push(n);
  assertEquals(drain(ring), Array.from({ length: 50 }, (_, n) => n + 10));
});

Deno.test("Ring.unshift() puts an item before the first", () => {
  const ring = ringOf(2, 3);
  ring.unshift(1);
  assertEquals(drain(ring), [1, 2, 3]);
});

Deno.test("Ring.unshift() keeps the order when it grows", () => {
  const ring = new Ring<number>();
  for (let n = 0; n < 40; n++) ring.unshift(n);
  assertEquals(drain(ring), Array.from({ length: 40 }, (_, n) => 39 - n));
});

Deno.test("Ring.take() gives the item at an index, and the first takes its place", () => {
  const ring = ringOf("a", "b", "c", "d");
  assertEquals(ring.take(2), "c");
  assertEquals(drain(ring), ["b", "a", "d"]);
});

Deno.test("Ring.take() with 0 is shift()", () => {
  const ring = ringOf("a", "b");
  assertEquals(ring.take(0), "a");
  assertEquals(drain(ring), ["b"]);
});

Deno.test("Ring.take() gives every item exactly once, whatever the indices", () => {
  const ring = ringOf(...Array.from({ length: 100 }, (_, n) => n));
  const taken: number[] = [];
  for (let step = 0; ring.length > 0; step++) taken.push(ring.take((step * 37) % ring.length)!);
  assertEquals(taken.toSorted((a, b) => a - b), Array.from({ length: 100 }, (_, n) => n));
});

Deno.test("Ring iterates from front to end without taking", () => {
  const ring = ringOf(1, 2, 3);
  ring.shift();
  ring.push(4);
  assertEquals([...ring], [2, 3, 4]);
  assertEquals(ring.length, 3);
});

Deno.test("Ring works on after a burst of 5000", () => {
  const ring = new Ring<number>();
  for (let n = 0; n < 5000; n++) ring.push(n);
  for (let n = 0; n < 5000; n++) ring.shift();
  ring.push(1);
  ring.unshift(0);
  assertEquals(drain(ring), [0, 1]);
});

Deno.test("Ring takes from anywhere in the right order while a burst goes", () => {
  const ring = ringOf(...Array.from({ length: 5000 }, (_, n) => n));
  const taken = new Set<number | undefined>();
  for (let n = 0; n < 5000; n++) taken.add(ring.take((n * 7) % ring.length));
  assertEquals([taken.size, taken.has(undefined), ring.length], [5000, false, 0]);
});

Deno.test("Ring that was huge once gives its memory back, though it never is empty again", async () => {
  const { lines } = await runProgram(`
    const { Ring } = await import(${JSON.stringify(RING)});
    ${COLLECT}
    const ring = new Ring();
    ring.push(0);
    collect();
    const before = Deno.memoryUsage().heapUsed;
    for (let n = 1; n <= 1_000_000; n++) ring.push(n);
    const most = Deno.memoryUsage().heapUsed - before;
    while (ring.length > 5) ring.shift();
    collect();
    console.log(most, Deno.memoryUsage().heapUsed - before, [...ring].join());
  `);
  const [most, left, items] = lines[0].split(" ");
  assertGreater(Number(most), 4_000_000);
  assertLess(Number(left), 500_000);
  assertEquals(items, "999996,999997,999998,999999,1000000");
});

Deno.test("Ring behaves as an array does under a long random mix of operations", () => {
  const ring = new Ring<number>();
  const model: number[] = [];
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let step = 0; step < 20_000; step++) {
    const choice = random(5);
    if (choice < 2) {
      ring.push(step);
      model.push(step);
    } else if (choice === 2) {
      ring.unshift(step);
      model.unshift(step);
    } else {
      assertEquals(ring.shift(), model.shift());
    }
  }
  assertEquals([...ring], model);
});
