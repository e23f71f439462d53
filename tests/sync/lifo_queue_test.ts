import { assert, assertEquals, assertThrows } from "@std/assert";
import { LifoQueue, Queue, QueueEmpty, QueueFull, run, schedule, spawn } from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";

function drain<T>(queue: LifoQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

Deno.test("LifoQueue is a Queue", () => {
  assert(new LifoQueue() instanceof Queue);
});

Deno.test("LifoQueue.get() gives the item put last", async () => {
  await run(async () => {
    const queue = new LifoQueue<number>();
    const trace: number[] = [];
    for (const item of [1, 2, 3]) await queue.put(item);
    trace.push(await queue.get());
    await queue.put(4);
    while (!queue.empty()) trace.push(await queue.get());
    assertEquals(trace, [3, 4, 2, 1]);
  });
});

Deno.test("LifoQueue.put() hands an item to the first who waits: only items are last in, first out", async () => {
  await run(async () => {
    const queue = new LifoQueue<string>();
    const tasks = [1, 2].map(() => spawn(() => queue.get()));
    await reachAll(tasks, "QUEUE_GET");
    queue.putNowait("one");
    queue.putNowait("two");
    assertEquals([await tasks[0].join(), await tasks[1].join()], ["one", "two"]);
  });
});

Deno.test("LifoQueue.put() without room waits in line, and its item is the last once it is in", async () => {
  await run(async () => {
    const queue = new LifoQueue<string>(1);
    queue.putNowait("first");
    const tasks = ["a", "b"].map((item) => spawn(() => queue.put(item)));
    await reachAll(tasks, "QUEUE_PUT");
    assertThrows(() => queue.putNowait("no room"), QueueFull);
    const trace: string[] = [];
    for (let n = 0; n < 3; n++) trace.push(await queue.get());
    assertEquals(trace, ["first", "a", "b"]);
  });
});

Deno.test("LifoQueue.put() cancelled while it waits puts nothing", async () => {
  await run(async () => {
    const queue = new LifoQueue<number>(1);
    queue.putNowait(5);
    const task = spawn(() => queue.put(1));
    await reach(task, "QUEUE_PUT");
    await task.cancel();
    assertEquals(drain(queue), [5]);
  });
});

Deno.test("LifoQueue.get() cancelled just after an item was handed over keeps it", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new LifoQueue<number>();
    const task = spawn(async () => {
      trace.push(`got ${await queue.get()}`);
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "QUEUE_GET");
    await queue.put(1);
    await task.cancel();
  });
  assertEquals(trace, ["got 1", "cancelled at the next blocking point"]);
});

Deno.test("LifoQueue gives back an item of undefined", () => {
  const queue = new LifoQueue<number | undefined>();
  queue.putNowait(undefined);
  queue.putNowait(1);
  assertEquals(drain(queue), [1, undefined]);
});

Deno.test("LifoQueue.join() waits for taskDone() of each item", async () => {
  await run(async () => {
    const queue = new LifoQueue<number>();
    await queue.put(1);
    const joiner = spawn(() => queue.join());
    await reach(joiner, "QUEUE_JOIN");
    await queue.get();
    queue.taskDone();
    await joiner.join();
    assertEquals(queue.statistics().unfinished, 0);
  });
});

Deno.test("LifoQueue.getNowait() of an empty queue throws", () => {
  assertThrows(() => new LifoQueue().getNowait(), QueueEmpty);
});

Deno.test("LifoQueue refuses a negative or fractional maxsize", () => {
  for (const maxsize of [-1, 0.5, NaN]) {
    assertAdvice(assertThrows(() => new LifoQueue(maxsize), RangeError), /^Cannot make a queue/);
  }
});

Deno.test("LifoQueue prints its name, items and who waits", async () => {
  await run(async () => {
    const queue = new LifoQueue<number>();
    await reach(spawn(() => queue.get()), "QUEUE_GET");
    assertEquals(Deno.inspect(queue), "LifoQueue [0 items, 1 getting, 0 putting]");
  });
});
