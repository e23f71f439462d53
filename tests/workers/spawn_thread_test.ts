import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import {
  AsyncThread,
  AWAIT,
  CurioError,
  disableCancellation,
  Event,
  isCancelled,
  Kernel,
  Queue,
  Result,
  run,
  schedule,
  sleep,
  spawn,
  spawnThread,
  type Task,
  TaskCancelled,
  TaskError,
  TaskGroup,
  workerModule,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { runProgram } from "../helpers/program.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

const jobs = workerModule<typeof import("./thread_jobs.ts")>(
  import.meta.resolve("./thread_jobs.ts"),
);

Deno.test("spawnThread() runs a function in a thread, and join() gives its result", async () => {
  await run(async () => {
    const thread = spawnThread((a: number, b: number) => a + b, 2, 3);
    assert(thread instanceof AsyncThread);
    assertEquals([thread.terminated, thread.cancelled], [false, false]);
    assertThrows(() => thread.result, CurioError);
    assertEquals(await thread.join(), 5);
    assertEquals([thread.terminated, thread.result, thread.exception], [true, 5, undefined]);
    await thread.wait();
  });
  assertQuiet();
});

Deno.test("spawnThread() lets the kernel's tasks run while the thread computes", async () => {
  await run(async () => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const thread = spawnThread((words: Int32Array) => {
      while (Atomics.load(words, 0) === 0);
      return "done";
    }, words);
    for (let turn = 0; turn < 10; turn++) await sleep(0.001);
    assertEquals(thread.terminated, false);
    Atomics.store(words, 0, 1);
    assertEquals(await thread.join(), "done");
  });
});

Deno.test("spawnThread() gives what the function throws, with class, fields and cause", async () => {
  await run(async () => {
    const thread = spawnThread(() => {
      const cause = new TypeError("deep");
      throw Object.assign(new RangeError("too far", { cause }), { limit: 7 });
    });
    const error = await assertRejects(() => thread.join(), TaskError);
    const own = error.cause as RangeError & { limit: number };
    assertInstanceOf(own, RangeError);
    assertInstanceOf(own.cause, TypeError);
    assertEquals([own.message, own.limit, thread.exception === own], ["too far", 7, true]);
  });
});

Deno.test("spawnThread() gives the very error of the kernel's that the thread lets through", async () => {
  await run(async () => {
    const result = new Result<number>();
    const mine = new SyntaxError("mine");
    result.setException(mine);
    const thread = spawnThread((result) => AWAIT(result.unwrap()), result);
    await assertRejects(() => thread.join(), TaskError);
    assert(thread.exception === mine);
  });
});

Deno.test("spawnThread() copies arguments at once", async () => {
  await run(async () => {
    const list = [1];
    const thread = spawnThread((list) => list.length, list);
    list.push(2);
    assertEquals(await thread.join(), 1);
  });
});

Deno.test("spawnThread() refuses what it cannot run", async () => {
  await run(() => {
    const wrong = () => spawnThread(async () => await sleep(0));
    assertAdvice(assertThrows(wrong, TypeError), /async/);
    assertAdvice(assertThrows(() => spawnThread(7 as never), TypeError), /Cannot pass 7/);
    assertThrows(() => spawnThread((f: () => void) => f, () => {}), DOMException);
  });
  assertThrows(() => spawnThread(() => 1), CurioError, "outside a task");
  assertQuiet();
});

Deno.test("spawnThread() of a module's async function fails with TypeError", async () => {
  await run(async () => {
    const error = await assertRejects(() => spawnThread(jobs.asynchronous).join(), TaskError);
    assertInstanceOf(error.cause, TypeError);
    assertAdvice(error.cause, /async/);
  });
});

Deno.test("spawnThread() fails when the function returns a promise", async () => {
  await run(async () => {
    const thread = spawnThread(() => Promise.resolve(1));
    const error = await assertRejects(() => thread.join(), TaskError);
    assertAdvice(error.cause as Error, /return a promise/);
  });
});

