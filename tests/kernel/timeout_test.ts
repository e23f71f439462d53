import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  CancelledError,
  clock,
  CurioError,
  currentSignal,
  currentTask,
  disableCancellation,
  Event,
  ignoreAfter,
  Kernel,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
  TimeoutCancellationError,
  UncaughtTimeoutError,
} from "../../mod.ts";
import { schedulerOfKernel } from "../../kernel/kernel.ts";
import { heapGrowth } from "../helpers/heap_growth.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { hog, virtually } from "../helpers/virtually.ts";

/** The name of the class of what `work` throws, noted in `trace`, and thrown on. */
async function noting<R>(trace: string[], who: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    trace.push(`${who} ${(error as Error).name}`);
    throw error;
  }
}

// -- timeoutAfter

Deno.test("timeoutAfter() returns what the function returned, arguments passed on", async () => {
  await run(async () => {
    assertEquals(await timeoutAfter(1, (a: number, b: number) => a + b, 2, 3), 5);
    assertEquals(await timeoutAfter(1, () => sleep(0).then(() => "x")), "x");
  });
});

Deno.test("timeoutAfter() rejects with TaskTimeout when time runs out", async () => {
  await virtually(async () => {
    const error = await assertRejects(() => timeoutAfter(0.002, sleep, 10), TaskTimeout);
    const me = currentTask();
    assertEquals(error.message, `task ${me.id} '${me.name}' timed out after 0.002 s`);
    assertEquals(error.origin, { kind: "timeout", by: null, reason: 0.002 });
  });
});

Deno.test("timeoutAfter() does not time out early", async () => {
  await virtually(async () => {
    const start = clock();
    await assertRejects(() => timeoutAfter(0.005, sleep, 10), TaskTimeout);
    assertGreaterOrEqual(clock() - start, 0.005);
  });
});

Deno.test("timeoutAfter() takes a duration object", async () => {
  await virtually(() =>
    assertRejects(() => timeoutAfter({ milliseconds: 2 }, sleep, 10), TaskTimeout, "after 0.002 s")
  );
});

Deno.test("timeoutAfter() interrupts the innermost wait with the error that it rejects with", async () => {
  await virtually(async () => {
    let inside: unknown;
    const error = await assertRejects(() =>
      timeoutAfter(0.002, () =>
        sleep(10).catch((error) => {
          inside = error;
          throw error;
        }))
    );
    assertStrictEquals(inside, error);
  });
});

Deno.test("timeoutAfter() passes on what the function threw", async () => {
  await run(async () => {
    const thrown = new Error("mine");
    const sync = () => {
      throw thrown;
    };
    for (const fn of [sync, () => Promise.reject(thrown)]) {
      assertStrictEquals(await assertRejects(() => timeoutAfter(1, fn)), thrown);
    }
  });
});

Deno.test("timeoutAfter() passes on another error that came of the timeout", async () => {
  await virtually(async () => {
    const work = () => sleep(10).catch(() => Promise.reject(new Error("translated")));
    await assertRejects(() => timeoutAfter(0.002, work), Error, "translated");
  });
});

Deno.test("timeoutAfter() returns the result of a function that caught the timeout", async () => {
  await virtually(async () => {
    const work = () => sleep(10).catch(() => "caught");
    assertEquals(await timeoutAfter(0.002, work), "caught");
  });
});

Deno.test("timeoutAfter() delivers once: waits of the clean-up proceed", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    await assertRejects(() =>
      timeoutAfter(0.002, async () => {
        try {
          await sleep(10);
        } finally {
          await sleep(0);
          await sleep(0.001);
          await schedule();
          trace.push("cleaned up");
        }
      }), TaskTimeout);
  });
  assertEquals(trace, ["cleaned up"]);
});

Deno.test("timeoutAfter() interrupts every wait that is pending inside", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    const results = await timeoutAfter(
      0.002,
      () => Promise.allSettled([sleep(10), queue.get(), new Event().wait()]),
    );
    assertEquals(results.map((each) => each.status), ["rejected", "rejected", "rejected"]);
    assertEquals(queue.statistics().waiting, 0);
  });
});

Deno.test("timeoutAfter() leaves waits of the task outside it alone", async () => {
  await virtually(async () => {
    const queue = new Queue<string>();
    const outside = queue.get();
    await assertRejects(() => timeoutAfter(0.001, sleep, 10), TaskTimeout);
    queue.putNowait("kept");
    assertEquals(await outside, "kept");
  });
});

Deno.test("timeoutAfter(Infinity) never times out", async () => {
  await virtually(async () => {
    assertEquals(await timeoutAfter(Infinity, () => sleep(0.002).then(() => "done")), "done");
  });
});

