/** The far side of a universal queue, on this thread: what workers are lent, and what comes back. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import { run, spawn, UniversalQueue } from "../../mod.ts";
import { PACK } from "../../workers/baggage.ts";
import { farUniversalQueue } from "../../workers/universal_far.ts";
import type { FarEnd } from "../../workers/universal_link.ts";
import { reach } from "../helpers/reach.ts";
import { hostTurn } from "../helpers/unhandled.ts";

/** `queue` as a worker has it, until disposed of. */
function far<T>(queue: UniversalQueue<T>): UniversalQueue<T> & Disposable {
  const { data, release } = queue[PACK]();
  const [{ port, bell }] = data as [FarEnd];
  const end = farUniversalQueue(data as never) as UniversalQueue<T>;
  const alive = keepAlive();
  return Object.assign(end, {
    [Symbol.dispose]() {
      alive[Symbol.dispose]();
      release();
      // They would close by themselves, a turn or more of the event loop later.
      port.close();
      bell.close();
    },
  });
}

/** Ports do not keep the program alive; a call that is under way does. */
function keepAlive(): Disposable {
  const timer = setInterval(() => {}, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Lets messages arrive: both ways, and an answer to those. */
async function arrive(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await hostTurn();
}

function filled(count: number): UniversalQueue<number> {
  const queue = new UniversalQueue<number>();
  for (let n = 0; n < count; n++) queue.putNowait(n);
  return queue;
}

Deno.test("UniversalQueue.get() in a worker gives items in order, more than one loan of them", async () => {
  const queue = filled(3000);
  using there = far(queue);
  for (let n = 0; n < 3000; n++) assertEquals(await there.get(), n);
  assertEquals([there.size(), queue.size()], [0, 0]);
});

Deno.test("UniversalQueue.get() takes back in order what a worker was lent and has not taken", async () => {
  const queue = filled(10);
  using there = far(queue);
  assertEquals(await there.get(), 0);
  assertEquals(queue.size(), 9);
  assertEquals([await queue.get(), await queue.get()], [1, 2]);
  assertEquals(await there.get(), 3);
  assertEquals([queue.getNowait(), await there.get(), queue.size()], [4, 5, 4]);
});

Deno.test("UniversalQueue takes back from several workers, the oldest item first", async () => {
  const queue = filled(2000);
  using one = far(queue);
  using two = far(queue);
  assertEquals([await one.get(), await two.get()], [0, 1]);
  const rest: number[] = [];
  while (!queue.empty()) rest.push(await queue.get());
  assertEquals(rest, Array.from({ length: 1998 }, (_, n) => n + 2));
});

Deno.test("UniversalQueue takes back what was on its way to a worker whose call is over", async () => {
  const queue = new UniversalQueue<number>();
  using _alive = keepAlive();
  const there = far(queue);
  const lost = assertRejects(() => there.get(), Error, "is over");
  await arrive();
  assertEquals(queue.statistics().getting, 1);
  queue.putNowait(1);
  there[Symbol.dispose]();
  assertEquals([queue.size(), queue.getNowait(), queue.statistics().waiting], [1, 1, 0]);
  await lost;
  assertQuiet();
});

Deno.test("UniversalQueue has what a worker put just before its call was over", async () => {
  const queue = new UniversalQueue<number>();
  const there = far(queue);
  for (const item of [1, 2, 3]) await there.put(item);
  there[Symbol.dispose]();
  assertEquals([await queue.get(), await queue.get(), await queue.get()], [1, 2, 3]);
});

Deno.test("UniversalQueue.put() in a worker waits for room, in line with tasks", async () => {
  const queue = new UniversalQueue<number>(1);
  using there = far(queue);
  await there.put(1);
  const second = there.put(2);
  await arrive();
  const trace: number[] = [];
  await run(async () => {
    const third = spawn(() => queue.put(3));
    await reach(third, "QUEUE_PUT");
    assertEquals([queue.full(), there.full(), queue.statistics().putting], [true, true, 2]);
    for (let n = 0; n < 3; n++) trace.push(await queue.get());
    await third.join();
  });
  await second;
  assertEquals(trace, [1, 2, 3]);
});

Deno.test("UniversalQueue gives up the room it promised to a worker whose call is over", async () => {
  const queue = new UniversalQueue<number>(1);
  using _alive = keepAlive();
  const there = far(queue);
  queue.putNowait(1);
  const never = assertRejects(() => there.put(2), Error, "is over");
  await arrive();
  assertEquals(queue.getNowait(), 1);
  assert(queue.full());
  there[Symbol.dispose]();
  assertEquals([queue.full(), queue.size()], [false, 0]);
  queue.putNowait(3);
  await never;
});

Deno.test("UniversalQueue.put() of a task goes on when a worker has taken an item on loan", async () => {
  const queue = new UniversalQueue<number>(2);
  for (const item of [1, 2]) queue.putNowait(item);
  using there = far(queue);
  assertEquals(await there.get(), 1);
  queue.putNowait(3);
  await run(async () => {
    const putter = spawn(() => queue.put(4));
    await reach(putter, "QUEUE_PUT");
    assertEquals(await there.get(), 2);
    await putter.join();
  });
  assertEquals([await there.get(), await there.get()], [3, 4]);
});

Deno.test("UniversalQueue.get() in a worker rejects for an item that cannot travel, which stays", async () => {
  const queue = new UniversalQueue<unknown>();
  const item = () => {};
  queue.putNowait("first");
  queue.putNowait(item);
  using there = far(queue);
  assertEquals(await there.get(), "first");
  await assertRejects(() => there.get(), DOMException);
  assertEquals(queue.getNowait(), item);
});

Deno.test("UniversalQueue.put() in a worker rejects for an item that cannot travel", async () => {
  const queue = new UniversalQueue<unknown>(1);
  using there = far(queue);
  await assertRejects(() => there.put(() => {}), DOMException);
  assertEquals([queue.size(), queue.full()], [0, false]);
  queue.putNowait(1);
  const waiting = assertRejects(() => there.put(() => {}), DOMException);
  await arrive();
  queue.getNowait();
  await waiting;
  await arrive();
  assertEquals(queue.full(), false);
});

Deno.test("UniversalQueue.join() and taskDone() count across workers", async () => {
  const queue = new UniversalQueue<number>();
  using there = far(queue);
  await there.put(1);
  queue.putNowait(2);
  const joined = [there.join(), queue.join()];
  there.taskDone();
  queue.taskDone();
  await Promise.all(joined);
  assertThrows(() => there.taskDone(), Error, "more often");
});

Deno.test("UniversalQueue.getNowait() and putNowait() in a worker never wait", async () => {
  const queue = new UniversalQueue<number>(2);
  using there = far(queue);
  assertThrows(() => there.getNowait(), Error, "at once");
  there.putNowait(1);
  there.putNowait(2);
  assertThrows(() => there.putNowait(3), Error, "full");
  assertEquals([queue.getNowait(), await there.get(), there.empty()], [1, 2, true]);
});

Deno.test("UniversalQueue loses nothing between tasks and workers that take turns at random", async () => {
  const queue = new UniversalQueue<number>();
  using one = far(queue);
  using two = far(queue);
  const got: number[] = [];
  const takers = [queue, one, two].map(async (end) => {
    for (;;) {
      const item = await end.get();
      if (item < 0) return;
      got.push(item);
      if (item % 7 === 0) await hostTurn();
    }
  });
  for (let n = 0; n < 999; n++) {
    await [queue, one, two][n % 3].put(n);
    if (n % 50 === 0) await hostTurn();
  }
  await arrive();
  for (const end of [queue, queue, queue]) await end.put(-1);
  await Promise.all(takers);
  assertEquals(got.sort((a, b) => a - b), Array.from({ length: 999 }, (_, n) => n));
});
