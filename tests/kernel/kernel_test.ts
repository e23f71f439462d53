import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  CancelledError,
  CurioError,
  currentTask,
  disableCancellation,
  Event,
  Kernel,
  Queue,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
} from "../../mod.ts";
import { VirtualClock } from "../../kernel/testing/mod.ts";
import { Program, runProgram } from "../helpers/program.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { hostTurn } from "../helpers/unhandled.ts";

Deno.test("Kernel.run() resolves with what an async function returned", async () => {
  await using kernel = new Kernel();
  assertEquals(
    await kernel.run(
      async (a: number, b: number) => {
        await sleep(0);
        return a + b;
      },
      2,
      3,
    ),
    5,
  );
});

Deno.test("Kernel.run() takes a plain function", async () => {
  await using kernel = new Kernel();
  assertEquals(await kernel.run((name: string) => `hello ${name}`, "you"), "hello you");
});

Deno.test("Kernel.run() rejects with the very same error object", async () => {
  await using kernel = new Kernel();
  const thrown = new Error("mine");
  assertStrictEquals(
    await assertRejects(() =>
      kernel.run(async () => {
        await sleep(0);
        throw thrown;
      })
    ),
    thrown,
  );
});

Deno.test("Kernel.run() rejects with whatever was thrown, an error or not", async () => {
  await using kernel = new Kernel();
  for (const thrown of ["text", 7, null, { code: 1 }]) {
    const result = await kernel.run(() => {
      throw thrown;
    }).then(() => "resolved", (reason: unknown) => reason);
    assertStrictEquals(result, thrown);
  }
});

Deno.test("Kernel.run() turns a thrown undefined into an Error that says so", async () => {
  await using kernel = new Kernel();
  await assertRejects(() => kernel.run(() => Promise.reject(undefined)), Error, "undefined");
});

Deno.test("Kernel.run() logs nothing of an error that its caller gets", async () => {
  const log = new RecordingLog();
  await using kernel = new Kernel({ log });
  await assertRejects(() => kernel.run(() => Promise.reject(new Error("mine"))));
  assertEquals(log.texts(), []);
});

Deno.test("Kernel.run() can be called again after a run that failed", async () => {
  await using kernel = new Kernel();
  await assertRejects(() => kernel.run(() => Promise.reject(new Error("first"))));
  assertEquals(await kernel.run(() => "second"), "second");
});

Deno.test("Kernel.run() freezes background tasks when its function has ended", async () => {
  await using kernel = new Kernel();
  const trace: string[] = [];
  await kernel.run(async () => {
    spawn(async () => {
      for (let n = 0;; n++) {
        trace.push(`tick ${n}`);
        await schedule();
      }
    });
    await schedule();
  });
  const frozen = [...trace];
  await hostTurn();
  await hostTurn();
  assertEquals(trace, frozen);
  assertEquals(frozen[0], "tick 0");
});

Deno.test("Kernel.run() lets background tasks go on where they were", async () => {
  await using kernel = new Kernel();
  const queue = new Queue<number>();
  const got: number[] = [];
  await kernel.run(() => {
    spawn(async () => {
      for await (const item of queue) got.push(item);
    });
  });
  assertEquals(got, []);
  for (const item of [1, 2]) await kernel.run(() => queue.put(item));
  await kernel.run(schedule);
  assertEquals(got, [1, 2]);
});

Deno.test("Kernel.run() of a later run can join a task of an earlier one", async () => {
  await using kernel = new Kernel({ clock: new VirtualClock() });
  const task = await kernel.run(() => ({ task: spawn(() => sleep(0.001).then(() => "done")) }));
  assertEquals(await kernel.run(() => task.task.join()), "done");
});

Deno.test("Kernel.run() runs what a host callback woke between two runs", async () => {
  await using kernel = new Kernel();
  const event = new Event();
  const trace: string[] = [];
  await kernel.run(async () => {
    spawn(async () => {
      await event.wait();
      trace.push("woken");
    });
    await schedule();
  });
  event.set();
  await hostTurn();
  trace.push("before the run");
  await kernel.run(schedule);
  assertEquals(trace, ["before the run", "woken"]);
});

Deno.test("Kernel.run() wakes sleepers whose time passed between two runs", async () => {
  const clock = new VirtualClock();
  await using kernel = new Kernel({ clock });
  const task = await kernel.run(async () => {
    const task = spawn(() => sleep(0.001));
    await schedule();
    return { task };
  });
  clock.advance(1);
  assertFalse(task.task.terminated);
  await kernel.run(() => task.task.join());
  assert(task.task.terminated);
});