Deno.test("timeoutAfter(1e9) does not time out at once", async () => {
  await virtually(async () => {
    assertEquals(await timeoutAfter(1e9, () => sleep(0.003).then(() => "done")), "done");
  });
});

Deno.test("timeoutAfter(0) returns what needs no wait, and interrupts the first wait", async () => {
  await run(async () => {
    assertEquals(await timeoutAfter(0, () => "at once"), "at once");
    await assertRejects(() => timeoutAfter(0, () => new Event().wait()), TaskTimeout);
    await assertRejects(() => timeoutAfter(0, sleep, 0), TaskTimeout);
  });
});

Deno.test("timeoutAfter() refuses NaN and negative timeouts with a RangeError", async () => {
  await run(async () => {
    await assertRejects(() => timeoutAfter(NaN, sleep, 0), RangeError, "Cannot use NaN as the");
    await assertRejects(() => timeoutAfter(-1, sleep, 0), RangeError, "Cannot use -1 as the");
    await assertRejects(() => timeoutAfter({ seconds: -1 }, sleep, 0), RangeError, "zero or more");
    await assertRejects(() => timeoutAfter(-Infinity, sleep, 0), RangeError);
  });
});

Deno.test("timeoutAfter() refuses what is no function with a TypeError", async () => {
  await run(async () => {
    for (const wrong of [undefined, 5, "work"]) {
      const fn = wrong as unknown as () => void;
      await assertRejects(
        () => timeoutAfter(1, fn),
        TypeError,
        `Cannot run ${JSON.stringify(wrong)}`,
      );
    }
  });
});

Deno.test("timeoutAfter() rejects outside a task with CurioError", async () => {
  await assertRejects(() => timeoutAfter(1, sleep, 0), CurioError, "timeoutAfter() outside a task");
});

Deno.test("timeoutAfter() returns the result that was in time though the deadline passes meanwhile", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(0.001, async () => {
      await sleep(0);
      hog(0.003);
      return "in time";
    });
    assertEquals(result, "in time");
    await sleep(0);
    await sleep(0.002);
  });
});

Deno.test("timeoutAfter() lets a wait that was handed something in time return it", async () => {
  await virtually(async () => {
    const queue = new Queue<string>();
    spawn(async () => {
      await schedule();
      queue.putNowait("item");
      hog(0.003);
    });
    assertEquals(await timeoutAfter(0.002, () => queue.get()), "item");
    assertEquals(queue.size(), 0);
  });
});

Deno.test("timeoutAfter() that ended leaves nothing for later waits", async () => {
  await virtually(async () => {
    await timeoutAfter(0.001, () => "quick");
    hog(0.002);
    await sleep(0);
    await sleep(0.001);
    assertEquals(currentTask().cancelled, false);
  });
});

Deno.test("timeoutAfter() does not reach tasks spawned inside", async () => {
  await virtually(async () => {
    const tasks: Task<string>[] = [];
    await assertRejects(() =>
      timeoutAfter(0.001, async () => {
        tasks.push(spawn(() => sleep(0.004).then(() => "unharmed")));
        await sleep(10);
      }), TaskTimeout);
    assertEquals(await tasks[0].join(), "unharmed");
  });
});

Deno.test("timeoutAfter() lets a cancellation of the task through as it is", async () => {
  await run(async () => {
    const task = spawn(() => timeoutAfter(10, sleep, 10));
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("timeoutAfter() never awaited and timed out or cancelled rejects nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    virtually({ log: new RecordingLog() }, async () => {
      const task = spawn(async () => {
        void timeoutAfter(0.001, sleep, 10);
        void timeoutAfter(10, sleep, 10);
        void timeoutAfter(10, () => timeoutAfter(10, sleep, 10));
        void ignoreAfter(10, sleep, 10);
        await sleep(Infinity);
      });
      await sleep(0.003);
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

// -- Nesting

Deno.test("timeoutAfter() nested, the inner expires: TaskTimeout inside, the outer goes on", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const result = await timeoutAfter(1, async () => {
      await noting(trace, "inner", () => timeoutAfter(0.002, sleep, 10)).catch(() => {});
      await sleep(0.001);
      return "outer done";
    });
    trace.push(result);
  });
  assertEquals(trace, ["inner TaskTimeout", "outer done"]);
});

Deno.test("timeoutAfter() nested, the outer expires: inner scopes see TimeoutCancellationError", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(
      trace,
      "outer",
      () =>
        timeoutAfter(0.002, () =>
          noting(trace, "middle", () =>
            timeoutAfter(5, () =>
              noting(trace, "inner", () =>
                timeoutAfter(10, sleep, 20))))),
    ).catch(() => {})
  );
  assertEquals(trace, [
    "inner TimeoutCancellationError",
    "middle TimeoutCancellationError",
    "outer TaskTimeout",
  ]);
});

