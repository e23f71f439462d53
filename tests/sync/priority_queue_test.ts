import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  run,
  schedule,
  spawn,
  TaskCancelled,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";

/** Everything in `queue`, in the order it comes out. */
function drain<T>(queue: PriorityQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

/** What comes out of a new queue that `items` are put in. */
function sorted<T>(items: T[], compare?: (a: T, b: T) => number): T[] {
  const queue = new PriorityQueue<T>(0, compare);
  for (const item of items) queue.putNowait(item);
  return drain(queue);
}

Deno.test("PriorityQueue is a Queue", () => {
  assert(new PriorityQueue() instanceof Queue);
});

Deno.test("PriorityQueue.get() gives the smallest item, put or got in whatever order", async () => {
  await run(async () => {
    const queue = new PriorityQueue<number>();
    const trace: number[] = [];
    for (const item of [5, 1, 4]) await queue.put(item);
    trace.push(await queue.get());
    await queue.put(0);
    await queue.put(9);
    while (!queue.empty()) trace.push(await queue.get());
    assertEquals(trace, [1, 0, 4, 5, 9]);
  });
});

Deno.test("PriorityQueue of a hundred shuffled numbers gives them in order", () => {
  const shuffled = Array.from({ length: 100 }, (_, n) => (n * 37) % 100);
  assertEquals(sorted(shuffled), Array.from({ length: 100 }, (_, n) => n));
});

Deno.test("PriorityQueue gives items that tie in the order they were put", () => {
  const items = [[2, "a"], [1, "b"], [2, "c"], [1, "d"], [2, "e"], [1, "f"]] as const;
  assertEquals(
    sorted([...items], (a, b) => a[0] - b[0]).map(([, name]) => name).join(""),
    "bdface",
  );
});

Deno.test("PriorityQueue keeps first come, first served among ties while items come and go", () => {
  const queue = new PriorityQueue<{ name: string }>(0, () => 0);
  const trace: string[] = [];
  for (const name of "abcdef") queue.putNowait({ name });
  for (const name of "ghijkl") {
    trace.push(queue.getNowait().name);
    queue.putNowait({ name });
  }
  trace.push(...drain(queue).map((item) => item.name));
  assertEquals(trace.join(""), "abcdefghijkl");
});

Deno.test("PriorityQueue takes a compare function of its own, for any kind of item", () => {
  const items = [{ age: 30 }, { age: 7 }, { age: 81 }];
  assertEquals(sorted(items, (a, b) => b.age - a.age).map(({ age }) => age), [81, 30, 7]);
});

Deno.test("PriorityQueue takes a comparison that is not a number for a tie", () => {
  assertEquals(sorted(["b", "a", "c"], () => NaN), ["b", "a", "c"]);
});

Deno.test("PriorityQueue orders arrays as Python's tuples", () => {
  assertEquals(sorted([[2, "x"], [1, "y"], [1], [1, "x"]]), [[1], [1, "x"], [1, "y"], [2, "x"]]);
});

Deno.test("PriorityQueue.put() and putNowait() refuse what cannot be ordered, and keep nothing", async () => {
  await run(async () => {
    for (const item of [{}, null, undefined, NaN, Symbol.iterator, [1, {}], new Date(NaN)]) {
      const queue = new PriorityQueue<unknown>();
      const error = await assertRejects(() => queue.put(item), TypeError);
      assertAdvice(error, /^Cannot order .* in a PriorityQueue/);
      assertThrows(() => queue.putNowait(item), TypeError);
      assertEquals(queue.statistics().unfinished, 0);
    }
  });
});

Deno.test("PriorityQueue.put() refuses an item of another kind than those inside", async () => {
  await run(async () => {
    const queue = new PriorityQueue<unknown>();
    await queue.put(1);
    const error = await assertRejects(() => queue.put("one"), TypeError);
    assertAdvice(error, /^Cannot order "one" and 1 in one PriorityQueue/);
    assertEquals(drain(queue), [1]);
  });
});

Deno.test("PriorityQueue.put() of a full queue refuses at once what cannot be ordered", async () => {
  await run(async () => {
    const queue = new PriorityQueue<unknown>(1);
    await queue.put(1);
    await assertRejects(() => queue.put({}), TypeError);
    assertEquals(queue.statistics().putting, 0);
  });
});

Deno.test("PriorityQueue.put() refuses what cannot be ordered even if somebody waits for it", async () => {
  await run(async () => {
    const queue = new PriorityQueue<unknown>();
    const task = spawn(() => queue.get());
    await reach(task, "QUEUE_GET");
    await assertRejects(() => queue.put({}), TypeError);
    await queue.put(1);
    assertEquals(await task.join(), 1);
  });
});

Deno.test("PriorityQueue.put() throws what compare throws, and keeps nothing", async () => {
  await run(async () => {
    const queue = new PriorityQueue<{ name: string }>(
      0,
      (a, b) => a.name.localeCompare(b.name),
    );
    await queue.put({ name: "b" });
    await queue.put({ name: "a" });
    const nameless = {} as { name: string };
    await assertRejects(() => queue.put(nameless), TypeError);
    assertThrows(() => queue.putNowait(nameless), TypeError);
    assertEquals(drain(queue).map((item) => item.name), ["a", "b"]);
  });
});

Deno.test("PriorityQueue.put() with room for one waits, and its item finds its place by its order", async () => {
  await run(async () => {
    const queue = new PriorityQueue<number>(2);
    queue.putNowait(5);
    queue.putNowait(7);
    const tasks = [1, 6].map((item) => spawn(() => queue.put(item)));
    await reachAll(tasks, "QUEUE_PUT");
    assertThrows(() => queue.putNowait(0), QueueFull);
    const trace: number[] = [];
    for (let n = 0; n < 4; n++) trace.push(await queue.get());
    assertEquals(trace, [5, 1, 6, 7]);
  });
});

Deno.test("PriorityQueue.put() hands an item to the first who waits", async () => {
  await run(async () => {
    const queue = new PriorityQueue<number>();
    const tasks = [1, 2].map(() => spawn(() => queue.get()));
    await reachAll(tasks, "QUEUE_GET");
    queue.putNowait(9);
    queue.putNowait(3);
    assertEquals(queue.size(), 0);
    assertEquals([await tasks[0].join(), await tasks[1].join()], [9, 3]);
  });
});

Deno.test("PriorityQueue.get() cancelled just after an item was handed over keeps it", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new PriorityQueue<number>();
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

Deno.test("PriorityQueue.put() cancelled while it waits puts nothing", async () => {
  await run(async () => {
    const queue = new PriorityQueue<number>(1);
    queue.putNowait(5);
    const task = spawn(() => queue.put(1));
    await reach(task, "QUEUE_PUT");
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(drain(queue), [5]);
  });
});

Deno.test("PriorityQueue.join() waits for taskDone() of each item", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new PriorityQueue<number>();
    for (const item of [2, 1]) await queue.put(item);
    const joiner = spawn(async () => {
      await queue.join();
      trace.push("joined");
    });
    await reach(joiner, "QUEUE_JOIN");
    for (let n = 0; n < 2; n++) {
      trace.push(`done ${await queue.get()}`);
      queue.taskDone();
    }
    await joiner.join();
    assertThrows(() => queue.taskDone(), CurioError);
  });
  assertEquals(trace, ["done 1", "done 2", "joined"]);
});

Deno.test("PriorityQueue.getNowait() of an empty queue throws", () => {
  assertThrows(() => new PriorityQueue().getNowait(), QueueEmpty);
});

Deno.test("PriorityQueue refuses a negative or fractional maxsize", () => {
  for (const maxsize of [-1, 0.5, NaN]) {
    assertAdvice(
      assertThrows(() => new PriorityQueue(maxsize), RangeError),
      /^Cannot make a queue/,
    );
  }
});

Deno.test("PriorityQueue gives items in order to for await", async () => {
  await run(async () => {
    const queue = new PriorityQueue<number>();
    for (const item of [3, 1, 2]) await queue.put(item);
    const trace: number[] = [];
    for await (const item of queue) {
      trace.push(item);
      if (trace.length === 3) break;
    }
    assertEquals(trace, [1, 2, 3]);
  });
});

Deno.test("PriorityQueue prints its name, items and who waits", () => {
  const queue = new PriorityQueue<number>(3);
  queue.putNowait(1);
  assertEquals(Deno.inspect(queue), "PriorityQueue [1 of 3 items, 0 getting, 0 putting]");
});