Deno.test("Kernel.run() without a function lets each ready background task have its turn", async () => {
  await using kernel = new Kernel();
  const trace: string[] = [];
  await kernel.run(() => {
    for (const name of ["a", "b"]) spawn(() => void trace.push(name));
  });
  assertEquals(trace, []);
  assertEquals(await kernel.run(), undefined);
  assertEquals(trace, ["a", "b"]);
});

Deno.test("Kernel.run() without a function wakes sleepers whose time has passed", async () => {
  const clock = new VirtualClock();
  await using kernel = new Kernel({ clock });
  const trace: string[] = [];
  await kernel.run(async () => {
    spawn(async () => {
      await sleep(0.001);
      trace.push("woke");
    });
    await schedule();
  });
  clock.advance(1);
  await kernel.run();
  assertEquals(trace, ["woke"]);
});

Deno.test("Kernel.run() without a function does not wait for tasks that wait", async () => {
  await using kernel = new Kernel();
  await kernel.run(() => {
    spawn(sleep, Infinity);
    spawn(() => new Event().wait());
  });
  assertEquals(await kernel.run(), undefined);
});

Deno.test("Kernel.run() without a function ends though a task is always ready", async () => {
  await using kernel = new Kernel();
  let turns = 0;
  await kernel.run(() => {
    spawn(async () => {
      for (;;) {
        turns++;
        await schedule();
      }
    });
  });
  await kernel.run();
  assert(turns > 0);
});

Deno.test("Kernel.run() without a function resolves on a kernel without tasks", async () => {
  await using kernel = new Kernel();
  assertEquals(await kernel.run(), undefined);
});

Deno.test("Kernel.run() rejects inside a task, and changes nothing", async () => {
  await using kernel = new Kernel();
  let called = false;
  const result = await kernel.run(async () => {
    await assertRejects(
      () => kernel.run(() => void (called = true)),
      CurioError,
      "inside a task: spawn a task instead",
    );
    await sleep(0);
    return "unharmed";
  });
  assertEquals([result, called], ["unharmed", false]);
});

Deno.test("Kernel.run() of another kernel rejects inside a task, too", async () => {
  await using kernel = new Kernel();
  await using other = new Kernel();
  await kernel.run(() => assertRejects(() => other.run(() => 1), CurioError, "inside a task"));
  assertEquals(await other.run(() => 2), 2);
});

Deno.test("Kernel.run() rejects during another run, and changes nothing", async () => {
  await using kernel = new Kernel();
  const event = new Event();
  const first = kernel.run(() => event.wait().then(() => "first"));
  await assertRejects(() => kernel.run(() => "second"), CurioError, "while a run of it is");
  await assertRejects(() => kernel.run(), CurioError, "await that first");
  event.set();
  assertEquals(await first, "first");
});

Deno.test("Kernel.run() rejects after shutdown", async () => {
  const kernel = new Kernel();
  await kernel.run(() => 1);
  await kernel.shutdown();
  await assertRejects(() => kernel.run(() => 2), CurioError, "after its shutdown: make a new one");
  await assertRejects(() => kernel.run(), CurioError, "after its shutdown");
});

Deno.test("Kernel.run() refuses what is no function with a TypeError, and works on", async () => {
  await using kernel = new Kernel();
  for (const wrong of [undefined, null, 5, "main"]) {
    const fn = wrong as unknown as () => void;
    await assertRejects(() => kernel.run(fn), TypeError, `Cannot start ${JSON.stringify(wrong)}`);
  }
  assertEquals(await kernel.run(() => "fine"), "fine");
});

Deno.test("Kernel.run() refuses a promise, and tells to pass the function", async () => {
  await using kernel = new Kernel();
  const promise = Promise.resolve() as unknown as () => void;
  await assertRejects(() => kernel.run(promise), TypeError, "pass the function and its arguments");
});

Deno.test("Kernel.run() called right as a run ends neither hangs nor harms it", async () => {
  let second: Promise<string> = Promise.resolve("not called");
  const kernel: Kernel = new Kernel({
    activations: [{
      terminated(task) {
        if (task.name !== "first") return;
        queueMicrotask(() => {
          second = kernel.run(() => sleep(0)).then(() => "ran", (error) => error.name);
        });
      },
    }],
  });
  assertEquals(await kernel.run(function first() {}), undefined);
  const hang = Promise.withResolvers<string>();
  const timer = setTimeout(hang.resolve, 500, "hangs");
  assert(["ran", "CurioError"].includes(await Promise.race([second, hang.promise])));
  clearTimeout(timer);
  await kernel.shutdown();
});