Deno.test("timeoutAfter() nested, the middle expires: inner passes on, the outer does not expire", async () => {
  const trace: string[] = [];
  await virtually(() =>
    timeoutAfter(10, async () => {
      await noting(trace, "middle", () =>
        timeoutAfter(0.002, () =>
          noting(trace, "inner", () => timeoutAfter(5, sleep, 20)))).catch(() => {});
      await sleep(0);
      trace.push("goes on");
    })
  );
  assertEquals(trace, ["inner TimeoutCancellationError", "middle TaskTimeout", "goes on"]);
});

Deno.test("timeoutAfter() nested, both expired meanwhile: the outermost gets TaskTimeout", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(
      trace,
      "outer",
      () =>
        timeoutAfter(0.002, () =>
          noting(trace, "inner", () =>
            timeoutAfter(0.001, async () => {
              hog(0.004);
              await noting(trace, "wait", () => sleep(10));
            }))),
    ).catch(() => {})
  );
  assertEquals(trace.slice(1), ["inner TimeoutCancellationError", "outer TaskTimeout"]);
});

Deno.test("timeoutAfter() nested with equal deadlines interrupts once: the clean-up proceeds", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(trace, "outer", () =>
      timeoutAfter(0.002, () =>
        timeoutAfter(0.002, async () => {
          try {
            await noting(trace, "wait", () => sleep(10));
          } finally {
            await noting(trace, "clean-up", () => sleep(0.001));
            trace.push("cleaned up");
          }
        }))).catch(() => {})
  );
  assertEquals(trace, ["wait TimeoutCancellationError", "cleaned up", "outer TaskTimeout"]);
});

Deno.test("timeoutAfter() of an inner deadline later than the outer's still waits for the outer's", async () => {
  await virtually(async () => {
    const start = clock();
    await assertRejects(() => timeoutAfter(0.002, () => timeoutAfter(20, sleep, 20)), TaskTimeout);
    assertLess(clock() - start, 10);
  });
});

Deno.test("a timeout that escapes its scope surfaces in an unexpired one as UncaughtTimeoutError", async () => {
  await virtually(async () => {
    const error = await assertRejects(
      () => timeoutAfter(10, () => timeoutAfter(0.002, sleep, 20)),
      UncaughtTimeoutError,
      "escaped its scope: catch TaskTimeout around the call",
    );
    assertInstanceOf(error.cause, TaskTimeout);
    assert(!(error instanceof CancelledError));
  });
});

Deno.test("a timeout that escapes through three scopes is wrapped once", async () => {
  await virtually(async () => {
    const error = await assertRejects(
      () => timeoutAfter(20, () => timeoutAfter(10, () => timeoutAfter(0.002, sleep, 30))),
      UncaughtTimeoutError,
    );
    assertInstanceOf(error.cause, TaskTimeout);
  });
});

Deno.test("a TaskTimeout thrown by hand inside an unexpired timeout is UncaughtTimeoutError", async () => {
  await run(async () => {
    const thrown = new TaskTimeout("by hand");
    const error = await assertRejects(
      () => timeoutAfter(10, () => Promise.reject(thrown)),
      UncaughtTimeoutError,
    );
    assertStrictEquals(error.cause, thrown);
  });
});

Deno.test("a timeout caught where it belongs does not concern the outer one", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(10, async () => {
      for (let n = 0; n < 3; n++) {
        await assertRejects(() => timeoutAfter(0.001, sleep, 20), TaskTimeout);
      }
      return "fine";
    });
    assertEquals(result, "fine");
  });
});

Deno.test("an outer deadline is delivered again when an inner timeout is left after it passed", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(trace, "outer", () =>
      timeoutAfter(0.002, async () => {
        await noting(trace, "inner", () => timeoutAfter(5, sleep, 20)).catch(() => {});
        trace.push("caught");
        await noting(trace, "next wait", () => sleep(20));
      })).catch(() => {})
  );
  assertEquals(trace, [
    "inner TimeoutCancellationError",
    "caught",
    "next wait TaskTimeout",
    "outer TaskTimeout",
  ]);
});

Deno.test("an outer deadline is delivered again at a blocking point only", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(0.002, async () => {
      await timeoutAfter(5, sleep, 20).catch(() => {});
      const queue = new Queue<string>();
      await queue.put("no blocking point");
      return await queue.get();
    });
    assertEquals(result, "no blocking point");
  });
});

