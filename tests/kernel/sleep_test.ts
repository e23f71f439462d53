import { VirtualClock } from "../../kernel/testing/mod.ts";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  clock,
  CurioError,
  currentTask,
  run,
  schedule,
  sleep,
  spawn,
  TaskCancelled,
} from "../../mod.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { hog, virtually } from "../helpers/virtually.ts";

Deno.test("sleep() lasts as long as told, and returns the clock on waking", async () => {
  await virtually(async () => {
    const start = clock();
    const woke = await sleep(0.005);
    assertGreaterOrEqual(woke - start, 0.005);
    assertGreaterOrEqual(clock(), woke);
  });
});

Deno.test("sleep() takes a duration object and a Temporal.Duration", async () => {
  await virtually(async () => {
    const start = clock();
    await sleep({ milliseconds: 2 });
    await sleep(Temporal.Duration.from({ milliseconds: 2 }));
    assertGreaterOrEqual(clock() - start, 0.004);
  });
});

Deno.test("sleep() wakes tasks in the order of their deadlines", async () => {
  const trace: string[] = [];
  await run(async () => {
    const start = clock() + 0.1;
    const tasks = [6, 2, 4].map((ms) =>
      spawn(async () => {
        // A loaded machine may start one of them late.
        await sleep(start + ms / 1000 - clock());
        trace.push(`${ms}`);
      })
    );
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["2", "4", "6"]);
});

Deno.test("sleep() wakes tasks that are all late in the order of their deadlines", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const tasks = [5, 1, 3].map((ms) =>
      spawn(async () => {
        await sleep(ms / 1000);
        trace.push(`${ms}`);
      })
    );
    await schedule();
    hog(0.008);
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["1", "3", "5"]);
});

Deno.test("sleep(0) lets every other ready task run first", async () => {
  const trace: string[] = [];
  await run(async () => {
    for (const name of ["a", "b"]) spawn(() => void trace.push(name));
    await sleep(0);
    trace.push("main");
  });
  assertEquals(trace, ["a", "b", "main"]);
});

Deno.test("sleep() of a negative duration just yields", async () => {
  const trace: string[] = [];
  await run(async () => {
    for (const duration of [-1, -Infinity, { seconds: -5 }]) {
      spawn(() => void trace.push("child"));
      assertEquals(typeof await sleep(duration), "number");
      trace.push("main");
    }
  });
  assertEquals(trace, ["child", "main", "child", "main", "child", "main"]);
});

Deno.test("sleep(0) returns the clock", async () => {
  await virtually(async () => {
    const before = clock();
    assertGreaterOrEqual(await sleep(0), before);
  });
});

Deno.test("sleep(1e9) does not return at once", async () => {
  await virtually(async () => {
    const task = spawn(sleep, 1e9);
    await sleep(0.005);
    assertEquals(task.state, "TIME_SLEEP");
    await task.cancel();
  });
});

Deno.test("sleep(2 ** 31 / 1000), beyond the host's timers, does not return at once", async () => {
  await virtually(async () => {
    const tasks = [2 ** 31 / 1000, (2 ** 32 + 5) / 1000].map((seconds) => spawn(sleep, seconds));
    await sleep(0.005);
    for (const task of tasks) {
      assertEquals(task.state, "TIME_SLEEP");
      await task.cancel();
    }
  });
});

