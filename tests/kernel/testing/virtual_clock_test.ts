import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  abortable,
  CancelScope,
  clock,
  Event,
  ignoreAfter,
  Kernel,
  run,
  schedule,
  sleep,
  spawn,
  TaskGroup,
  TaskTimeout,
  timeoutAfter,
  TimeoutCancellationError,
} from "../../../mod.ts";
import { VirtualClock } from "../../../kernel/testing/mod.ts";
import { hog, virtually } from "../../helpers/virtually.ts";

/** The seconds of the host that `body` takes. */
async function hostSeconds(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return (performance.now() - start) / 1000;
}

Deno.test("VirtualClock starts at 0", async () => {
  assertEquals([new VirtualClock().now(), await virtually(() => clock())], [0, 0]);
});

Deno.test("VirtualClock lets a day of sleeping take no time", async () => {
  const seconds = await hostSeconds(() =>
    virtually(async () => {
      for (let hour = 0; hour < 24; hour++) await sleep({ hours: 1 });
      assertEquals(clock(), 86_400);
    })
  );
  assert(seconds < 10, `${seconds} s`);
});

Deno.test("VirtualClock stands still while tasks run", async () => {
  const times: number[] = [];
  await virtually(async () => {
    times.push(clock());
    for (let turn = 0; turn < 100; turn++) await schedule();
    times.push(clock());
  });
  assertEquals(times, [0, 0]);
});

Deno.test("VirtualClock jumps to each deadline in turn", async () => {
  const trace: string[] = [];
  await virtually(() =>
    new TaskGroup().run((group) => {
      for (const seconds of [30, 10, 20]) {
        group.spawn(async () => trace.push(`${await sleep(seconds)} at ${clock()}`));
      }
    })
  );
  assertEquals(trace, ["10 at 10", "20 at 20", "30 at 30"]);
});

Deno.test("VirtualClock lets equal deadlines pass in the order they were set", async () => {
  const trace: string[] = [];
  await virtually(() =>
    new TaskGroup().run(async (group) => {
      for (const name of ["a", "b", "c"]) {
        group.spawn(async () => {
          await sleep(5);
          trace.push(`${name} at ${clock()}`);
        });
      }
      await schedule();
      group.spawn(async () => {
        await sleep(2);
        await sleep(3);
        trace.push("in two steps");
      });
    })
  );
  assertEquals(trace, ["a at 5", "b at 5", "c at 5", "in two steps"]);
});

Deno.test("VirtualClock does not jump while a task is ready", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const sleeper = spawn(async () => {
      await sleep(1);
      trace.push("slept");
    });
    for (let turn = 0; turn < 1000; turn++) await schedule();
    trace.push("busy");
    await sleeper.join();
  });
  assertEquals(trace, ["busy", "slept"]);
});

Deno.test("VirtualClock works with timeoutAfter()", async () => {
  await virtually(async () => {
    await assertRejects(() => timeoutAfter(60, sleep, 3600), TaskTimeout);
    assertEquals(clock(), 60);
    assertEquals(await timeoutAfter(60, sleep, 1), 61);
    await sleep(100);
    assertEquals(clock(), 161);
  });
});

Deno.test("VirtualClock works with nested timeouts", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    await timeoutAfter(10, async () => {
      trace.push(String(await ignoreAfter(5, sleep, 100)), `at ${clock()}`);
      await timeoutAfter(50, sleep, 100).catch((error) => {
        trace.push(error instanceof TimeoutCancellationError ? "inner" : error.name);
        throw error;
      });
    }).catch((error) => trace.push(error.name, `at ${clock()}`));
  });
  assertEquals(trace, ["null", "at 5", "inner", "TaskTimeout", "at 10"]);
});

Deno.test("VirtualClock works with a scope's deadline, also when it is moved", async () => {
  await virtually(async () => {
    await sleep(100);
    const scope = new CancelScope({ deadline: 110 });
    await scope.run(async () => {
      scope.deadline = 150;
      await sleep(Infinity);
    });
    assertEquals([clock(), scope.expired], [150, true]);
  });
});

Deno.test("VirtualClock does not jump over a timeout that was left in time", async () => {
  await virtually(async () => {
    await timeoutAfter(10, schedule);
    await sleep(1);
    assertEquals(clock(), 1);
  });
});

Deno.test("VirtualClock does not jump while abortable() waits for something outside", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const sleeper = spawn(async () => {
      await sleep(1);
      trace.push("slept");
    });
    await abortable(new Promise((resolve) => setTimeout(resolve, 5)));
    trace.push(`outside is done at ${clock()}`);
    await sleeper.join();
  });
  assertEquals(trace, ["outside is done at 0", "slept"]);
});

Deno.test("VirtualClock does not jump while a task awaits a foreign promise", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const sleeper = spawn(async () => {
      await sleep(1);
      trace.push("slept");
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    trace.push(`outside is done at ${clock()}`);
    await sleeper.join();
  });
  assertEquals(trace, ["outside is done at 0", "slept"]);
});

Deno.test("VirtualClock lets no timeout pass that guards something outside which comes", async () => {
  await virtually(async () => {
    const value = await timeoutAfter(
      1,
      () => abortable(new Promise<string>((resolve) => setTimeout(() => resolve("came"), 5))),
    );
    assertEquals([value, clock()], ["came", 0]);
  });
});

Deno.test("VirtualClock lets a timeout pass that is due, though something outside is awaited", async () => {
  const forever = () => abortable(new Promise(() => {}));
  await virtually(async () => {
    await assertRejects(() => timeoutAfter(0, forever), TaskTimeout);
    await assertRejects(() =>
      timeoutAfter(5, async () => {
        hog(6);
        await forever();
      }), TaskTimeout);
    assertEquals(clock(), 6);
  });
});

Deno.test("VirtualClock jumps on once what was outside has come", async () => {
  await virtually(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await sleep(50);
    await abortable(new Promise((resolve) => setTimeout(resolve, 1)));
    await sleep(50);
    assertEquals(clock(), 100);
  });
});

Deno.test("VirtualClock jumps while other tasks wait for each other", async () => {
  await virtually(async () => {
    const event = new Event();
    const waiter = spawn(() => event.wait());
    await sleep(10);
    event.set();
    await waiter.join();
    assertEquals(clock(), 10);
  });
});

Deno.test("VirtualClock keeps its time from one run of a kernel to the next", async () => {
  await using kernel = new Kernel({ clock: new VirtualClock() });
  await kernel.run(sleep, 10);
  assertEquals(await kernel.run(sleep, 5), 15);
});

Deno.test("VirtualClock does not jump for background tasks between runs", async () => {
  const virtual = new VirtualClock();
  await using kernel = new Kernel({ clock: virtual });
  await kernel.run(async () => {
    spawn(() => sleep(100));
    await schedule();
  });
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(virtual.now(), 0);
});

Deno.test("VirtualClock.sleep(Infinity) is no deadline to jump to", async () => {
  await virtually(async () => {
    const forever = spawn(() => sleep(Infinity));
    await sleep(10);
    assertEquals([clock(), forever.state], [10, "TIME_SLEEP"]);
    await forever.cancel();
  });
});

Deno.test("VirtualClock lets many sleep at once", async () => {
  const trace: number[] = [];
  await run({ clock: new VirtualClock() }, () =>
    new TaskGroup().run((group) => {
      for (let n = 0; n < 2000; n++) {
        group.spawn(async () => trace.push(await sleep((n * 7) % 2000)));
      }
    }));
  assertEquals(trace, Array.from({ length: 2000 }, (_, n) => n));
});
