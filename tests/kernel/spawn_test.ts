import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  CurioError,
  currentTask,
  Event,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
} from "../../mod.ts";
import { heapGrowth } from "../helpers/heap_growth.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

Deno.test("spawn() passes the arguments on, and join() gives the result", async () => {
  assertEquals(await run(() => spawn((a: number, b: number) => a * b, 6, 7).join()), 42);
});

Deno.test("spawn() does not run the child before the caller's next blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    spawn(() => void trace.push("child"));
    trace.push("after spawn");
    await schedule();
    trace.push("after the blocking point");
  });
  assertEquals(trace, ["after spawn", "child", "after the blocking point"]);
});

Deno.test("spawn() starts children in the order they were spawned", async () => {
  const trace: number[] = [];
  await run(async () => {
    for (let n = 0; n < 50; n++) spawn(() => void trace.push(n));
    await schedule();
  });
  assertEquals(trace, Array.from({ length: 50 }, (_, n) => n));
});

Deno.test("spawn() starts a grandchild after the children that were spawned before it", async () => {
  const trace: string[] = [];
  await run(async () => {
    spawn(() => {
      trace.push("first");
      spawn(() => void trace.push("grandchild"));
    });
    spawn(() => void trace.push("second"));
    await schedule();
    await schedule();
  });
  assertEquals(trace, ["first", "second", "grandchild"]);
});

Deno.test("spawn() names the task after the function", async () => {
  async function fetcher(): Promise<void> {}
  await run(() => assertEquals(spawn(fetcher).name, "fetcher"));
});

Deno.test("spawn() names the task of an anonymous function anonymous", async () => {
  await run(() => assertEquals(spawn((() => () => {})()).name, "anonymous"));
});

Deno.test("spawn() takes name and daemon as options, first", async () => {
  await run(async () => {
    const task = spawn({ name: "ticker", daemon: true }, (n: number) => n + 1, 1);
    assertEquals([task.name, task.daemon, await task.join()], ["ticker", true, 2]);
  });
});

Deno.test("spawn() makes no daemon unless told, and takes empty options", async () => {
  await run(async () => {
    assertEquals([spawn(sleep, 0).daemon, spawn({}, sleep, 0).daemon], [false, false]);
    await schedule();
  });
});

Deno.test("spawn() refuses what is neither options nor a function with a TypeError", async () => {
  await run(() => {
    for (const wrong of [undefined, null, 5, "work", true]) {
      const fn = wrong as unknown as () => void;
      const error = assertThrows(
        () => spawn(fn),
        TypeError,
        `Cannot start ${JSON.stringify(wrong)} with spawn()`,
      );
      assert(error.message.includes("pass a function"));
    }
  });
});

Deno.test("spawn() refuses options without a function with a TypeError", async () => {
  await run(() => {
    const options = { name: "x" } as unknown as () => void;
    assertThrows(() => spawn(options), TypeError, "pass a function after the options");
  });
});

Deno.test("spawn() refuses a promise, and tells to pass the function itself", async () => {
  await run(() => {
    const promise = sleep(0) as unknown as () => void;
    assertThrows(() => spawn(promise), TypeError, "pass the function and its arguments");
  });
});

Deno.test("spawn() that refused leaves no child behind", async () => {
  await run(() => {
    assertThrows(() => spawn(null as unknown as () => void), TypeError);
    assertEquals(currentTask().children, []);
  });
});

Deno.test("spawn() throws CurioError outside a task", () => {
  assertThrows(() => spawn(sleep, 0), CurioError, "spawn() outside a task: call it from");
});

Deno.test("spawn() throws CurioError in code that outlived its task", async () => {
  let later!: () => Task;
  await run(() => {
    const { promise, resolve } = Promise.withResolvers<void>();
    later = () => spawn(sleep, 0);
    resolve();
    return promise;
  });
  assertThrows(later, CurioError, "outside a task");
});

Deno.test("spawn() never runs a plain function inside the call, and a throw is the task's", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const task = spawn(() => {
      throw new Error("mine");
    });
    await task.wait();
    assertEquals((task.exception as Error).message, "mine");
  });
});

Deno.test("spawn() logs a crash that nobody joins once, with its error", async () => {
  const log = new RecordingLog();
  const thrown = new Error("boom");
  await run({ log }, async () => {
    const task = spawn({ name: "bad" }, () => Promise.reject(thrown));
    await schedule();
    await schedule();
    assertEquals(log.texts(), [`task ${task.id} 'bad' crashed: Error: boom`]);
    assertEquals(log.entries[0].level, "error");
    assertStrictEquals(log.entries[0].parts.at(-1), thrown);
  });
  assertEquals(log.entries.length, 1);
});

Deno.test("spawn() logs no crash that somebody joins by the time it happens", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const task = spawn(() => Promise.reject(new Error("boom")));
    await task.join().catch(() => {});
  });
  assertEquals(log.texts(), []);
});

Deno.test("spawn() logs a crash of a task that somebody only waits for", async () => {
  const log = new RecordingLog();
  await run({ log }, () => spawn(() => Promise.reject(new Error("boom"))).wait());
  assertEquals(log.texts("error").length, 1);
});

Deno.test("spawn() logs no cancellation", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    await task.cancel();
  });
  assertEquals(log.texts(), []);
});

Deno.test("spawn() turns a thrown undefined into an Error that says so", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const task = spawn(() => Promise.reject(undefined));
    await task.wait();
    assertInstanceOf(task.exception, Error);
    assert(task.exception.message.includes("undefined"));
  });
});

Deno.test("spawn() lets a child outlive the task that spawned it", async () => {
  await run(async () => {
    const done = new Event();
    const parent = spawn(() => {
      spawn(async () => {
        await schedule();
        await schedule();
        done.set();
      });
    });
    await parent.join();
    await done.wait();
    assert(parent.terminated);
  });
});

Deno.test("spawn() runs 10 000 tasks that all end", async () => {
  let ended = 0;
  await run(async () => {
    const tasks = Array.from({ length: 10_000 }, () => spawn(() => sleep(0).then(() => ended++)));
    for (const task of tasks) await task.join();
  });
  assertEquals(ended, 10_000);
});

Deno.test("spawn() works 2000 generations deep", async () => {
  async function generation(left: number): Promise<number> {
    return left === 0 ? 0 : 1 + await spawn(generation, left - 1).join();
  }
  assertEquals(await run(generation, 2000), 2000);
});

Deno.test("spawn() of tasks that end, are cancelled or forget an await leaves the heap flat", async () => {
  const steps = [
    `() => curio.spawn(() => 1).join()`,
    `() => curio.spawn(curio.sleep, 1e6).cancel()`,
    `() => curio.spawn(() => void curio.timeoutAfter(1e6, curio.sleep, 1e7)).join()`,
  ];
  const growths = await Promise.all(steps.map((step) => heapGrowth(30_000, step)));
  for (const growth of growths) assertLess(growth, 50);
});