Deno.test("Kernels run side by side", async () => {
  await using one = new Kernel();
  await using two = new Kernel();
  const trace: string[] = [];
  const main = async (name: string) => {
    for (let n = 0; n < 3; n++) {
      trace.push(`${name}${n}`);
      await schedule();
    }
    return currentTask().name;
  };
  assertEquals(await Promise.all([one.run(main, "a"), two.run(main, "b")]), ["main", "main"]);
  assertEquals(trace.toSorted(), ["a0", "a1", "a2", "b0", "b1", "b2"]);
});

Deno.test("Kernel.run() leaves AsyncLocalStorage of the caller's context in force", async () => {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const storage = new AsyncLocalStorage<string>();
  await using kernel = new Kernel();
  const seen = await storage.run("outside", () =>
    kernel.run(async () => {
      await sleep(0);
      const kid = spawn(() => storage.getStore());
      return [storage.getStore(), await kid.join()];
    }));
  assertEquals(seen, ["outside", "outside"]);
});

Deno.test("Kernel.shutdown() cancels every task, newest first, each when the one before has ended", async () => {
  const kernel = new Kernel();
  const trace: string[] = [];
  await kernel.run(async () => {
    for (const name of ["a", "b", "c"]) {
      spawn(async () => {
        try {
          await sleep(Infinity);
        } finally {
          trace.push(`${name} cleans up`);
          await schedule();
          trace.push(`${name} ends`);
        }
      });
    }
    await schedule();
  });
  await kernel.shutdown();
  const expected = ["c", "b", "a"].flatMap((name) => [`${name} cleans up`, `${name} ends`]);
  assertEquals(trace, expected);
});

Deno.test("Kernel.shutdown() cancels with TaskCancelled of kind shutdown by nobody", async () => {
  const kernel = new Kernel();
  const { task } = await kernel.run(async () => {
    const task = spawn({ name: "left" }, sleep, Infinity);
    await schedule();
    return { task };
  });
  await kernel.shutdown();
  const error = task.exception;
  assertInstanceOf(error, TaskCancelled);
  assertEquals(error.origin, { kind: "shutdown", by: null });
  assertEquals(error.message, `task ${task.id} 'left' cancelled: the kernel is shutting down`);
});

Deno.test("Kernel.shutdown() cancels and waits for what a dying task spawns", async () => {
  const kernel = new Kernel();
  const trace: string[] = [];
  async function last(): Promise<void> {
    try {
      await sleep(Infinity);
    } finally {
      await schedule();
      trace.push("last ends");
    }
  }
  await kernel.run(async () => {
    spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        spawn(last);
        trace.push("first ends");
      }
    });
    await schedule();
  });
  await kernel.shutdown();
  assertEquals(trace, ["first ends", "last ends"]);
});

Deno.test("Kernel.shutdown() waits for a task that shields itself", async () => {
  const kernel = new Kernel({ clock: new VirtualClock() });
  const trace: string[] = [];
  await kernel.run(async () => {
    spawn(async () => {
      await disableCancellation(async () => {
        await sleep(0.002);
        trace.push("saved");
      });
      await sleep(0);
      trace.push("never");
    });
    await schedule();
  });
  await kernel.shutdown();
  assertEquals(trace, ["saved"]);
});

Deno.test("Kernel.shutdown() goes on past a task that crashes while it dies, and logs the crash", async () => {
  const log = new RecordingLog();
  const kernel = new Kernel({ log });
  const trace: string[] = [];
  await kernel.run(async () => {
    spawn(() => sleep(Infinity).finally(() => trace.push("oldest ends")));
    spawn({ name: "bad" }, () =>
      sleep(Infinity).finally(() => {
        throw new Error("broken clean-up");
      }));
    await schedule();
  });
  await kernel.shutdown();
  assertEquals(trace, ["oldest ends"]);
  assertEquals(log.texts("error").length, 1);
  assert(log.texts("error")[0].includes("'bad' crashed: Error: broken clean-up"));
});

Deno.test("Kernel.shutdown() logs nothing of plain cancellations", async () => {
  const log = new RecordingLog();
  const kernel = new Kernel({ log });
  await kernel.run(() => {
    spawn(sleep, Infinity);
  });
  await kernel.shutdown();
  assertEquals(log.texts(), []);
});

