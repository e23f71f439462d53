import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  Kernel,
  Queue,
  QueueEmpty,
  QueueFull,
  run,
  schedule,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

/** A task that notes each item it gets, under its name. */
function getter(trace: string[], queue: Queue<string>, name: string): Task<void> {
  return spawn(async () => void trace.push(`${name} got ${await queue.get()}`));
}

/** Tasks that wait in `get`, in this order. */
async function getters(trace: string[], queue: Queue<string>, ...names: string[]): Promise<Task[]> {
  const tasks = names.map((name) => getter(trace, queue, name));
  await reachAll(tasks, "QUEUE_GET");
  return tasks;
}

/** Tasks that wait in `put`, each with its item, in this order. */
async function putters(queue: Queue<string>, ...items: string[]): Promise<Task[]> {
  const tasks = items.map((item) => spawn(() => queue.put(item)));
  await reachAll(tasks, "QUEUE_PUT");
  return tasks;
}

/** All items that can be got at once. */
function drain<T>(queue: Queue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

function fullQueue(...items: string[]): Queue<string> {
  const queue = new Queue<string>(items.length);
  for (const item of items) queue.putNowait(item);
  return queue;
}

// -- Items in order

Deno.test("Queue gives its items first in, first out", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    for (let n = 0; n < 100; n++) await queue.put(n);
    for (let n = 0; n < 100; n++) assertEquals(await queue.get(), n);
  });
});

Deno.test("Queue keeps any value, undefined and null too", async () => {
  await run(async () => {
    const queue = new Queue<unknown>();
    const waiting = spawn(() => queue.get());
    await reach(waiting, "QUEUE_GET");
    for (const item of [undefined, null, 0]) queue.putNowait(item);
    assertEquals([await waiting.join(), await queue.get(), queue.getNowait()], [
      undefined,
      null,
      0,
    ]);
    assert(queue.empty());
  });
});

Deno.test("Queue tells its size, and whether it is empty or full", () => {
  const queue = new Queue<string>(2);
  const states: unknown[] = [];
  const note = () => states.push([queue.size(), queue.empty(), queue.full()]);
  note();
  queue.putNowait("a");
  note();
  queue.putNowait("b");
  note();
  queue.getNowait();
  note();
  assertEquals(states, [[0, true, false], [1, false, false], [2, false, true], [1, false, false]]);
});

Deno.test("Queue without maxsize is never full", () => {
  for (const queue of [new Queue<number>(), new Queue<number>(0), new Queue<number>(Infinity)]) {
    for (let n = 0; n < 5000; n++) queue.putNowait(n);
    assertEquals([queue.full(), queue.size()], [false, 5000]);
  }
});

Deno.test("Queue refuses a maxsize that is negative or no whole number", () => {
  for (const maxsize of [-1, 1.5, NaN, -Infinity]) {
    const error = assertThrows(() => new Queue(maxsize), RangeError);
    assertAdvice(error, new RegExp(`${maxsize}`));
  }
});

// -- get

Deno.test("Queue.get() hands items to waiters first come, first served", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const tasks = await getters(trace, queue, "Max", "Lillian", "Thomas");
    for (const item of ["ball", "book", "bike"]) await queue.put(item);
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["Max got ball", "Lillian got book", "Thomas got bike"]);
});

Deno.test("Queue hands an item to the first who waits: nobody who comes later can take it", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const [patient] = await getters(trace, queue, "patient");
    queue.putNowait("ball");
    assertEquals([queue.size(), queue.empty()], [0, true]);
    assertThrows(() => queue.getNowait(), QueueEmpty);
    const pushy = getter(trace, queue, "pushy");
    await patient.join();
    await reach(pushy, "QUEUE_GET");
    queue.putNowait("book");
    await pushy.join();
  });
  assertEquals(trace, ["patient got ball", "pushy got book"]);
});

Deno.test("Queue.get() that finds an item is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = fullQueue("ball");
    const task = spawn(async () => {
      trace.push(await queue.get());
      await queue.get().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
  });
  assertEquals(trace, ["ball", "cancelled at the next blocking point"]);
});

Deno.test("Queue.get() with a cancellation pending takes nothing", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const task = spawn(() => queue.get());
    await task.cancel({ blocking: false });
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
    queue.putNowait("ball");
    assertEquals(drain(queue), ["ball"]);
  });
});

Deno.test("Queue.get() cancelled just before an item comes takes nothing: the next one gets it", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const [first, second] = await getters(trace, queue, "first", "second");
    await first.cancel({ blocking: false });
    queue.putNowait("ball");
    await second.join();
    assertEquals([queue.size(), queue.statistics().getting], [0, 0]);
  });
  assertEquals(trace, ["second got ball"]);
});