Deno.test("spawnThread() names a variable that the function cannot see", async () => {
  await run(async () => {
    const outside = 7;
    const error = await assertRejects(() => spawnThread(() => outside).join(), TaskError);
    assertInstanceOf(error.cause, ReferenceError);
    assertAdvice(error.cause, /'outside'.*not visible/);
  });
});

Deno.test("spawnThread() tells that its worker died", async () => {
  await run(async () => {
    const error = await assertRejects(() => spawnThread(() => Deno.exit(3)).join(), TaskError);
    assertInstanceOf(error.cause, CurioError);
    assert(error.cause.message.endsWith("because its worker exited with status 3"));
  });
  assertQuiet();
});

Deno.test("spawnThread() reports an operation without AWAIT", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const queue = new Queue<number>();
    const thread = spawnThread((queue) => {
      queue.put(1);
      return "done";
    }, queue);
    assertEquals(await thread.join(), "done");
    assertEquals(queue.size(), 0);
  });
  assertEquals(log.texts("warn").length, 1);
  assert(log.texts("warn")[0].includes("forgotten AWAIT"));
  assert(log.texts("warn")[0].includes("Queue.put()"));
});

Deno.test("spawnThread() starts a thread for each call", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    const threads = [1, 2, 3, 4].map((n) =>
      spawnThread(
        (queue, n) => {
          for (let i = 0; i < 20; i++) AWAIT(queue.put(n));
          return n;
        },
        queue,
        n,
      )
    );
    let sum = 0;
    for (let i = 0; i < 80; i++) sum += await queue.get();
    assertEquals(sum, 200);
    for (const [index, thread] of threads.entries()) assertEquals(await thread.join(), index + 1);
  });
  assertQuiet();
});

Deno.test("spawnThread() lets no other task call a function of the thread", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const queue = new Queue<Task>();
    const thread = spawnThread(
      (group, queue) => {
        const task = group.spawn(() => 1);
        AWAIT(queue.put(task));
        AWAIT(task.wait());
        return task.terminated;
      },
      new TaskGroup(),
      queue,
    );
    const task = await queue.get();
    const error = await assertRejects(() => task.join(), TaskError);
    assertInstanceOf(error.cause, CurioError);
    assertAdvice(error.cause, /one thing at a time/);
    assertEquals(await thread.join(), true);
  });
});

// -- Cancellation

Deno.test("AsyncThread.cancel() before the thread started never runs the function", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    const thread = spawnThread((queue) => queue.putNowait(1), queue);
    await thread.cancel();
    assertInstanceOf(thread.exception, TaskCancelled);
    assertEquals([thread.cancelled, thread.terminated, queue.size()], [true, true, 0]);
    const starting = spawnThread((queue) => queue.putNowait(1), queue);
    await schedule();
    await starting.cancel();
    assertEquals([starting.terminated, queue.size()], [true, 0]);
  });
  assertQuiet();
});

Deno.test("AsyncThread.cancel() makes the current AWAIT throw, and those after it work", async () => {
  await run(async () => {
    const trace = new Queue<string>();
    const thread = spawnThread((trace) => {
      try {
        AWAIT(trace.put("started"));
        AWAIT(sleep(1000));
      } catch (error) {
        const { origin } = error as TaskCancelled;
        AWAIT(sleep(0.001));
        AWAIT(trace.put(`${(error as Error).name} ${origin.kind} ${origin.by?.name}`));
        throw error;
      }
    }, trace);
    assertEquals(await trace.get(), "started");
    await thread.cancel();
    assertEquals(await trace.get(), "TaskCancelled cancel anonymous");
    assert(isCancelled(thread.exception));
    const error = await assertRejects(() => thread.join(), TaskError);
    assertEquals(error.cause, thread.exception);
  });
  assertQuiet();
});

Deno.test("AsyncThread.cancel() of a thread that computes makes its next AWAIT throw", async () => {
  await run(async () => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const started = new Event();
    const thread = spawnThread(
      (words, started) => {
        started.set();
        while (Atomics.load(words, 0) === 0);
        try {
          AWAIT(started.wait()); // It could complete at once.
        } catch (error) {
          return (error as Error).message;
        }
        return "not cancelled";
      },
      words,
      started,
    );
    await started.wait();
    const cancelling = thread.cancel();
    Atomics.store(words, 0, 1);
    await cancelling;
    assert(/cancelled by task/.test(await thread.join()));
  });
});

