import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  abortable,
  CurioError,
  currentTask,
  Event,
  Kernel,
  type KernelOptions,
  Lock,
  Queue,
  run,
  schedule,
  SignalEvent,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  timeoutAfter,
} from "../../mod.ts";
import { VirtualClock } from "../../kernel/testing/mod.ts";
import { HostCalls } from "../helpers/host_calls.ts";
import { whileSecondsPass } from "../helpers/passing_time.ts";
import { runProgram } from "../helpers/program.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { hostTurn } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

/** By when a standstill has been noticed, in milliseconds. */
const A_SECOND = 1000;

function hostDelay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}

/** A kernel whose first task waits for an event that only the test sets. */
function stuckKernel(log: RecordingLog): { kernel: Kernel; event: Event; running: Promise<void> } {
  const kernel = new Kernel({ log });
  const event = new Event();
  return { kernel, event, running: kernel.run(() => event.wait()) };
}

// -- Deadlock

Deno.test("deadlock: it is reported to warn, with a line for each task and where it waits", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    const kernel = new Kernel({ log });
    const event = new Event();
    const running = kernel.run(async function main() {
      const task = spawn({ name: "getter" }, () => new Queue().get());
      const waiter = spawn({ name: "joiner" }, () => task.wait());
      await event.wait();
      await waiter.cancel();
    });
    const { level, text } = await log.until(/deadlock/);
    assertEquals(level, "warn");
    const [head, ...lines] = text.split("\n");
    assertMatch(head, /^deadlock: /);
    assertEquals(lines.length, 3);
    assertMatch(lines[0], /task \d+ 'main' waits in Event\.wait\(\) \(EVENT_WAIT\)/);
    assertMatch(lines[1], /task \d+ 'getter' waits in Queue\.get\(\) \(QUEUE_GET\)/);
    assertMatch(lines[2], /task \d+ 'joiner' waits in Task\.wait\(\) \(TASK_JOIN\)/);
    event.set();
    await running;
    await kernel.shutdown();
  }));

Deno.test("deadlock: the run goes on after the report, and something outside may still end it", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    const { kernel, event, running } = stuckKernel(log);
    await log.until(/deadlock/);
    event.set();
    assertEquals(await running, undefined);
    await kernel.shutdown();
  }));

Deno.test("deadlock: one standstill is reported once", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    const { kernel, event, running } = stuckKernel(log);
    await log.until(/deadlock/);
    await hostDelay(A_SECOND);
    assertEquals(log.entries.length, 1);
    event.set();
    await running;
    await kernel.shutdown();
  }));

Deno.test("deadlock: the next standstill is reported again", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    const kernel = new Kernel({ log });
    const [first, second] = [new Event(), new Event()];
    const running = kernel.run(async () => {
      await first.wait();
      await second.wait();
    });
    await log.until(/deadlock/);
    first.set();
    await hostDelay(A_SECOND);
    assertEquals(log.texts("warn").length, 2);
    second.set();
    await running;
    await kernel.shutdown();
  }));

Deno.test("deadlock: tasks that wait for each other in a circle are reported", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    await run({ log, deadlock: "throw" }, async () => {
      const tasks: Task[] = [];
      tasks.push(spawn({ name: "a" }, () => tasks[1].wait()));
      tasks.push(spawn({ name: "b" }, () => tasks[0].wait()));
      await tasks[0].wait();
    }).then(() => assert(false, "no deadlock found"), (error) => {
      assertStringIncludes(error.message, "'a' waits in Task.wait()");
      assertStringIncludes(error.message, "'b' waits in Task.wait()");
    });
  }));

Deno.test("deadlock: a task that joins itself is reported", () =>
  whileSecondsPass(async () => {
    await assertRejects(
      () => run({ deadlock: "throw" }, () => currentTask().join()),
      CurioError,
      "waits in Task.join()",
    );
  }));

Deno.test("deadlock: a wait for a lock names the task that holds it", () =>
  whileSecondsPass(async () => {
    const error = await assertRejects(
      () =>
        run({ deadlock: "throw" }, async function holder() {
          const lock = new Lock();
          await lock.acquire();
          await spawn({ name: "waiter" }, () => lock.acquire()).wait();
        }),
      CurioError,
    );
    assertMatch(error.message, /'waiter' waits in Lock\.acquire\(\) \(LOCK_ACQUIRE\).*'holder'/);
  }));

