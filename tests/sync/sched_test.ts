import { assert, assertEquals, assertRejects } from "@std/assert";
import { CurioError, run, schedule, spawn, type Task, TaskCancelled } from "../../mod.ts";
import { SchedBarrier, SchedFIFO } from "../../sync/traps.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";

/** Tasks that wait in `line` in this order, and then note their names. */
async function waiters(
  trace: string[],
  line: SchedFIFO | SchedBarrier,
  ...names: string[]
): Promise<Task[]> {
  const tasks = names.map((name) =>
    spawn(async () => {
      await line.suspend("EVENT_WAIT");
      trace.push(name);
    })
  );
  await reachAll(tasks, "EVENT_WAIT");
  return tasks;
}

/** Lets whoever was woken note it. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await schedule();
}

Deno.test("SchedFIFO.wake() wakes one task, who has waited longest", async () => {
  const trace: string[] = [];
  await run(async () => {
    const line = new SchedFIFO();
    await waiters(trace, line, "a", "b", "c");
    line.wake();
    await settle();
    trace.push(`${line.length} left`);
    line.wake(2);
    await settle();
  });
  assertEquals(trace, ["a", "2 left", "b", "c"]);
});

Deno.test("SchedFIFO.wake() of more than wait wakes those who do, and is not remembered", async () => {
  const trace: string[] = [];
  await run(async () => {
    const line = new SchedFIFO();
    await waiters(trace, line, "a", "b");
    line.wake(5);
    await settle();
    await waiters(trace, line, "late");
    trace.push(`${line.length} waiting`);
    line.wake();
    await settle();
  });
  assertEquals(trace, ["a", "b", "1 waiting", "late"]);
});

Deno.test("SchedFIFO.wake(0) wakes nobody", async () => {
  await run(async () => {
    const line = new SchedFIFO();
    const [task] = await waiters([], line, "a");
    line.wake(0);
    assertEquals([line.length, task.state], [1, "EVENT_WAIT"]);
    line.wake();
    await task.join();
  });
});

Deno.test("SchedFIFO.wake() of an empty line does nothing", () => {
  const line = new SchedFIFO();
  line.wake();
  line.wake(Infinity);
  assertEquals(line.length, 0);
});

Deno.test("SchedFIFO.suspend() shows the state it is given", async () => {
  await run(async () => {
    const line = new SchedFIFO();
    const task = spawn(() => line.suspend("LOCK_ACQUIRE"));
    await schedule();
    assertEquals(task.state, "LOCK_ACQUIRE");
    line.wake();
    await task.join();
  });
});

Deno.test("SchedFIFO.suspend() with a cancellation pending does not enter the line", async () => {
  await run(async () => {
    const line = new SchedFIFO();
    const task = spawn(() => line.suspend("EVENT_WAIT"));
    await task.cancel({ blocking: false });
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(line.length, 0);
  });
});

Deno.test("SchedFIFO.suspend() cancelled leaves the line: a wake-up goes to the next", async () => {
  const trace: string[] = [];
  await run(async () => {
    const line = new SchedFIFO();
    const [first] = await waiters(trace, line, "a", "b");
    await first.cancel({ blocking: false });
    assertEquals(line.length, 1);
    line.wake();
    await settle();
  });
  assertEquals(trace, ["b"]);
});

Deno.test("SchedFIFO.suspend() cancelled after its wake-up keeps it, and the cancellation comes next", async () => {
  const trace: string[] = [];
  await run(async () => {
    const line = new SchedFIFO();
    const task = spawn(async () => {
      await line.suspend("EVENT_WAIT");
      trace.push("woken");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "EVENT_WAIT");
    line.wake();
    await task.cancel();
  });
  assertEquals(trace, ["woken", "cancelled at the next blocking point"]);
});

Deno.test("SchedFIFO.wake() may be called outside a task", async () => {
  await run(async () => {
    const line = new SchedFIFO();
    setTimeout(() => line.wake(), 0);
    await line.suspend("EVENT_WAIT");
    assertEquals(line.length, 0);
  });
});

Deno.test("SchedBarrier.wake() wakes all, in the order they came", async () => {
  const trace: string[] = [];
  await run(async () => {
    const barrier = new SchedBarrier();
    await waiters(trace, barrier, "a", "b", "c");
    barrier.wake();
    trace.push(`${barrier.length} left`);
    await settle();
  });
  assertEquals(trace, ["0 left", "a", "b", "c"]);
});

Deno.test("SchedBarrier.wake(n) wakes the n who have waited longest", async () => {
  const trace: string[] = [];
  await run(async () => {
    const barrier = new SchedBarrier();
    await waiters(trace, barrier, "a", "b", "c");
    barrier.wake(2);
    await settle();
    trace.push("then");
    barrier.wake(9);
    await settle();
  });
  assertEquals(trace, ["a", "b", "then", "c"]);
});

Deno.test("SchedBarrier.wake() does not wake those who come later", async () => {
  const trace: string[] = [];
  await run(async () => {
    const barrier = new SchedBarrier();
    const task = spawn(async () => {
      for (let round = 1; round <= 2; round++) {
        await barrier.suspend("EVENT_WAIT");
        trace.push(`round ${round}`);
      }
    });
    await reach(task, "EVENT_WAIT");
    barrier.wake();
    await settle();
    trace.push(`${barrier.length} waiting`);
    barrier.wake();
    await task.join();
  });
  assertEquals(trace, ["round 1", "1 waiting", "round 2"]);
});

Deno.test("SchedBarrier.suspend() cancelled leaves the others", async () => {
  const trace: string[] = [];
  await run(async () => {
    const barrier = new SchedBarrier();
    const tasks = await waiters(trace, barrier, "a", "b", "c");
    await tasks[1].cancel();
    barrier.wake();
    await settle();
  });
  assertEquals(trace, ["a", "c"]);
});

Deno.test("SchedFIFO and SchedBarrier tell how many wait", async () => {
  await run(async () => {
    for (const line of [new SchedFIFO(), new SchedBarrier()]) {
      await waiters([], line, "a", "b");
      assertEquals([line.length, line.statistics().waiting], [2, 2]);
      assertEquals(Deno.inspect(line), `${line.constructor.name} [2 waiting]`);
      line.wake(2);
      assertEquals([line.length, line.statistics().waiting], [0, 0]);
    }
  });
});

Deno.test("SchedFIFO.suspend() and SchedBarrier.suspend() reject outside a task", async () => {
  for (const line of [new SchedFIFO(), new SchedBarrier()]) {
    const error = await assertRejects(() => line.suspend("EVENT_WAIT"), CurioError);
    assertAdvice(error, new RegExp(`^${line.constructor.name}\\.suspend\\(\\) outside a task`));
    assertEquals(line.length, 0);
  }
});
