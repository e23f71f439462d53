/** Universal objects in the workers of `runInThread`. */
import { assertEquals, assertRejects } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import {
  CurioError,
  run,
  runInThread,
  spawn,
  TaskGroup,
  UniversalEvent,
  UniversalQueue,
  UniversalResult,
} from "../../mod.ts";
import { reach } from "../helpers/reach.ts";

async function produce(queue: UniversalQueue<number>, from: number, to: number) {
  for (let n = from; n < to; n++) await queue.put(n);
}

async function consume(queue: UniversalQueue<number>): Promise<number[]> {
  const got: number[] = [];
  for (;;) {
    const item = await queue.get();
    if (item < 0) return got;
    got.push(item);
    queue.taskDone();
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const sorted = (items: number[]) => items.sort((a, b) => a - b);

Deno.test("UniversalQueue carries items from a worker to a task, in order", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    const producing = spawn(() => runInThread(produce, queue, 0, 5000));
    for (let n = 0; n < 5000; n++) assertEquals(await queue.get(), n);
    await producing.join();
    assertEquals([queue.size(), queue.statistics().waiting], [0, 0]);
  });
  assertQuiet();
});

Deno.test("UniversalQueue carries items from a task to a worker, in order", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>(10);
    const consuming = spawn(() => runInThread(consume, queue));
    for (let n = 0; n < 2000; n++) await queue.put(n);
    await queue.join();
    await queue.put(-1);
    assertEquals(await consuming.join(), upTo(2000));
  });
  assertQuiet();
});

Deno.test("UniversalQueue between workers and tasks loses no item and gives none twice", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>(50);
    const consumers = new TaskGroup<number[]>();
    await consumers.run(async (group) => {
      for (const _ of [1, 2]) group.spawn(() => runInThread(consume, queue));
      group.spawn(consume, queue);
      await new TaskGroup().run((producers) => {
        for (const n of [0, 1, 2]) {
          producers.spawn(() => runInThread(produce, queue, n * 500, n * 500 + 500));
        }
        producers.spawn(produce, queue, 1500, 2000);
      });
      for (const _ of [1, 2, 3]) await queue.put(-1);
    });
    assertEquals(sorted(consumers.results.flat()), upTo(2000));
  });
  assertQuiet();
});

Deno.test("UniversalQueue has everything a worker put, in order, as soon as its call is over", async () => {
  await run(async () => {
    const queue = new UniversalQueue<{ n: number }>();
    for (let round = 0; round < 300; round++) {
      await runInThread(async (queue) => {
        for (let n = 0; n < 5; n++) {
          await queue.put({ n });
          await new Promise((resolve) => void setImmediate(resolve));
        }
      }, queue);
      const got: number[] = [];
      while (!queue.empty()) got.push(queue.getNowait().n);
      assertEquals(got, upTo(5));
    }
  });
  assertQuiet();
});

Deno.test("UniversalQueue has the items a worker put before it died", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    const dying = runInThread(async (queue) => {
      for (let n = 0; n < 100; n++) await queue.put(n);
      Deno.exit(1);
    }, queue);
    await assertRejects(() => dying, CurioError, "exited");
    const got: number[] = [];
    while (!queue.empty()) got.push(queue.getNowait());
    assertEquals(got, upTo(100));
  });
  assertQuiet();
});

Deno.test("UniversalQueue gives to the next what a worker died without taking", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    for (const n of upTo(10)) queue.putNowait(n);
    const dying = runInThread(async (queue) => {
      await queue.get();
      Deno.exit(1);
    }, queue);
    await assertRejects(() => dying, CurioError, "exited");
    const got: number[] = [];
    while (!queue.empty()) got.push(await queue.get());
    assertEquals(got, upTo(10).slice(1));
  });
  assertQuiet();
});

Deno.test("UniversalQueue takes a worker that died out of the line", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>();
    const dying = runInThread(async (queue) => {
      void queue.get();
      await new Promise((resolve) => setTimeout(resolve, 20));
      Deno.exit(1);
    }, queue);
    await assertRejects(() => dying, CurioError, "exited");
    queue.putNowait(1);
    assertEquals([await queue.get(), queue.statistics().waiting], [1, 0]);
  });
  assertQuiet();
});

Deno.test("UniversalQueue keeps the rest when a call was cancelled and its worker was ended", async () => {
  const queue = new UniversalQueue<number>();
  await run(async () => {
    for (const n of upTo(100)) queue.putNowait(n);
    const ready = new UniversalEvent();
    const call = spawn(() =>
      runInThread(
        async (queue, ready) => {
          await queue.get();
          ready.set();
          for (;;);
        },
        queue,
        ready,
      )
    );
    await ready.wait();
    await call.cancel();
  });
  const got: number[] = [];
  while (!queue.empty()) got.push(queue.getNowait());
  assertEquals(got, upTo(100).slice(1));
  assertQuiet();
});

Deno.test("UniversalQueue inside another argument is refused, and says how to pass it", async () => {
  const queue = new UniversalQueue<number>();
  await run(async () => {
    for (const argument of [[queue], { queue }]) {
      const error = await assertRejects(
        () => runInThread((_: unknown) => 1, argument),
        DOMException,
        "argument of its own",
      );
      assertEquals(error.name, "DataCloneError");
    }
  });
  assertQuiet();
});

Deno.test("UniversalEvent set by a worker wakes tasks, and one set by a task wakes workers", async () => {
  await run(async () => {
    const there = new UniversalEvent();
    const back = new UniversalEvent();
    const call = spawn(() =>
      runInThread(
        async (there, back) => {
          const before = there.isSet();
          await there.wait();
          back.set();
          return [before, there.isSet(), back.isSet()];
        },
        there,
        back,
      )
    );
    const waiter = spawn(() => back.wait());
    await reach(waiter, "EVENT_WAIT");
    there.set();
    await waiter.join();
    assertEquals((await call.join()).slice(1), [true, true]);
    assertEquals([there.statistics(), back.statistics()], [{ waiting: 0 }, { waiting: 0 }]);
  });
  assertQuiet();
});

Deno.test("UniversalResult set by a worker brings a value, or an error with its class", async () => {
  await run(async () => {
    const value = new UniversalResult<{ answer: number }>();
    const failure = new UniversalResult<number>();
    const call = spawn(() =>
      runInThread(
        (value, failure) => {
          value.setValue({ answer: 42 });
          failure.setException(new RangeError("too far"));
          return [value.isSet(), failure.isSet()];
        },
        value,
        failure,
      )
    );
    assertEquals(await value.unwrap(), { answer: 42 });
    await assertRejects(() => failure.unwrap(), RangeError, "too far");
    assertEquals(await call.join(), [true, true]);
    assertEquals([value.isSet(), failure.isSet()], [true, true]);
  });
  assertQuiet();
});

Deno.test("UniversalResult set by a task reaches workers, and refuses a second time there too", async () => {
  await run(async () => {
    const result = new UniversalResult<number>();
    const call = spawn(() =>
      runInThread(async (result) => {
        const value = await result.unwrap();
        try {
          result.setValue(8);
        } catch (error) {
          return [value, (error as Error).name, (error as Error).message];
        }
      }, result)
    );
    result.setValue(7);
    assertEquals(await call.join(), [
      7,
      "CurioError",
      "Cannot set a UniversalResult twice: make a new one for each outcome",
    ]);
  });
  assertQuiet();
});