Deno.test("deadlock: the report says where each task waits if stacks are on, else how to learn it", async () => {
  const report = async (options: KernelOptions): Promise<string[]> => {
    const stuck = () => virtually({ deadlock: "throw", ...options }, () => new Event().wait());
    return (await assertRejects(stuck, CurioError)).message.split("\n");
  };
  const [head, line] = await report({});
  assertMatch(head, /can wake them \(run with stacks: true to see where\)$/);
  assertMatch(line, /waits in Event\.wait\(\) \(EVENT_WAIT\)$/);
  const [headWithStacks, lineWithStacks] = await report({ stacks: true });
  assertMatch(headWithStacks, /can wake them$/);
  assertMatch(lineWithStacks, /\(EVENT_WAIT\) \(at .*standstill_test\.ts:\d+\)$/);
});

Deno.test("deadlock: the error thrown shows the report, and no frames of the kernel's own", async () => {
  const stuck = () => virtually({ deadlock: "throw" }, () => new Event().wait());
  const error = await assertRejects(stuck, CurioError);
  assertEquals(error.stack, `CurioError: ${error.message}`);
});

Deno.test('deadlock: "throw" cancels all, waits for the clean-up, and rejects with the report', () =>
  whileSecondsPass(async () => {
    const trace: string[] = [];
    const log = new RecordingLog();
    const kernel = new Kernel({ deadlock: "throw", log });
    const error = await assertRejects(
      () =>
        kernel.run(async function main() {
          spawn(async () => {
            try {
              await new Event().wait();
            } finally {
              await sleep(0.001);
              trace.push("task cleaned up");
            }
          });
          try {
            await new Queue().get();
          } finally {
            await sleep(0.002);
            trace.push("main cleaned up");
          }
        }),
      CurioError,
    );
    assertMatch(error.message, /^deadlock: .*\n.*'main' waits in Queue\.get\(\)/);
    assertEquals(trace.toSorted(), ["main cleaned up", "task cleaned up"]);
    assertEquals(log.texts(), []);
    await kernel.shutdown();
  }));

Deno.test('deadlock: "throw" rejects though the first task catches its cancellation', () =>
  whileSecondsPass(async () => {
    const main = () => new Event().wait().catch(() => "survived");
    await assertRejects(() => run({ deadlock: "throw" }, main), CurioError, "deadlock: ");
  }));

Deno.test('deadlock: "throw" leaves a kernel that can run again', () =>
  whileSecondsPass(async () => {
    await using kernel = new Kernel({ deadlock: "throw" });
    await assertRejects(() => kernel.run(() => new Event().wait()), CurioError, "deadlock");
    assertEquals(await kernel.run(() => sleep(0).then(() => "again")), "again");
  }));

Deno.test('deadlock: "throw" cancels with TaskCancelled, newest first', () =>
  whileSecondsPass(async () => {
    const trace: string[] = [];
    const stuck = async (name: string) => {
      await new Event().wait().catch((error) => {
        assertInstanceOf(error, TaskCancelled);
        trace.push(name);
      });
    };
    await assertRejects(() =>
      run({ deadlock: "throw" }, async () => {
        spawn(stuck, "a");
        spawn(stuck, "b");
        await stuck("main");
      }), CurioError);
    assertEquals(trace, ["b", "a", "main"]);
  }));

Deno.test('deadlock: "ignore" says nothing', () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    const kernel = new Kernel({ log, deadlock: "ignore" });
    const event = new Event();
    const running = kernel.run(() => event.wait());
    await hostDelay(A_SECOND);
    event.set();
    await running;
    await kernel.shutdown();
    assertEquals(log.texts(), []);
  }));

Deno.test("deadlock: a standstill that is not reported is looked at once", () =>
  whileSecondsPass(async () => {
    const silent: [KernelOptions, () => Promise<unknown>][] = [
      [{ deadlock: "ignore" }, () => new Event().wait()],
      [{ deadlock: "throw" }, () => sleep(Infinity)],
    ];
    for (const [options, wait] of silent) {
      const kernel = new Kernel(options);
      const end = new Event();
      const running = kernel.run(async () => {
        spawn(wait);
        await end.wait();
      });
      await hostDelay(A_SECOND);
      using timers = new HostCalls("setTimeout");
      await hostDelay(A_SECOND);
      assertEquals(timers.count, 1, "one for the test's own delay");
      end.set();
      await running;
      await kernel.shutdown();
    }
  }));

Deno.test("deadlock: one after a long wait for a foreign promise is found", () =>
  whileSecondsPass(async () => {
    const main = async () => {
      await hostDelay(A_SECOND);
      await new Event().wait();
    };
    await assertRejects(() => run({ deadlock: "throw" }, main), CurioError, "deadlock");
  }));

