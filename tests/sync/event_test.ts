import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  CurioError,
  Event,
  Kernel,
  run,
  schedule,
  spawn,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

Deno.test("Event.set() and clear() change isSet(), in a task or not", async () => {
  const event = new Event();
  const states = [event.isSet()];
  event.set();
  states.push(event.isSet());
  await run(() => event.clear());
  states.push(event.isSet());
  assertEquals(states, [false, true, false]);
});

Deno.test("Event.wait() of a set event is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    event.set();
    const task = spawn(async () => {
      await event.wait();
      trace.push("went through");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
  });
  assertEquals(trace, ["went through", "cancelled at the next blocking point"]);
});

Deno.test("Event.set() wakes every waiter, in the order they came", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const tasks = ["Max", "Lillian", "Thomas"].map((name) =>
      spawn(async () => {
        await event.wait();
        trace.push(name);
      })
    );
    await reachAll(tasks, "EVENT_WAIT");
    event.set();
    trace.push("set");
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["set", "Max", "Lillian", "Thomas"]);
});

Deno.test("Event.clear() right after set() leaves those awake who were woken", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const early = spawn(async () => {
      await event.wait();
      trace.push(`woken, set: ${event.isSet()}`);
    });
    await reach(early, "EVENT_WAIT");
    event.set();
    event.clear();
    await early.join();
    const late = spawn(() => event.wait());
    await reach(late, "EVENT_WAIT");
    trace.push("the next one waits");
    event.set();
    await late.join();
  });
  assertEquals(trace, ["woken, set: false", "the next one waits"]);
});

Deno.test("Event.set() from a callback of the host wakes the waiters", async () => {
  await run(async () => {
    const event = new Event();
    setTimeout(() => event.set(), 0);
    await event.wait();
    assert(event.isSet());
  });
});

Deno.test("Event.set() between two runs wakes a waiter, who goes on in the next", async () => {
  const trace: string[] = [];
  const event = new Event();
  await using kernel = new Kernel();
  const task = await kernel.run(async () => {
    const task = spawn(async () => {
      await event.wait();
      trace.push("woken");
    });
    await reach(task, "EVENT_WAIT");
    return task;
  });
  event.set();
  await new Promise((resolve) => setTimeout(resolve, 0));
  trace.push("next run");
  await kernel.run(() => task.join());
  assertEquals(trace, ["next run", "woken"]);
});

Deno.test("Event.set() of an event that is set already does nothing", async () => {
  await run(async () => {
    const event = new Event();
    event.set();
    event.set();
    await event.wait();
    event.clear();
    assert(!event.isSet());
  });
});

Deno.test("Event.wait() with a cancellation pending is interrupted and leaves nothing behind", async () => {
  await run(async () => {
    const event = new Event();
    const task = spawn(() => event.wait());
    await task.cancel({ blocking: false });
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(event.statistics(), { waiting: 0 });
  });
});

Deno.test("Event.wait() cancelled just before set() is interrupted", async () => {
  await run(async () => {
    const event = new Event();
    const task = spawn(() => event.wait());
    await reach(task, "EVENT_WAIT");
    await task.cancel({ blocking: false });
    assertEquals(event.statistics(), { waiting: 0 });
    event.set();
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
  });
});

Deno.test("Event.wait() cancelled just after set() returns, and the cancellation comes next", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const task = spawn(async () => {
      await event.wait();
      trace.push("woken");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "EVENT_WAIT");
    event.set();
    await task.cancel();
  });
  assertEquals(trace, ["woken", "cancelled at the next blocking point"]);
});

Deno.test("Event.wait() of one task cancelled leaves the other waiters alone", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const tasks = ["first", "second", "third"].map((name) =>
      spawn(async () => {
        await event.wait();
        trace.push(name);
      })
    );
    await reachAll(tasks, "EVENT_WAIT");
    await tasks[1].cancel();
    assertEquals(event.statistics(), { waiting: 2 });
    event.set();
    for (const task of tasks) await task.wait();
  });
  assertEquals(trace, ["first", "third"]);
});

Deno.test("Event.wait() out of time can be tried again", async () => {
  const trace: string[] = [];
  await run(async () => {
    const start = new Event();
    const kid = spawn(async () => {
      for (let tries = 0; tries < 2; tries++) {
        trace.push("Can I play?");
        try {
          return await timeoutAfter(tries === 0 ? 0.001 : Infinity, () => start.wait());
        } catch (error) {
          if (!(error instanceof TaskTimeout)) throw error;
          trace.push("Wha!?!");
          start.set();
        }
      }
    });
    await kid.join();
    assertEquals(start.statistics(), { waiting: 0 });
  });
  assertEquals(trace, ["Can I play?", "Wha!?!", "Can I play?"]);
});

Deno.test("Event.wait() several times in one task is woken as often", async () => {
  await run(async () => {
    const event = new Event();
    const both = spawn(async () => await Promise.all([event.wait(), event.wait()]));
    await reach(both, "EVENT_WAIT");
    assertEquals(event.statistics(), { waiting: 2 });
    event.set();
    assertEquals(await both.join(), [undefined, undefined]);
  });
});

Deno.test("Event.wait() that a task forgot to await is undone when the task ends", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const event = new Event();
    await spawn(async () => {
      void event.wait();
      await schedule();
    }).join();
    assertEquals(event.statistics(), { waiting: 0 });
  });
  assertEquals(log.texts("warn").length, 1);
  assert(log.texts("warn")[0].includes("Event.wait()"));
});

Deno.test("Event.wait() outside a task rejects, set or not", async () => {
  const event = new Event();
  for (const set of [false, true]) {
    if (set) event.set();
    const error = await assertRejects(() => event.wait(), CurioError);
    assertAdvice(error, /^Event\.wait\(\) outside a task/);
    assertEquals(event.statistics(), { waiting: 0 });
  }
});

Deno.test("Event prints whether it is set and how many wait", async () => {
  await run(async () => {
    const event = new Event();
    const task = spawn(() => event.wait());
    await reach(task, "EVENT_WAIT");
    assertEquals(Deno.inspect(event), "Event [not set, 1 waiting]");
    event.set();
    assertEquals(Deno.inspect(event), "Event [set, 0 waiting]");
    await task.join();
  });
});