Deno.test("Queue.get() cancelled while it waits takes nothing", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const [task] = await getters([], queue, "gone");
    await task.cancel();
    assertEquals(queue.statistics().getting, 0);
    queue.putNowait("ball");
    assertEquals(drain(queue), ["ball"]);
  });
});

Deno.test("Queue.get() cancelled just after it was handed an item keeps it", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      trace.push(await queue.get());
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "QUEUE_GET");
    queue.putNowait("ball");
    await task.cancel();
    assertEquals(drain(queue), []);
  });
  assertEquals(trace, ["ball", "cancelled at the next blocking point"]);
});

Deno.test("Queue.get() out of time takes nothing", async () => {
  await virtually(async () => {
    const queue = new Queue<string>();
    await assertRejects(() => timeoutAfter(0.001, () => queue.get()), TaskTimeout);
    await queue.put("ball");
    assertEquals(drain(queue), ["ball"]);
  });
});

Deno.test("Queue.get() handed an item just before its deadline passes returns it", async () => {
  await virtually(async () => {
    const queue = new Queue<string>();
    const task = spawn(() => timeoutAfter(0.002, () => queue.get()));
    await reach(task, "QUEUE_GET");
    queue.putNowait("ball");
    const start = performance.now();
    while (performance.now() - start < 4);
    assertEquals(await task.join(), "ball");
  });
});

Deno.test("Queue.get() that a task forgot to await is undone: the item stays", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const queue = new Queue<string>();
    await spawn(async () => {
      void queue.get();
      await schedule();
    }).join();
    queue.putNowait("ball");
    assertEquals(drain(queue), ["ball"]);
  });
  assert(log.texts("warn")[0].includes("Queue.get()"));
});

Deno.test("Queue.getNowait() of an empty queue throws QueueEmpty", () => {
  const error = assertThrows(() => new Queue<string>().getNowait(), QueueEmpty);
  assertInstanceOf(error, CurioError);
  assertEquals(error.name, "QueueEmpty");
  assertAdvice(error, /empty/);
});

// -- put

Deno.test("Queue.put() of a full queue waits for room, first come, first served", async () => {
  await run(async () => {
    const queue = fullQueue("a", "b");
    const tasks = await putters(queue, "c", "d", "e");
    const items: string[] = [];
    for (let n = 0; n < 5; n++) items.push(await queue.get());
    assertEquals(items, ["a", "b", "c", "d", "e"]);
    for (const task of tasks) await task.join();
  });
});

Deno.test("Queue.get() lets the first putter in at once: nobody can slip in between", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const [patient] = await putters(queue, "patient");
    assertEquals(queue.getNowait(), "a");
    assertEquals([queue.full(), queue.size()], [true, 1]);
    assertThrows(() => queue.putNowait("pushy"), QueueFull);
    await patient.join();
    assertEquals(drain(queue), ["patient"]);
  });
});

Deno.test("Queue.put() with room is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>(1);
    const task = spawn(async () => {
      await queue.put("a");
      trace.push("put a");
      await queue.put("b").catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
    trace.push(...drain(queue));
  });
  assertEquals(trace, ["put a", "cancelled at the next blocking point", "a"]);
});

Deno.test("Queue.put() does not run the getter before it returns", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const [task] = await getters(trace, queue, "getter");
    queue.putNowait("ball");
    trace.push("putNowait() returned");
    await task.join();
  });
  assertEquals(trace, ["putNowait() returned", "getter got ball"]);
});

Deno.test("Queue.put() with a cancellation pending adds nothing", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const task = spawn(() => queue.put("b"));
    await task.cancel({ blocking: false });
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
    assertEquals([drain(queue), queue.statistics().unfinished], [["a"], 1]);
  });
});

Deno.test("Queue.put() cancelled just before there is room adds nothing: the next one's item does", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const [first, second] = await putters(queue, "first", "second");
    await first.cancel({ blocking: false });
    assertEquals(queue.getNowait(), "a");
    await second.join();
    assertEquals(drain(queue), ["second"]);
  });
});

Deno.test("Queue.put() cancelled while it waits adds nothing, wherever it stood in line", async () => {
  for (const victim of ["b", "c", "d"]) {
    await run(async () => {
      const queue = fullQueue("a");
      const tasks = await putters(queue, "b", "c", "d");
      await tasks["bcd".indexOf(victim)].cancel();
      assertEquals(queue.statistics().putting, 2);
      assertEquals(drain(queue), ["a", "b", "c", "d"].filter((item) => item !== victim));
      assertEquals(queue.statistics(), {
        waiting: 0,
        size: 0,
        getting: 0,
        putting: 0,
        joining: 0,
        unfinished: 3,
      });
    });
  }
});