Deno.test("sleep(Infinity) sleeps until it is cancelled", async () => {
  await virtually(async () => {
    const task = spawn(sleep, Infinity);
    await sleep(0.003);
    assertEquals(task.state, "TIME_SLEEP");
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("sleep(NaN) rejects with a RangeError that says what to give", async () => {
  await run(() => assertRejects(() => sleep(NaN), RangeError, "Cannot use NaN as the duration of"));
});

Deno.test("sleep() rejects calendar units with a RangeError", async () => {
  const duration = Temporal.Duration.from({ months: 1 });
  await run(() => assertRejects(() => sleep(duration), RangeError, "months"));
});

Deno.test("sleep() rejects what is no duration with a TypeError", async () => {
  await run(() =>
    assertRejects(
      () => sleep("1" as unknown as number),
      TypeError,
      'Cannot use "1" as the duration',
    )
  );
});

Deno.test("sleep() rejects outside a task with CurioError", async () => {
  await assertRejects(() => sleep(1), CurioError, "sleep() outside a task: call it from");
  await assertRejects(() => sleep(0), CurioError, "outside a task");
});

Deno.test("sleep() cancelled just before: it rejects without sleeping", async () => {
  await run(async () => {
    const task = spawn(async () => {
      await sleep(1000);
    });
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("sleep() cancelled during: it rejects right there", async () => {
  await run(async () => {
    const task = spawn(() => sleep(1000));
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("sleep() cancelled just after its time came: it returns, and the next wait rejects", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      await sleep(0.002);
      trace.push("slept");
      await sleep(0);
      trace.push("never");
    });
    spawn(hog, 0.005);
    // Both are late by then, and wake in one go: this task first.
    await sleep(0.001);
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["slept"]);
});

Deno.test("sleep(0) is a blocking point: it delivers a pending cancellation", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(async () => {
      trace.push("started");
      await sleep(0);
      trace.push("never");
    });
    await task.cancel();
  });
  assertEquals(trace, ["started"]);
});

Deno.test("sleep() never awaited and cancelled rejects nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    run(async () => {
      const task = spawn(async () => {
        void sleep(1000);
        void sleep(Infinity);
        await sleep(1000);
      });
      await schedule();
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

Deno.test("sleep() shows as TIME_SLEEP", async () => {
  await run(async () => {
    const task = spawn(sleep, 1000);
    await schedule();
    assertEquals(task.state, "TIME_SLEEP");
    await task.cancel();
  });
});

Deno.test("schedule() lets every other ready task run first", async () => {
  const trace: string[] = [];
  await run(async () => {
    spawn(async () => {
      trace.push("child 1");
      await schedule();
      trace.push("child 2");
    });
    await schedule();
    trace.push("main 1");
    await schedule();
    trace.push("main 2");
  });
  assertEquals(trace, ["child 1", "main 1", "child 2", "main 2"]);
});

Deno.test("schedule() resolves with undefined", async () => {
  assertEquals(await run(() => schedule()), undefined);
});

Deno.test("schedule() is a blocking point: it delivers a pending cancellation", async () => {
  await run(async () => {
    let caught: unknown;
    const task = spawn(() => schedule().catch((error) => caught = error));
    await task.cancel();
    assertInstanceOf(caught, TaskCancelled);
    assertEquals(task.result, caught);
  });
});

Deno.test("schedule() rejects outside a task with CurioError", async () => {
  await assertRejects(() => schedule(), CurioError, "outside a task");
});

Deno.test("schedule() never awaited and cancelled rejects nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    run(async () => {
      const task = spawn(async () => {
        void schedule();
        await sleep(0);
      });
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

Deno.test("clock() gives seconds, and never goes back", async () => {
  await virtually(async () => {
    const start = clock();
    hog(0.005);
    const later = clock();
    assertGreaterOrEqual(later - start, 0.005);
    await sleep(0);
    assertGreaterOrEqual(clock(), later);
  });
});

Deno.test("clock() throws CurioError outside a task", () => {
  assertThrows(() => clock(), CurioError, "clock() outside a task: call it from");
});

Deno.test("sleep() of several at once in one task goes by the longest, not the sum", async () => {
  const trace: string[] = [];
  await run({ clock: new VirtualClock() }, async () => {
    await Promise.all([
      sleep(4).then(() => trace.push("4")),
      sleep(2).then(() => trace.push("2")),
      sleep(0).then(() => trace.push("0")),
    ]);
    assertEquals([currentTask().state, clock()], ["RUNNING", 4]);
  });
  assertEquals(trace, ["0", "2", "4"]);
});

Deno.test("sleep() of 1000 tasks with the same deadline wakes them in order of their calls", async () => {
  const trace: number[] = [];
  await virtually(async () => {
    const tasks = Array.from(
      { length: 1000 },
      (_, n) => spawn(() => sleep(0.005).then(() => trace.push(n))),
    );
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, Array.from({ length: 1000 }, (_, n) => n));
});

Deno.test("sleep() interrupted rejects with the error object of the task", async () => {
  await run(async () => {
    let caught: unknown;
    const task = spawn(async () => {
      try {
        await sleep(1000);
      } catch (error) {
        caught = error;
        throw error;
      }
    });
    await schedule();
    await task.cancel();
    assertStrictEquals(task.exception, caught);
    assert(caught instanceof CancelledError);
  });
});
