import { assert, assertEquals, assertLess, assertRejects, assertStrictEquals } from "@std/assert";
import { Wait } from "../../kernel/wait.ts";
import { WaitQueue } from "../../kernel/wait_queue.ts";
import {
  CancelScope,
  CurioError,
  disableCancellation,
  run,
  schedule,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

const STATE = "EVENT_WAIT";

/** A task that waits in `queue`, and whose result is what it was handed. */
function waiter(queue: WaitQueue<string>, data?: unknown): Task<string> {
  return spawn(() => queue.suspend("test", STATE, data));
}

/** As many tasks that wait in `queue`, in this order. */
async function waiters(queue: WaitQueue<string>, count: number): Promise<Task<string>[]> {
  const tasks = Array.from({ length: count }, (_, place) => waiter(queue, place));
  await reachAll(tasks, STATE);
  return tasks;
}

/** The places, by `data`, of those who wait. */
function places(queue: WaitQueue<string>): unknown[] {
  return [...queue].map((wait) => wait.data);
}

Deno.test("WaitQueue starts empty", () => {
  const queue = new WaitQueue<string>();
  assertEquals([queue.length, queue.first, queue.shift(), [...queue]], [0, null, null, []]);
});

Deno.test("WaitQueue.suspend() puts the task at the end, with its data", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const tasks = await waiters(queue, 3);
    assertEquals([queue.length, places(queue), queue.first!.data], [3, [0, 1, 2], 0]);
    queue.wakeAll("");
    for (const task of tasks) await task.join();
  });
});

Deno.test("WaitQueue.wakeOne() hands its value to the first, and tells whether somebody waited", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const [first, second] = await waiters(queue, 2);
    assertEquals([queue.wakeOne("one"), queue.wakeOne("two")], [true, true]);
    assertEquals([queue.wakeOne("three"), queue.length], [false, 0]);
    assertEquals([await first.join(), await second.join()], ["one", "two"]);
  });
});

Deno.test("WaitQueue.wakeOne() runs no task before it returns", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new WaitQueue<string>();
    const task = spawn(async () => void trace.push(await queue.suspend("test", STATE)));
    await reach(task, STATE);
    queue.wakeOne("woken");
    trace.push("wakeOne() returned");
    await Promise.resolve();
    trace.push("a microtask later");
    await task.join();
  });
  assertEquals(trace, ["wakeOne() returned", "a microtask later", "woken"]);
});

Deno.test("WaitQueue.wakeAll() wakes those who wait now, in order", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new WaitQueue<string>();
    const tasks = [0, 1, 2].map((place) =>
      spawn(async () => {
        for (let round = 0; round < 2; round++) {
          trace.push(`${place} ${await queue.suspend("test", STATE)}`);
        }
      })
    );
    await reachAll(tasks, STATE);
    queue.wakeAll("first round");
    await schedule();
    await reachAll(tasks, STATE);
    assertEquals(queue.length, 3);
    queue.wakeAll("second round");
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, [
    ...[0, 1, 2].map((place) => `${place} first round`),
    ...[0, 1, 2].map((place) => `${place} second round`),
  ]);
});

Deno.test("WaitQueue.failAll() rejects everybody who waits with the error", async () => {
  const failure = new Error("closed");
  await run(async () => {
    const queue = new WaitQueue<string>();
    const outcomes = [0, 1].map(() =>
      spawn(() => queue.suspend("test", STATE).catch((error: unknown) => error))
    );
    await reachAll(outcomes, STATE);
    queue.failAll(failure);
    assertEquals(queue.length, 0);
    for (const task of outcomes) assertStrictEquals(await task.join(), failure);
  });
});

Deno.test("WaitQueue.wakeAll() and failAll() of an empty queue do nothing", () => {
  const queue = new WaitQueue<string>();
  queue.wakeAll("");
  queue.failAll(new Error());
  assertEquals(queue.length, 0);
});

Deno.test("WaitQueue.shift() takes out the first, to be woken by the caller", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const [first, second] = await waiters(queue, 2);
    const wait = queue.shift()!;
    assertEquals([wait.data, places(queue)], [0, [1]]);
    queue.wakeOne("second");
    wait.wake("first");
    assertEquals([await first.join(), await second.join()], ["first", "second"]);
  });
});

Deno.test("WaitQueue loses the first, a middle or the last to a cancellation, and no other", async () => {
  for (const victim of [0, 1, 2, 3]) {
    await run(async () => {
      const queue = new WaitQueue<string>();
      const tasks = await waiters(queue, 4);
      await tasks[victim].cancel();
      const rest = [0, 1, 2, 3].filter((place) => place !== victim);
      assertEquals([queue.length, places(queue)], [3, rest]);
      for (const place of rest) queue.wakeOne(`for ${place}`);
      assertEquals([queue.length, queue.first], [0, null]);
      for (const place of rest) assertEquals(await tasks[place].join(), `for ${place}`);
    });
  }
});

Deno.test("WaitQueue stays in order whatever the order of cancellations and arrivals", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const tasks = new Map<unknown, Task<string>>();
    let model: number[] = [];
    // A fixed sequence that looks random: multiplicative hashing.
    for (let step = 1; step <= 300; step++) {
      const dice = (step * 2654435761) >>> 16;
      if (dice % 3 !== 0 || model.length === 0) {
        tasks.set(step, waiter(queue, step));
        await reach(tasks.get(step)!, STATE);
        model.push(step);
      } else if (dice % 2 === 0) {
        const victim = model[dice % model.length];
        await tasks.get(victim)!.cancel();
        model = model.filter((place) => place !== victim);
      } else {
        const first = model.shift()!;
        assert(queue.wakeOne(`${first}`));
        assertEquals(await tasks.get(first)!.join(), `${first}`);
      }
      assertEquals([queue.length, places(queue)], [model.length, model]);
    }
    queue.wakeAll("");
  });
});