Deno.test("Queue.put() cancelled just after there was room has put its item", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = fullQueue("a");
    const task = spawn(async () => {
      await queue.put("b");
      trace.push("put");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "QUEUE_PUT");
    queue.getNowait();
    await task.cancel();
    assertEquals(drain(queue), ["b"]);
  });
  assertEquals(trace, ["put", "cancelled at the next blocking point"]);
});

Deno.test("Queue.put() out of time adds nothing", async () => {
  await virtually(async () => {
    const queue = fullQueue("a");
    await assertRejects(() => timeoutAfter(0.001, () => queue.put("b")), TaskTimeout);
    assertEquals(drain(queue), ["a"]);
  });
});

Deno.test("Queue.put() that a task forgot to await is undone: the item is not put", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const queue = fullQueue("a");
    await spawn(async () => {
      void queue.put("forgotten");
      await schedule();
    }).join();
    assertEquals([drain(queue), queue.statistics().unfinished], [["a"], 1]);
  });
  assert(log.texts("warn")[0].includes("Queue.put()"));
});

Deno.test("Queue.putNowait() of a full queue throws QueueFull, and adds nothing", () => {
  const queue = fullQueue("a");
  const error = assertThrows(() => queue.putNowait("b"), QueueFull);
  assertInstanceOf(error, CurioError);
  assertEquals(error.name, "QueueFull");
  assertAdvice(error, /full/);
  assertEquals([drain(queue), queue.statistics().unfinished], [["a"], 1]);
});

Deno.test("Queue.putNowait() from a callback of the host reaches a task that waits", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    setTimeout(() => queue.putNowait("from outside"), 0);
    assertEquals(await queue.get(), "from outside");
  });
});

Deno.test("Queue.getNowait() from a callback of the host makes room for a task that waits", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const got: string[] = [];
    setTimeout(() => got.push(queue.getNowait()), 0);
    await queue.put("b");
    assertEquals([got, drain(queue)], [["a"], ["b"]]);
  });
});

Deno.test("Queue.putNowait() between two runs reaches a task that waits, in the next", async () => {
  const trace: string[] = [];
  const queue = new Queue<string>();
  await using kernel = new Kernel();
  const task = await kernel.run(async () => (await getters(trace, queue, "background"))[0]);
  queue.putNowait("ball");
  await new Promise((resolve) => setTimeout(resolve, 0));
  trace.push("next run");
  await kernel.run(() => task.join());
  assertEquals(trace, ["next run", "background got ball"]);
});

// -- join

Deno.test("Queue.join() waits until every item is done with", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = fullQueue("a", "b");
    const joiner = spawn(async () => {
      await queue.join();
      trace.push("joined");
    });
    await reach(joiner, "QUEUE_JOIN");
    for (const item of drain(queue)) {
      trace.push(`${item} done`);
      queue.taskDone();
      await schedule();
    }
    await joiner.join();
  });
  assertEquals(trace, ["a done", "b done", "joined"]);
});

Deno.test("Queue.join() wakes every task that waits in it", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const joiners = [1, 2].map(() => spawn(() => queue.join()));
    await reachAll(joiners, "QUEUE_JOIN");
    queue.taskDone();
    for (const joiner of joiners) await joiner.join();
  });
});

Deno.test("Queue.join() of a queue with nothing to do is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      await queue.join();
      trace.push("joined");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
  });
  assertEquals(trace, ["joined", "cancelled at the next blocking point"]);
});

Deno.test("Queue.join() counts an item handed over to a task that waited", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const [task] = await getters([], queue, "worker");
    queue.putNowait("ball");
    await task.join();
    const joiner = spawn(() => queue.join());
    await reach(joiner, "QUEUE_JOIN");
    queue.taskDone();
    await joiner.join();
  });
});

Deno.test("Queue.join() does not count an item that still waits for room", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const [putter] = await putters(queue, "b");
    assertEquals(queue.statistics().unfinished, 1);
    queue.getNowait();
    assertEquals(queue.statistics().unfinished, 2);
    await putter.join();
  });
});

Deno.test("Queue.join() cancelled before, during and just after", async () => {
  const ends: unknown[] = [];
  await run(async () => {
    const queue = fullQueue("a");
    const before = spawn(() => queue.join());
    await before.cancel({ blocking: false });
    const during = spawn(() => queue.join());
    await before.wait();
    await reach(during, "QUEUE_JOIN");
    await during.cancel();
    const after = spawn(async () => {
      await queue.join();
      return "joined";
    });
    await reach(after, "QUEUE_JOIN");
    assertEquals(queue.statistics().joining, 1);
    queue.taskDone();
    await after.cancel();
    for (const task of [before, during]) ends.push(task.exception instanceof TaskCancelled);
    ends.push(after.result);
  });
  assertEquals(ends, [true, true, "joined"]);
});

