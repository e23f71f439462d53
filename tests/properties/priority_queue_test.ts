import { assertEquals } from "@std/assert";
import { PriorityQueue } from "../../mod.ts";
import { check, fc } from "./check.ts";

/** What comes out of a queue that `items` are put in. */
function sorted<T>(items: T[], compare?: (a: T, b: T) => number): T[] {
  const queue = new PriorityQueue<T>(0, compare);
  for (const item of items) queue.putNowait(item);
  return items.map(() => queue.getNowait());
}

const byLess = <T>(a: T, b: T) => a < b ? -1 : b < a ? 1 : 0;

Deno.test("PriorityQueue of numbers gives them as a sort does", async () => {
  const numbers = fc.array(fc.double({ noNaN: true }).map((n) => n + 0));
  await check(numbers, (items) => assertEquals(sorted(items), [...items].sort(byLess)));
});

Deno.test("PriorityQueue of strings gives them as a sort does", async () => {
  await check(
    fc.array(fc.string()),
    (items) => assertEquals(sorted(items), [...items].sort(byLess)),
  );
});

Deno.test("PriorityQueue of dates gives them as a sort does", async () => {
  await check(fc.array(fc.date({ noInvalidDate: true })), (items) => {
    assertEquals(sorted(items), [...items].sort((a, b) => a.getTime() - b.getTime()));
  });
});

Deno.test("PriorityQueue of numbers and bigints gives them by value", async () => {
  const mixed = fc.oneof(fc.integer(), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }));
  await check(fc.array(mixed), (items) => assertEquals(sorted(items), [...items].sort(byLess)));
});

Deno.test("PriorityQueue of pairs gives them as a sort by first and then second does", async () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.string({ maxLength: 2 }));
  await check(fc.array(pair), (items) => {
    assertEquals(sorted(items), [...items].sort((a, b) => a[0] - b[0] || byLess(a[1], b[1])));
  });
});

Deno.test("PriorityQueue is stable, as a sort is, whatever is put and got in between", async () => {
  const step = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 3 });
  await check(fc.array(step, { maxLength: 80 }), (steps) => {
    type Job = { readonly priority: number; readonly order: number };
    const compare = (a: Job, b: Job) => a.priority - b.priority;
    const queue = new PriorityQueue<Job>(0, compare);
    const model: Job[] = [];
    steps.forEach((priority, order) => {
      if (priority === null) {
        if (model.length > 0) assertEquals(queue.getNowait(), model.shift());
        return;
      }
      queue.putNowait({ priority, order });
      model.push({ priority, order });
      model.sort(compare);
    });
    assertEquals(model.map(() => queue.getNowait()), model);
  });
});