Deno.test("an outer deadline that passed is delivered though the inner timeout returned normally", async () => {
  await virtually(() =>
    assertRejects(() =>
      timeoutAfter(0.002, async () => {
        await timeoutAfter(5, () => hog(0.004));
        await sleep(20);
      }), TaskTimeout)
  );
});

Deno.test("a deadline already delivered is not delivered again without an inner timeout", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(0.001, async () => {
      await sleep(20).catch(() => {});
      for (let n = 0; n < 3; n++) await sleep(0.001);
      return "cleaned up";
    });
    assertEquals(result, "cleaned up");
  });
});

Deno.test("timeoutAfter() works inside the clean-up of a timeout", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(trace, "outer", () =>
      timeoutAfter(0.001, async () => {
        try {
          await sleep(20);
        } finally {
          trace.push(await timeoutAfter(5, () => sleep(0.001).then(() => "cleaned up")));
        }
      })).catch(() => {})
  );
  assertEquals(trace, ["cleaned up", "outer TaskTimeout"]);
});

Deno.test("timeoutAfter() behind a shield is its own, though a deadline outside has passed", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(trace, "outside", () =>
      timeoutAfter(0.001, async () => {
        await disableCancellation(async () => {
          await sleep(0.003);
          await noting(trace, "shielded", () => timeoutAfter(0.001, sleep, 20)).catch(() => {});
          await sleep(0);
          trace.push("shield goes on");
        });
        await sleep(0);
      })).catch(() => {})
  );
  assertEquals(trace, ["shielded TaskTimeout", "shield goes on", "outside TaskTimeout"]);
});

Deno.test("timeoutAfter() in branches of Promise.all each have their own deadline", async () => {
  await virtually(async () => {
    const results = await Promise.allSettled([
      timeoutAfter(0.002, sleep, 20),
      timeoutAfter(5, () => sleep(0.004).then(() => "in time")),
      ignoreAfter(0.001, sleep, 20),
    ]);
    assertInstanceOf((results[0] as PromiseRejectedResult).reason, TaskTimeout);
    assertEquals(results[1], { status: "fulfilled", value: "in time" });
    assertEquals(results[2], { status: "fulfilled", value: null });
  });
});

Deno.test("timeoutAfter() around a task cancelled at the same time rejects once, and the task ends", async () => {
  await virtually(async () => {
    const task = spawn(() => timeoutAfter(0.002, sleep, 20));
    await schedule();
    hog(0.004);
    await task.cancel();
    assertInstanceOf(task.exception, CancelledError);
    assert(task.terminated);
  });
});

// -- Signals and foreign promises

Deno.test("currentSignal() in timeoutAfter() aborts with the TaskTimeout that it rejects with", async () => {
  await virtually(async () => {
    let signal!: AbortSignal;
    const error = await assertRejects(() =>
      timeoutAfter(0.002, () => {
        signal = currentSignal();
        return sleep(20);
      }), TaskTimeout);
    assert(signal.aborted);
    assertStrictEquals(signal.reason, error);
  });
});

Deno.test("timeoutAfter() rejects with TaskTimeout when a foreign promise obeys its signal", async () => {
  await run(async () => {
    const foreign = (signal: AbortSignal) =>
      new Promise<void>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    await assertRejects(() => timeoutAfter(0.002, () => foreign(currentSignal())), TaskTimeout);
  });
});

Deno.test("currentSignal() asked for after the timeout is aborted already, and harms nothing", async () => {
  await virtually(async () => {
    const reason = await timeoutAfter(0.001, async () => {
      await sleep(20).catch(() => {});
      return currentSignal().reason;
    });
    assertInstanceOf(reason, TaskTimeout);
  });
});

// -- ignoreAfter

Deno.test("ignoreAfter() returns what the function returned in time", async () => {
  await run(async () => {
    assertEquals(await ignoreAfter(1, (x: string) => sleep(0).then(() => x), "done"), "done");
  });
});

Deno.test("ignoreAfter() returns null when time runs out", async () => {
  await virtually(async () => assertEquals(await ignoreAfter(0.002, sleep, 20), null));
});

Deno.test("ignoreAfter({ after, timeoutResult }) returns that when time runs out", async () => {
  await virtually(async () => {
    assertEquals(await ignoreAfter({ after: 0.001, timeoutResult: "late" }, sleep, 20), "late");
    const options = { after: { milliseconds: 1 }, timeoutResult: undefined };
    assertEquals(await ignoreAfter(options, sleep, 20), undefined);
  });
});