Deno.test("AsyncThread.cancel() sets aside a thread that does not come to an AWAIT", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const started = new Event();
    const thread = spawnThread((started) => {
      started.set();
      const words = new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(words, 0, 0, 20_000);
    }, started);
    await started.wait();
    await thread.cancel();
    assertInstanceOf(thread.exception, TaskCancelled);
  });
  assertEquals(log.texts("warn").length, 1);
  assert(log.texts("warn")[0].includes("set aside"));
  assertQuiet();
});

Deno.test("AsyncThread.cancel() at any moment loses no item of a queue", async () => {
  for (let round = 0; round < 15; round++) {
    await run(async () => {
      const queue = new Queue<number>();
      const back = new Queue<number>();
      const thread = spawnThread(
        (queue, back) => {
          for (;;) back.putNowait(AWAIT(queue.get()));
        },
        queue,
        back,
      );
      let sent = 0;
      while (back.size() < round && !thread.terminated) {
        await queue.put(sent++);
        await sleep(0);
      }
      for (let turn = 0; turn < round % 4; turn++) await queue.put(sent++);
      await thread.cancel();
      assertEquals(queue.size() + back.size(), sent);
    });
  }
  assertQuiet();
});

Deno.test("AsyncThread.cancel() waits for a shielded part, and the next AWAIT throws", async () => {
  await run(async () => {
    const started = new Event();
    const thread = spawnThread((started) => {
      const first = AWAIT(disableCancellation(() => {
        started.set();
        AWAIT(sleep(0.01));
        return "shielded";
      }));
      try {
        AWAIT(sleep(0));
      } catch (error) {
        return [first, (error as Error).name];
      }
    }, started);
    await started.wait();
    await thread.cancel();
    assertEquals(thread.result, ["shielded", "TaskCancelled"]);
  });
});

Deno.test("AsyncThread shows what it is, and is cancelled at the end of its block", async () => {
  await run(async () => {
    const started = new Event();
    let left: AsyncThread;
    {
      await using thread = spawnThread(function crunch(started) {
        started.set();
        AWAIT(sleep(1000));
      }, started);
      left = thread;
      await started.wait();
      await schedule();
      const shown = `AsyncThread(id=${thread.id}, name='crunch', state='`;
      assert(Deno.inspect(thread).startsWith(shown));
      assertEquals(thread.name, "crunch");
    }
    assert(isCancelled(left.exception));
  });
  assertQuiet();
});

Deno.test("A timeout around join() leaves the thread alone", async () => {
  await run(async () => {
    const go = new Event();
    const thread = spawnThread((go) => {
      AWAIT(go.wait());
      return "done";
    }, go);
    const waiter = spawn(() => thread.join());
    await schedule();
    await waiter.cancel();
    assertEquals(thread.terminated, false);
    go.set();
    assertEquals(await thread.join(), "done");
  });
});

Deno.test("A kernel's shutdown cancels its threads", async () => {
  const kernel = new Kernel();
  const started = new Event();
  const thread = await kernel.run(async () => {
    const thread = spawnThread((started) => {
      started.set();
      AWAIT(sleep(1000));
    }, started);
    await started.wait();
    return thread;
  });
  await kernel.shutdown();
  assert(isCancelled(thread.exception));
  assertQuiet();
});

Deno.test("A busy thread that was set aside does not keep the program alive", async () => {
  const { code, lines } = await runProgram(`
    await curio.run({ log: { debug() {}, info() {}, warn() {}, error() {} } }, async () => {
      const started = new curio.Event();
      curio.spawnThread((started) => {
        started.set();
        for (;;);
      }, started);
      await started.wait();
    });
    console.log("over");
  `);
  assertEquals([code, lines], [0, ["over"]]);
});