Deno.test("deadlock: under a virtual clock it is found at once", async () => {
  using timers = new HostCalls("setTimeout");
  await assertRejects(
    () =>
      virtually({ deadlock: "throw" }, async () => {
        await sleep(60);
        await new Event().wait();
      }),
    CurioError,
    "deadlock",
  );
  assertEquals(timers.count, 0);
});

Deno.test("deadlock: under a virtual clock one standstill is reported once", async () => {
  const log = new RecordingLog();
  const event = new Event();
  const running = virtually({ log }, () => event.wait());
  await log.until(/deadlock/);
  for (let turn = 0; turn < 5; turn++) await hostTurn();
  assertEquals(log.entries.length, 1);
  event.set();
  await running;
});

Deno.test("deadlock: a kernel that stands still, or waits for the host, lets the processor rest", async () => {
  const waits: [KernelOptions, (end: Promise<void>) => Promise<unknown>][] = [
    [{ clock: new VirtualClock() }, (end) => abortable(end)],
    [{ clock: new VirtualClock() }, (end) => end],
    [{ clock: new VirtualClock(), deadlock: "ignore" }, (end) => {
      const event = new Event();
      end.then(() => event.set());
      return event.wait();
    }],
    [{}, (end) => abortable(end)],
  ];
  for (const [options, wait] of waits) {
    using turns = new HostCalls("setImmediate");
    await run(options, wait, hostDelay(20));
    assertLess(turns.count, 10);
  }
});

Deno.test("deadlock: a kernel that shuts down lets the processor rest", async () => {
  const kernel = new Kernel();
  await kernel.run(async () => {
    spawn(() => sleep(Infinity).finally(() => abortable(hostDelay(20))));
    await schedule();
  });
  using turns = new HostCalls("setImmediate");
  await kernel.shutdown();
  assertLess(turns.count, 10);
});

Deno.test("deadlock: a program that callbacks of the host keep going stands still only in passing", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    const queue = new Queue<number>();
    let count = 0;
    const timer = setInterval(() => queue.putNowait(count++), 150);
    await run({ log }, async () => {
      while (await queue.get() < 30);
    });
    clearInterval(timer);
    assertEquals(log.texts(), []);
  }));

Deno.test("deadlock: a passing standstill is none, ended by the host in time", async () => {
  const log = new RecordingLog();
  const { kernel, event, running } = stuckKernel(log);
  await hostTurn();
  event.set();
  await running;
  await kernel.shutdown();
  assertEquals(log.texts(), []);
});

Deno.test("deadlock: it is none while a deadline is set, or somebody waits for something outside", () =>
  whileSecondsPass(async () => {
    const silent = [
      () => sleep(1e6),
      () => timeoutAfter(1e6, () => new Event().wait()),
      () => abortable(new Promise(() => {})),
      () => new Promise(() => {}),
      async () => {
        using event = new SignalEvent("SIGUSR2");
        await event.wait();
      },
      () => sleep(Infinity),
    ];
    await Promise.all(silent.map(async (wait, index) => {
      const log = new RecordingLog();
      const kernel = new Kernel({ log });
      const end = new Event();
      const running = kernel.run(async () => {
        spawn<[], unknown>(wait);
        await end.wait();
      });
      await hostDelay(A_SECOND);
      end.set();
      await running;
      assertEquals([index, log.texts()], [index, []]);
      // What awaits a promise for ever cannot be shut down.
      if (index !== 3) await kernel.shutdown();
    }));
  }));

Deno.test("deadlock: it is found after an external wait has ended", () =>
  whileSecondsPass(async () => {
    await assertRejects(
      () =>
        run({ deadlock: "throw" }, async () => {
          await abortable(new Promise<void>((resolve) => setTimeout(resolve, 1)));
          await spawn(() => abortable(new Promise(() => {}))).cancel();
          await timeoutAfter(0.001, sleep, 1).catch(() => {});
          await new Event().wait();
        }),
      CurioError,
      "deadlock",
    );
  }));

Deno.test("deadlock: without a log it goes to console.warn; with one nothing reaches the console", async () => {
  const source = (options: string) => `
    const event = new curio.Event();
    setTimeout(() => event.set(), 700);
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    await curio.run(${options}, () => event.wait());
    console.log("done");
  `;
  const [silent, loud] = await Promise.all([
    runProgram(source("{ log }")),
    runProgram(source("{}")),
  ]);
  assertEquals([silent.errors, silent.lines], ["", ["done"]]);
  assertStringIncludes(loud.errors, "deadlock: ");
});

// -- Forgotten await