Deno.test("ignoreAfter({ after, timeoutResult }) passes arguments and the result on", async () => {
  await run(async () => {
    const options = { after: 1, timeoutResult: -1 };
    assertEquals(await ignoreAfter(options, (a: number, b: number) => a - b, 5, 3), 2);
  });
});

Deno.test("ignoreAfter() takes a duration object as its first argument", async () => {
  await virtually(async () =>
    assertEquals(await ignoreAfter({ milliseconds: 1 }, sleep, 20), null)
  );
});

Deno.test("ignoreAfter() passes on what the function threw", async () => {
  await run(() =>
    assertRejects(() => ignoreAfter(1, () => Promise.reject(new Error("mine"))), Error, "mine")
  );
});

Deno.test("ignoreAfter() ignores its own deadline only: an outer one passes through", async () => {
  const trace: string[] = [];
  await virtually(() =>
    noting(
      trace,
      "outer",
      () => timeoutAfter(0.002, () => noting(trace, "inner", () => ignoreAfter(5, sleep, 20))),
    ).catch(() => {})
  );
  assertEquals(trace, ["inner TimeoutCancellationError", "outer TaskTimeout"]);
});

Deno.test("ignoreAfter() nested, the outer expires: the outer returns null", async () => {
  await virtually(async () => {
    let inner: unknown = "unset";
    const outer = await ignoreAfter(0.002, async () => {
      inner = await ignoreAfter(5, sleep, 20);
    });
    assertEquals([inner, outer], ["unset", null]);
  });
});

Deno.test("ignoreAfter() does not ignore a timeout that escaped from inside", async () => {
  await virtually(() =>
    assertRejects(() => ignoreAfter(5, () => timeoutAfter(0.001, sleep, 20)), UncaughtTimeoutError)
  );
});

Deno.test("ignoreAfter() does not ignore the cancellation of its task", async () => {
  await run(async () => {
    const task = spawn(() => ignoreAfter(5, sleep, 20));
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("ignoreAfter() refuses bad durations and functions", async () => {
  await run(async () => {
    await assertRejects(() => ignoreAfter(NaN, sleep, 0), RangeError, "ignoreAfter()");
    await assertRejects(() => ignoreAfter(-1, sleep, 0), RangeError, "-1");
    const fn = undefined as unknown as () => void;
    await assertRejects(() => ignoreAfter(1, fn), TypeError, "Cannot run undefined");
  });
});

Deno.test("ignoreAfter() rejects outside a task with CurioError", async () => {
  await assertRejects(() => ignoreAfter(1, sleep, 0), CurioError, "ignoreAfter() outside a task");
});

// -- Nothing piles up

Deno.test("100 000 timeouts set and left leave no deadline behind", async () => {
  const kernel = new Kernel();
  const { deadlines } = schedulerOfKernel(kernel);
  let most = 0;
  await kernel.run(async () => {
    for (let n = 0; n < 100_000; n++) {
      await timeoutAfter(3600, () => {
        most = Math.max(most, deadlines.size);
      });
    }
  });
  assertEquals(deadlines.size, 0);
  assertLessOrEqual(most, 1);
  await kernel.shutdown();
});

Deno.test("100 000 timeouts set and left leave the heap flat", async () => {
  assertLess(await heapGrowth(100_000, `() => curio.timeoutAfter(3600, curio.sleep, 0)`), 20);
});

Deno.test("timeouts whose signal was asked for leave the heap flat", async () => {
  const step = `() => curio.timeoutAfter(3600, () => void curio.currentSignal())`;
  assertLess(await heapGrowth(30_000, step), 50);
});

Deno.test("a forgotten timeoutAfter() leaves no deadline behind when its task has ended", async () => {
  const kernel = new Kernel({ log: new RecordingLog() });
  await kernel.run(async () => {
    const task = spawn(() => {
      void timeoutAfter(1e6, sleep, 1e7);
      void timeoutAfter(1e6, () => new Promise<void>(() => {}));
    });
    await task.wait();
    assertEquals(schedulerOfKernel(kernel).deadlines.size, 0);
  });
  await kernel.shutdown();
});

Deno.test("TimeoutCancellationError says that a timeout further out expired", async () => {
  await virtually(async () => {
    let inside: unknown;
    await assertRejects(
      () =>
        timeoutAfter(0.001, () =>
          timeoutAfter(5, sleep, 20).catch((error) => {
            inside = error;
            throw error;
          })),
      TaskTimeout,
    );
    assertInstanceOf(inside, TimeoutCancellationError);
    assertStringIncludes(inside.message, "further out expired after 0.001 s");
    assertEquals(inside.origin, { kind: "timeout", by: null, reason: 0.001 });
  });
});
