import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  Kernel,
  QueueEmpty,
  QueueFull,
  run,
  spawn,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
  UniversalQueue,
} from "../../mod.ts";
import { assertQuiet, cancelAtEveryStep, underRandomSchedules } from "../../kernel/testing/mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach } from "../helpers/reach.ts";
import { settle } from "../helpers/settle.ts";

const sorted = (items: number[]) => [...items].sort((a, b) => a - b);

Deno.test("UniversalQueue gives its items first in, first out, in a task", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    for (let n = 0; n < 100; n++) await queue.put(n);
    assertEquals([queue.size(), queue.empty(), queue.full()], [100, false, false]);
    for (let n = 0; n < 100; n++) assertEquals(await queue.get(), n);
    assertEquals([queue.size(), queue.empty()], [0, true]);
  });
  assertQuiet();
});

Deno.test("UniversalQueue works in plain async code, with no kernel", async () => {
  const queue = new UniversalQueue<string>(1);
  const first = queue.get();
  await queue.put("a");
  assertEquals(await first, "a");
  await queue.put("b");
  assertEquals(queue.full(), true);
  const waiting = queue.put("c");
  assertEquals([await queue.get(), await queue.get()], ["b", "c"]);
  await waiting;
  assertEquals(queue.empty(), true);
});

Deno.test("UniversalQueue carries items between two kernels and code in none", async () => {
  const there = new UniversalQueue<number>();
  const back = new UniversalQueue<number>(2);
  await using left = new Kernel();
  await using right = new Kernel();
  const done = Promise.all([
    left.run(async () => {
      for (let n = 0; n < 50; n++) await there.put(n);
    }),
    right.run(async () => {
      for (let n = 0; n < 50; n++) await back.put(await there.get() * 2);
    }),
  ]);
  for (let n = 0; n < 50; n++) assertEquals(await back.get(), n * 2);
  await done;
});

Deno.test("UniversalQueue.get() serves tasks and others in the order they came", async () => {
  const queue = new UniversalQueue<number>();
  const trace: string[] = [];
  const outside = queue.get().then((item) => trace.push(`outside ${item}`));
  await run(async () => {
    const task = spawn(async () => trace.push(`task ${await queue.get()}`));
    await reach(task, "QUEUE_GET");
    for (const item of [1, 2]) queue.putNowait(item);
    await task.join();
  });
  await outside;
  assertEquals(trace, ["outside 1", "task 2"]);
});

Deno.test("UniversalQueue.get() that was cancelled has taken nothing", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    const victim = spawn(() => queue.get());
    await reach(victim, "QUEUE_GET");
    await victim.cancel();
    assertInstanceOf(victim.exception, TaskCancelled);
    await assertRejects(() => timeoutAfter(0, () => queue.get()), TaskTimeout);
    await queue.put(1);
    assertEquals([queue.size(), queue.statistics().waiting], [1, 0]);
  });
});

Deno.test("UniversalQueue.get() keeps an item that was handed over before the cancellation", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    const got: number[] = [];
    const victim = spawn(async () => void got.push(await queue.get()));
    await reach(victim, "QUEUE_GET");
    queue.putNowait(1);
    await victim.cancel();
    assertEquals([got, queue.size()], [[1], 0]);
  });
});

Deno.test("UniversalQueue.put() waits for room, and adds nothing if it is cancelled", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>(1);
    await queue.put(1);
    const victim = spawn(() => queue.put(2));
    await reach(victim, "QUEUE_PUT");
    const next = spawn(() => queue.put(3));
    await reach(next, "QUEUE_PUT");
    await victim.cancel();
    assertEquals([await queue.get(), await queue.get()], [1, 3]);
    await next.join();
    assertEquals([queue.size(), queue.statistics().waiting], [0, 0]);
  });
});

Deno.test("UniversalQueue.getNowait() and putNowait() never wait, and say so", () => {
  const queue = new UniversalQueue<number>(1);
  assertAdvice(assertThrows(() => queue.getNowait(), QueueEmpty), /empty/);
  queue.putNowait(1);
  assertAdvice(assertThrows(() => queue.putNowait(2), QueueFull), /full/);
  assertEquals(queue.getNowait(), 1);
});

Deno.test("UniversalQueue.join() waits until every item is done with", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    await queue.join();
    for (const item of [1, 2]) await queue.put(item);
    const joiner = spawn(() => queue.join());
    await reach(joiner, "QUEUE_JOIN");
    queue.taskDone();
    await settle();
    assertEquals(joiner.state, "QUEUE_JOIN");
    queue.taskDone();
    await joiner.join();
    assertAdvice(assertThrows(() => queue.taskDone(), CurioError), /more often/);
  });
});

Deno.test("UniversalQueue refuses a maxsize that is none", () => {
  for (const maxsize of [-1, 1.5, NaN]) {
    assertAdvice(assertThrows(() => new UniversalQueue(maxsize), RangeError), /queue for/);
  }
});

Deno.test("UniversalQueue gives items to a loop without end", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    for (const item of [1, 2, 3]) await queue.put(item);
    const got: number[] = [];
    for await (const item of queue) if (got.push(item) === 3) break;
    assertEquals(got, [1, 2, 3]);
    assertEquals(Deno.inspect(queue), "UniversalQueue [0 items, 0 getting, 0 putting]");
  });
});

for (const maxsize of [0, 1, 2]) {
  Deno.test(`UniversalQueue(${maxsize}) loses no item when a getter is cancelled at any step`, async () => {
    await cancelAtEveryStep(async (spawnVictim) => {
      const queue = new UniversalQueue<number>(maxsize);
      const got: number[] = [];
      const take = async () => {
        for (;;) got.push(await queue.get());
      };
      const consumers = [spawn(take), spawnVictim(take), spawn(take)];
      for (const item of [1, 2, 3, 4]) await queue.put(item);
      await settle();
      for (const consumer of consumers) await consumer.cancel();
      assertEquals(sorted(got), [1, 2, 3, 4]);
      assertEquals([queue.size(), queue.statistics().waiting], [0, 0]);
    });
  });

  Deno.test(`UniversalQueue(${maxsize}) puts an item or not when a putter is cancelled at any step`, async () => {
    await cancelAtEveryStep(async (spawnVictim) => {
      const queue = new UniversalQueue<number>(maxsize);
      const put: number[] = [];
      const got: number[] = [];
      const give = async (...items: number[]) => {
        for (const item of items) {
          await queue.put(item);
          put.push(item);
        }
      };
      const consumer = spawn(async () => {
        for (;;) got.push(await queue.get());
      });
      const givers = [spawn(give, 1, 2), spawnVictim(give, 3, 4), spawn(give, 5, 6)];
      for (const giver of givers) await giver.wait();
      await settle();
      await consumer.cancel();
      assertEquals(sorted(got), sorted(put));
      assertEquals([queue.size(), queue.statistics().waiting], [0, 0]);
    });
  });
}

Deno.test("UniversalQueue loses nothing under random schedules", async () => {
  await underRandomSchedules(200, async () => {
    const queue = new UniversalQueue<number>(1);
    const got: number[] = [];
    const takers = [1, 2, 3].map(() =>
      spawn(async () => {
        for (let n = 0; n < 2; n++) got.push(await queue.get());
      })
    );
    const givers = [0, 2, 4].map((first) =>
      spawn(async () => {
        for (const item of [first, first + 1]) await queue.put(item);
      })
    );
    for (const task of [...takers, ...givers]) await task.join();
    assertEquals(sorted(got), [0, 1, 2, 3, 4, 5]);
  });
});