Deno.test("Kernel.shutdown() is idempotent, also while one is in progress", async () => {
  const kernel = new Kernel({ clock: new VirtualClock() });
  let ended = 0;
  await kernel.run(async () => {
    spawn(() => sleep(Infinity).finally(() => sleep(0.001)).finally(() => ended++));
    await schedule();
  });
  const first = kernel.shutdown();
  await kernel.shutdown();
  assertEquals(ended, 1);
  await first;
  await kernel.shutdown();
  assertEquals(ended, 1);
});

Deno.test("Kernel.shutdown() resolves on a kernel that never ran", async () => {
  assertEquals(await new Kernel().shutdown(), undefined);
});

Deno.test("Kernel.shutdown() rejects during a run, and changes nothing", async () => {
  await using kernel = new Kernel();
  const event = new Event();
  const first = kernel.run(() => event.wait().then(() => "unharmed"));
  await assertRejects(() => kernel.shutdown(), CurioError, "Cannot shut down a kernel");
  event.set();
  assertEquals(await first, "unharmed");
  assertEquals(await kernel.run(() => "again"), "again");
});

Deno.test("Kernel.shutdown() rejects inside a task", async () => {
  await using kernel = new Kernel();
  await kernel.run(() => assertRejects(() => kernel.shutdown(), CurioError, "inside a task"));
  assertEquals(await kernel.run(() => "again"), "again");
});

Deno.test("await using kernel shuts it down at the end of the block", async () => {
  let left: Task | null = null;
  {
    await using kernel = new Kernel();
    await kernel.run(() => {
      left = spawn(sleep, Infinity);
    });
  }
  assert((left as Task | null)!.terminated);
  assertInstanceOf((left as Task | null)!.exception, CancelledError);
});

Deno.test("Kernel.shutdown() ends a task whose deadline passes during its clean-up only once", async () => {
  const kernel = new Kernel({ clock: new VirtualClock() });
  const trace: string[] = [];
  await kernel.run(async () => {
    spawn(async () => {
      try {
        await sleep(Infinity);
      } catch (error) {
        trace.push((error as Error).name);
        await sleep(0.001);
        trace.push("cleaned up");
        throw error;
      }
    });
    await schedule();
  });
  await kernel.shutdown();
  assertEquals(trace, ["TaskCancelled", "cleaned up"]);
});

Deno.test("Kernel keeps the process alive while a run is in progress", async () => {
  await using program = new Program(`
    const kernel = new curio.Kernel({ deadlock: "ignore" });
    await kernel.run(async () => {
      console.log("READY");
      await new curio.Event().wait();
    });
  `);
  await program.line("READY");
  // By the time another program has come and gone, Deno would have given this one up long ago.
  const other = await runProgram(`await new Promise(() => {});`);
  assertStringIncludes(other.errors, "promise never resolved");
  program.kill("SIGTERM");
  assertEquals((await program.end()).signal, "SIGTERM");
});

Deno.test("Kernel lets the process go between runs, whatever its tasks wait for", async () => {
  const { code, lines, errors } = await runProgram(`
    const kernel = new curio.Kernel();
    await kernel.run(async () => {
      curio.spawn(curio.sleep, 1000);
      curio.spawn(curio.sleep, Infinity);
      curio.spawn(() => new curio.Queue().get());
      curio.spawn(() => curio.abortable(new Promise(() => {})));
      await curio.schedule();
    });
    console.log("done");
  `);
  assertEquals([code, lines, errors], [0, ["done"], ""]);
});

Deno.test("Kernel lets the process go after shutdown", async () => {
  const { code, lines } = await runProgram(`
    const kernel = new curio.Kernel();
    await kernel.run(async () => {
      curio.spawn(curio.sleep, 1e9);
      await curio.schedule();
    });
    await kernel.shutdown();
    console.log("done");
  `);
  assertEquals([code, lines], [0, ["done"]]);
});

Deno.test("Kernel shows its state and how many tasks it has", async () => {
  const kernel = new Kernel();
  await kernel.run(() => {
    spawn(sleep, Infinity);
    assertEquals(Deno.inspect(kernel), "Kernel [running, tasks: 2]");
  });
  assertEquals(Deno.inspect(kernel), "Kernel [paused, tasks: 1]");
  await kernel.shutdown();
  assertEquals(Deno.inspect(kernel), "Kernel [shut down, tasks: 0]");
});