Deno.test("Queue.taskDone() more often than items were put throws CurioError", () => {
  const queue = fullQueue("a");
  queue.taskDone();
  const error = assertThrows(() => queue.taskDone(), CurioError);
  assertAdvice(error, /taskDone\(\)/);
});

Deno.test("Queue between producers and consumers loses and doubles nothing", async () => {
  const got: number[] = [];
  await run(async () => {
    const queue = new Queue<number>(3);
    const consumers = [1, 2, 3].map(() =>
      spawn(async () => {
        for await (const item of queue) {
          got.push(item);
          if (item % 7 === 0) await schedule();
          queue.taskDone();
        }
      })
    );
    const producers = [0, 1, 2, 3].map((k) =>
      spawn(async () => {
        for (let n = 0; n < 250; n++) await queue.put(k * 250 + n);
      })
    );
    for (const producer of producers) await producer.join();
    await queue.join();
    for (const consumer of consumers) await consumer.cancel();
  });
  assertEquals(got.toSorted((a, b) => a - b), Array.from({ length: 1000 }, (_, n) => n));
});

Deno.test("Queue loses nothing to getters and putters that are cancelled all the time", async () => {
  const got: number[] = [];
  await run(async () => {
    const queue = new Queue<number>(2);
    let put = 0;
    for (let round = 0; round < 200; round++) {
      const putter = spawn(async () => {
        for (let n = 0; n < 4; n++) {
          await queue.put(put);
          put++;
        }
      });
      const getter = spawn(async () => {
        for (let n = 0; n < 4; n++) got.push(await queue.get());
      });
      for (let turn = 0; turn < round % 5; turn++) await schedule();
      await (round % 2 === 0 ? putter : getter).cancel();
      await (round % 2 === 0 ? getter : putter).cancel();
    }
    got.push(...drain(queue));
    assertEquals(got, Array.from({ length: put }, (_, n) => n));
    assert(put > 200);
    assertEquals(queue.statistics().waiting, 0);
  });
});

// -- Iteration and the rest

Deno.test("for await of a Queue gets items without end, until it is left", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const reader = spawn(async () => {
      for await (const item of queue) {
        if (item === "stop") break;
        trace.push(item);
      }
      trace.push("left");
    });
    for (const item of ["a", "b", "stop", "c"]) await queue.put(item);
    await reader.join();
    trace.push(...drain(queue));
  });
  assertEquals(trace, ["a", "b", "left", "c"]);
});

Deno.test("for await of a Queue is cancelled where it waits", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const reader = spawn(async () => {
      for await (const _item of queue);
    });
    await reach(reader, "QUEUE_GET");
    await reader.cancel();
    assert(reader.exception instanceof TaskCancelled);
    assertEquals(queue.statistics().getting, 0);
  });
});

Deno.test("Queue's iterator made in one task can be used by another", async () => {
  await run(async () => {
    const queue = fullQueue("a");
    const iterator = queue[Symbol.asyncIterator]();
    assertEquals((await iterator.next()).value, "a");
    const reader = spawn({ name: "reader" }, async () => (await iterator.next()).value);
    await reach(reader, "QUEUE_GET");
    queue.putNowait("b");
    assertEquals(await reader.join(), "b");
  });
});

Deno.test("Queue's waits reject outside a task, and do nothing", async () => {
  const queue = fullQueue("a");
  const roomy = new Queue<string>();
  const calls = {
    "Queue.get()": [() => queue.get(), () => roomy.get()],
    "Queue.put()": [() => queue.put("b"), () => roomy.put("b")],
    "Queue.join()": [() => queue.join(), () => roomy.join()],
  };
  for (const [name, both] of Object.entries(calls)) {
    for (const call of both) {
      const error = await assertRejects(call as () => Promise<unknown>, CurioError);
      assert(error.message.startsWith(`${name} outside a task: `), error.message);
    }
  }
  assertEquals([drain(queue), drain(roomy), queue.statistics().waiting], [["a"], [], 0]);
});

Deno.test("Queue tells in statistics() and in print who waits for what", async () => {
  await run(async () => {
    const queue = fullQueue("a", "b");
    await putters(queue, "c");
    await reach(spawn(() => queue.join()), "QUEUE_JOIN");
    assertEquals(queue.statistics(), {
      waiting: 2,
      size: 2,
      getting: 0,
      putting: 1,
      joining: 1,
      unfinished: 2,
    });
    assertEquals(Deno.inspect(queue), "Queue [2 of 2 items, 0 getting, 1 putting]");
    assertEquals(Deno.inspect(new Queue()), "Queue [0 items, 0 getting, 0 putting]");
  });
});