Deno.test("forgotten await: a task that ends with a wait pending is reported with the operation", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const task = spawn({ name: "hasty" }, () => {
      void sleep(1000);
    });
    await task.join();
    assertEquals(log.entries.map((entry) => entry.level), ["warn"]);
    const [text] = log.texts();
    assertMatch(
      text,
      new RegExp(`^forgotten await: task ${task.id} 'hasty' ended while sleep\\(\\)`),
    );
    assertStringIncludes(text, "put `await` before the call (run with stacks: true to see which");
  });
});

Deno.test("forgotten await: it is reported with the line when stacks are on", async () => {
  const log = new RecordingLog();
  await run({ log, stacks: true }, async () => {
    await spawn(() => {
      void new Queue().get();
    }).join();
  });
  assertMatch(log.texts()[0], /Queue\.get\(\) \(at .*standstill_test\.ts:\d+\)/);
  assertMatch(log.texts()[0], /before the call$/);
});

Deno.test("forgotten await: it is reported once per task, whatever the number of waits", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    await spawn(() => {
      void sleep(1000);
      void new Queue().get();
      void new Event().wait();
    }).join();
  });
  assertEquals(log.texts().length, 1);
  for (const name of ["sleep()", "Queue.get()", "Event.wait()"]) {
    assertStringIncludes(log.texts()[0], name);
  }
});

Deno.test("forgotten await: the first task's is reported, too", async () => {
  const log = new RecordingLog();
  await run({ log }, () => {
    void sleep(1000);
  });
  assertMatch(log.texts()[0], /^forgotten await: .*sleep\(\)/);
});

Deno.test("forgotten await: a task that crashes with a wait pending is reported", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const task = spawn(() => {
      void sleep(1000);
      throw new Error("boom");
    });
    await task.join().catch(() => {});
  });
  assertEquals(log.texts("warn").length, 1);
});

Deno.test("forgotten await: the loser of a Promise.race counts", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    await spawn(() => Promise.race([sleep(0), new Queue().get()])).join();
  });
  assertMatch(log.texts()[0], /Queue\.get\(\)/);
});

Deno.test("forgotten await: nothing is reported of waits that ended, and of a cancelled task's", async () => {
  const log = new RecordingLog();
  await virtually({ log }, async () => {
    await spawn(async () => {
      const pending = sleep(0.001);
      await Promise.all([pending, sleep(0.002)]);
    }).join();
    const task = spawn(() => Promise.all([sleep(Infinity), new Queue().get()]));
    await schedule();
    await task.cancel();
  });
  assertEquals(log.texts(), []);
});

Deno.test("forgotten await: no item goes to a forgotten get()", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const queue = new Queue<string>();
    await spawn(() => {
      void queue.get();
    }).join();
    await queue.put("item");
    assertEquals([queue.size(), await queue.get()], [1, "item"]);
  });
});

Deno.test("forgotten await: a forgotten put() adds nothing", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const queue = new Queue<string>(1);
    await queue.put("first");
    await spawn(() => {
      void queue.put("forgotten");
    }).join();
    assertEquals(await queue.get(), "first");
    assert(queue.empty());
  });
});

Deno.test("forgotten await: no lock goes to a forgotten acquire()", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const lock = new Lock();
    await lock.acquire();
    await spawn(() => {
      void lock.acquire();
    }).join();
    lock.release();
    assertFalse(lock.locked());
  });
});

Deno.test("forgotten await: the wait stays pending for good", async () => {
  await virtually({ log: new RecordingLog() }, async () => {
    const event = new Event();
    let settled = false;
    await spawn(() => {
      void event.wait().finally(() => settled = true);
    }).join();
    event.set();
    await sleep(0.001);
    assertFalse(settled);
  });
});

Deno.test("forgotten await: a forgotten sleep leaves no timer that the run waits for", async () => {
  const { code, lines } = await runProgram(`
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    await curio.run({ log }, () => { void curio.sleep(1000); });
    console.log("done");
  `);
  assertEquals([code, lines], [0, ["done"]]);
});

Deno.test("forgotten await: there is no report of a task that nobody joins", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    spawn(() => "never joined");
    await schedule();
  });
  assertEquals(log.texts(), []);
});

Deno.test("a logger that throws does not hurt the kernel", async () => {
  const angry = () => {
    throw new Error("no space left");
  };
  const log = { debug: angry, info: angry, warn: angry, error: angry };
  const result = await run({ log }, async () => {
    spawn(() => Promise.reject(new Error("boom")));
    await schedule();
    await spawn(() => {
      void sleep(1000);
    }).join();
    return "unhurt";
  });
  assertEquals(result, "unhurt");
});