Deno.test("WaitQueue emptied by cancellations can be used again", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    for (const task of (await waiters(queue, 3)).reverse()) await task.cancel();
    assertEquals([queue.length, queue.first, places(queue)], [0, null, []]);
    const [again] = await waiters(queue, 1);
    queue.wakeOne("again");
    assertEquals(await again.join(), "again");
  });
});

Deno.test("WaitQueue.suspend() with a cancellation pending never enters", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const task = waiter(queue);
    await task.cancel({ blocking: false });
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(queue.length, 0);
  });
});

Deno.test("WaitQueue.suspend() cancelled before it is woken gets nothing: the next one does", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const [first, second] = await waiters(queue, 2);
    await first.cancel({ blocking: false });
    queue.wakeOne("the only one");
    await first.wait();
    assert(first.exception instanceof TaskCancelled);
    assertEquals(await second.join(), "the only one");
  });
});

Deno.test("WaitQueue.suspend() cancelled after it was woken keeps its value", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new WaitQueue<string>();
    const task = spawn(async () => {
      trace.push(await queue.suspend("test", STATE));
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, STATE);
    queue.wakeOne("mine");
    await task.cancel();
  });
  assertEquals(trace, ["mine", "cancelled at the next blocking point"]);
});

Deno.test("WaitQueue.suspend() cancelled after it failed keeps the failure", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new WaitQueue<string>();
    const task = spawn(async () => {
      await queue.suspend("test", STATE).catch((error: Error) => trace.push(error.message));
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, STATE);
    queue.failAll(new Error("closed"));
    await task.cancel();
  });
  assertEquals(trace, ["closed", "cancelled at the next blocking point"]);
});

Deno.test("WaitQueue.suspend() out of time leaves, and the wake-up goes to the next", async () => {
  await virtually(async () => {
    const queue = new WaitQueue<string>();
    const late = spawn(() => timeoutAfter(0.001, () => queue.suspend("test", STATE)));
    const [next] = await waiters(queue, 1);
    await late.wait();
    assert(late.exception instanceof TaskTimeout);
    queue.wakeOne("next");
    assertEquals([await next.join(), queue.length], ["next", 0]);
  });
});

Deno.test("WaitQueue.suspend() woken just before its deadline passes keeps its value", async () => {
  await virtually(async () => {
    const queue = new WaitQueue<string>();
    const task = spawn(() => timeoutAfter(0.002, () => queue.suspend("test", STATE)));
    await reach(task, STATE);
    queue.wakeOne("in time");
    const start = performance.now();
    while (performance.now() - start < 4);
    assertEquals(await task.join(), "in time");
  });
});

Deno.test("WaitQueue.suspend() behind a shield is not cancelled", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const task = spawn(() => disableCancellation(() => queue.suspend("test", STATE)));
    await reach(task, STATE);
    await task.cancel({ blocking: false });
    assertEquals(queue.length, 1);
    queue.wakeOne("shielded");
    assertEquals(await task.join(), "shielded");
  });
});

Deno.test("WaitQueue holds several waits of one task, and a cancellation takes out all", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const both = spawn(() =>
      Promise.all([queue.suspend("test", STATE, "a"), queue.suspend("test", STATE, "b")])
    );
    await reach(both, STATE);
    const [other] = await waiters(queue, 1);
    assertEquals(places(queue), ["a", "b", 0]);
    await both.cancel();
    assertEquals(places(queue), [0]);
    queue.wakeOne("other");
    await other.join();
  });
});

Deno.test("WaitQueue loses only the waits inside the scope that is cancelled", async () => {
  await run(async () => {
    const queue = new WaitQueue<string>();
    const scope = new CancelScope();
    const task = spawn(async () =>
      await Promise.all([
        queue.suspend("test", STATE, "outside"),
        scope.run(() => queue.suspend("test", STATE, "inside")),
      ])
    );
    await reach(task, STATE);
    assertEquals(places(queue), ["outside", "inside"]);
    scope.cancel();
    assertEquals(places(queue), ["outside"]);
    queue.wakeOne("kept");
    assertEquals(await task.join(), ["kept", undefined]);
  });
});

Deno.test("WaitQueue.suspend() forgotten by its task is undone: nothing goes to it", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const queue = new WaitQueue<string>();
    await spawn(async () => {
      void queue.suspend("forgotten", STATE);
      await schedule();
    }).join();
    assertEquals([queue.length, queue.wakeOne("lost?")], [0, false]);
  });
  assertEquals(log.texts("warn").length, 1);
});

Deno.test("WaitQueue.suspend() rejects outside a task, and does not enter", async () => {
  const queue = new WaitQueue<string>();
  const error = await assertRejects(() => queue.suspend("Thing.wait()", STATE), CurioError);
  assert(error.message.startsWith("Thing.wait() outside a task: "));
  assertEquals(queue.length, 0);
});

Deno.test("WaitQueue.remove() takes out a wait in constant time", () => {
  // From the back: a scan from the front would take 5 000 000 000 steps.
  const queue = new WaitQueue<void>();
  const waits = Array.from(
    { length: 100_000 },
    () => new Wait<void>(null, "test", STATE, queue, false),
  );
  for (const wait of waits) queue.enroll(wait);
  const start = performance.now();
  for (const wait of waits.reverse()) queue.remove(wait);
  assertLess(performance.now() - start, 1000);
  assertEquals([queue.length, queue.first], [0, null]);
});
