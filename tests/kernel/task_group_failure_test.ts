import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Event,
  isCancelled,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskGroup,
  TaskGroupError,
} from "../../mod.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

function crash(error: unknown): Promise<never> {
  return Promise.reject(error);
}

/** Runs `fn` with a log that keeps the reports of crashes to itself. */
function quietly(fn: () => Promise<void>): Promise<void> {
  return run({ log: new RecordingLog() }, fn);
}

async function failsWhenCancelled(error: Error): Promise<void> {
  try {
    await sleep(Infinity);
  } catch {
    throw error;
  }
}

// -- Failures without throwOnError

Deno.test("TaskGroup.join() cancels the other members when one fails, and does not throw", async () => {
  await quietly(async () => {
    const group = new TaskGroup<number>();
    const others = [group.spawn(sleep, Infinity), group.spawn(sleep, Infinity)];
    group.spawn(crash, new Error("broken"));
    await group.join();
    assertEquals(others.map((task) => isCancelled(task.exception)), [true, true]);
  });
});

Deno.test("TaskGroup.results throws the error of the first failed member in the order of spawning", async () => {
  const failure = new Error("broken");
  await quietly(async () => {
    const group = new TaskGroup<string>();
    group.spawn(() => "fine");
    group.spawn(crash, failure);
    await group.join();
    assertStrictEquals(assertThrows(() => group.results), failure);
    assertEquals(group.exceptions, [undefined, failure]);
  });
});

Deno.test("TaskGroup.result is of the first member that ended, though a later one failed", async () => {
  await quietly(async () => {
    const group = new TaskGroup<string>();
    group.spawn(() => "fine");
    group.spawn(crash, new Error("broken"));
    await group.join();
    assertEquals([group.result, group.exception], ["fine", undefined]);
  });
});

Deno.test("TaskGroup does not interrupt the body when a member fails", async () => {
  const trace: string[] = [];
  await quietly(async () => {
    await new TaskGroup().run(async (group) => {
      const sibling = group.spawn(sleep, Infinity);
      const failed = group.spawn(crash, new Error("broken"));
      await failed.wait();
      await schedule();
      trace.push(`body goes on, sibling in ${sibling.state}`);
    });
  });
  assertEquals(trace, ["body goes on, sibling in TIME_SLEEP"]);
});

Deno.test("TaskGroup.join() cancels at once when a member failed before it", async () => {
  await quietly(async () => {
    const group = new TaskGroup<number>();
    const sibling = group.spawn(sleep, Infinity);
    await group.spawn(crash, new Error("broken")).wait();
    await group.join();
    assert(isCancelled(sibling.exception));
  });
});

Deno.test("TaskGroup.join() cancels the others when a member is cancelled from outside", async () => {
  await run(async () => {
    const group = new TaskGroup<number>();
    const [victim, sibling] = [group.spawn(sleep, Infinity), group.spawn(sleep, Infinity)];
    await reachAll([victim, sibling], "TIME_SLEEP");
    await victim.cancel();
    await group.join();
    assert(isCancelled(sibling.exception));
    assertStrictEquals(assertThrows(() => group.results), victim.exception);
  });
});

Deno.test("TaskGroup.join() does not mind a member that caught its cancellation and returned", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const go = new Event();
    const victim = group.spawn(async () => {
      await sleep(Infinity).catch(() => {});
      return "cancelled, and fine";
    });
    group.spawn(async () => {
      await go.wait();
      return "done";
    });
    await reach(victim, "TIME_SLEEP");
    await victim.cancel();
    go.set();
    await group.join();
    assertEquals(group.results, ["cancelled, and fine", "done"]);
  });
});

Deno.test("TaskGroup.addTask() of a crashed task makes join cancel the others", async () => {
  await quietly(async () => {
    const crashed = spawn(crash, new Error("broken"));
    await crashed.wait();
    const group = new TaskGroup<number>();
    const sibling = group.spawn(sleep, Infinity);
    group.addTask(crashed);
    await group.join();
    assert(isCancelled(sibling.exception));
    assertStrictEquals(group.completed, crashed);
  });
});

Deno.test("TaskGroup reports a member's crash once, as any task's", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const group = new TaskGroup();
    const task = group.spawn({ name: "painter" }, crash, new Error("out of paint"));
    await group.join();
    assertEquals(log.texts(), [`task ${task.id} 'painter' crashed: Error: out of paint`]);
  });
  assertEquals(log.entries.map((entry) => entry.level), ["error"]);
});

Deno.test("TaskGroup does not report the crash of a member that somebody is joining", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    await new TaskGroup().run(async (group) => {
      await assertRejects(() => group.spawn(crash, new Error("broken")).join());
    });
  });
  assertEquals(log.texts(), []);
});

Deno.test("TaskGroup reports what a member throws while it is being cancelled", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const group = new TaskGroup({ wait: "none" });
    const task = group.spawn({ name: "kid" }, failsWhenCancelled, new Error("spilt the milk"));
    await reach(task, "TIME_SLEEP");
    await group.join();
  });
  assertEquals(log.texts("error").length, 1);
  assert(log.texts("error")[0].endsWith("'kid' crashed: Error: spilt the milk"));
});

// -- An error in the body

Deno.test("TaskGroup.run() cancels the members when the body throws, and rethrows the error as it is", async () => {
  const failure = new Error("in the body");
  await run(async () => {
    const group = new TaskGroup<number>();
    let task: Task | undefined;
    const error = await assertRejects(() =>
      group.run(async (g) => {
        task = g.spawn(sleep, Infinity);
        await schedule();
        throw failure;
      })
    );
    assertStrictEquals(error, failure);
    assert(isCancelled(task!.exception));
  });
});

Deno.test("TaskGroup.run() rethrows the body's error although members fail too", async () => {
  const failure = new Error("in the body");
  await quietly(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const error = await assertRejects(() =>
      group.run(async (g) => {
        g.spawn(crash, new Error("in a member"));
        await reach(g.spawn(failsWhenCancelled, new Error("in clean-up")), "TIME_SLEEP");
        throw failure;
      })
    );
    assertStrictEquals(error, failure);
  });
});

Deno.test("TaskGroup.run() waits for the clean-up of members before it rethrows the body's error", async () => {
  const trace: string[] = [];
  await run(async () => {
    await assertRejects(() =>
      new TaskGroup().run(async (group) => {
        const task = group.spawn(async () => {
          try {
            await sleep(Infinity);
          } finally {
            for (let turn = 0; turn < 3; turn++) await schedule();
            trace.push("cleaned up");
          }
        });
        await reach(task, "TIME_SLEEP");
        throw new Error("in the body");
      }), Error);
    trace.push("rethrown");
  });
  assertEquals(trace, ["cleaned up", "rethrown"]);
});

Deno.test("TaskGroup.run() whose body throws takes those it cancels out of the group", async () => {
  // Curio: on an exception, cancel_remaining() and then join(); what is cancelled so is removed.
  await run(async () => {
    const group = new TaskGroup<string | number>();
    await assertRejects(() =>
      group.run(async (g) => {
        const done = g.spawn(() => "done");
        const late = g.spawn(sleep, Infinity);
        await done.wait();
        await reach(late, "TIME_SLEEP");
        throw new Error("in the body");
      }), Error);
    assertEquals(group.results, ["done"]);
  });
});

Deno.test("TaskGroup.run() treats a body that throws at once like one that rejects", async () => {
  const failure = new Error("at once");
  await run(async () => {
    const group = new TaskGroup<number>();
    let task: Task | undefined;
    const error = await assertRejects(() =>
      group.run((g) => {
        task = g.spawn(sleep, Infinity);
        throw failure;
      })
    );
    assertStrictEquals(error, failure);
    assert(task!.terminated);
  });
});

// -- throwOnError

async function groupError(group: TaskGroup): Promise<TaskGroupError> {
  return await assertRejects(() => group.join(), TaskGroupError);
}

Deno.test("TaskGroup with throwOnError rejects join with every error, first failure first", async () => {
  const [first, second] = [new Error("first"), new Error("second")];
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const late = group.spawn(failsWhenCancelled, second);
    await reach(late, "TIME_SLEEP");
    group.spawn(crash, first);
    const error = await groupError(group);
    assert(error instanceof AggregateError);
    assertEquals(error.errors, [first, second]);
    assertStrictEquals(error.errors[0], first);
  });
});

Deno.test("TaskGroupError names the members that failed", async () => {
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const [a, b] = ["painter", "singer"].map((name) => group.spawn({ name }, crash, new Error()));
    const { message } = await groupError(group);
    assertEquals(
      message,
      `2 tasks of a group failed: task ${a.id} 'painter', task ${b.id} 'singer'`,
    );
  });
});

Deno.test("TaskGroup.run() with throwOnError rejects like join", async () => {
  const failure = new Error("broken");
  await run(async () => {
    const error = await assertRejects(
      () => new TaskGroup({ throwOnError: true }).run((g) => void g.spawn(crash, failure)),
      TaskGroupError,
    );
    assertEquals(error.errors, [failure]);
  });
});

Deno.test("TaskGroup with throwOnError resolves when every member returned", async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ throwOnError: true });
    group.spawn(() => "fine");
    await group.join();
    assertEquals(group.results, ["fine"]);
  });
});

Deno.test("TaskGroup with throwOnError does not count the cancellations of siblings", async () => {
  const failure = new Error("broken");
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    await reach(group.spawn(sleep, Infinity), "TIME_SLEEP");
    group.spawn(crash, failure);
    assertEquals((await groupError(group)).errors, [failure]);
  });
});

Deno.test("TaskGroup with throwOnError counts a member cancelled from outside if nothing else failed", async () => {
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const [victim, sibling] = [group.spawn(sleep, Infinity), group.spawn(sleep, Infinity)];
    await reachAll([victim, sibling], "TIME_SLEEP");
    await victim.cancel();
    const { errors } = await groupError(group);
    assertEquals(errors, [victim.exception]);
    assert(errors[0] instanceof TaskCancelled);
  });
});

Deno.test("TaskGroup with throwOnError leaves out a member cancelled from outside if another failed", async () => {
  const failure = new Error("broken");
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const victim = group.spawn(sleep, Infinity);
    await reach(victim, "TIME_SLEEP");
    await victim.cancel();
    await group.spawn(crash, failure).wait();
    assertEquals((await groupError(group)).errors, [failure]);
  });
});

Deno.test("TaskGroup with throwOnError leaves out what was joined by hand or handed out", async () => {
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const joined = group.spawn(crash, new Error("joined by hand"));
    await assertRejects(() => joined.join());
    const handed = group.spawn(crash, new Error("handed out"));
    assertStrictEquals(await group.nextDone(), handed);
    group.spawn(crash, new Error("result"));
    await assertRejects(() => group.nextResult(), Error, "result");
    group.spawn(crash, new Error("iteration"));
    for await (const task of group) assert(task.exception instanceof Error);
    group.spawn(() => "fine");
    await group.join();
    assertEquals(group.results, ["fine"]);
  });
});

Deno.test("TaskGroup with throwOnError and a winner throws nothing, though a loser fails", async () => {
  for (const wait of ["any", "object"] as const) {
    await run(async () => {
      const group = new TaskGroup<string | void>({ wait, throwOnError: true });
      await reach(group.spawn(failsWhenCancelled, new Error("sore loser")), "TIME_SLEEP");
      group.spawn(() => "winner");
      await group.join();
      assertEquals(group.result, "winner", wait);
    });
  }
});

Deno.test('TaskGroup with throwOnError and wait "any" throws when the first to end failed', async () => {
  const failure = new Error("broken");
  await run(async () => {
    const group = new TaskGroup<number>({ wait: "any", throwOnError: true });
    group.spawn(sleep, Infinity);
    group.spawn(crash, failure);
    assertEquals((await groupError(group)).errors, [failure]);
  });
});

Deno.test('TaskGroup with throwOnError and wait "none" throws what members failed with', async () => {
  const failure = new Error("broken");
  await run(async () => {
    const group = new TaskGroup<void>({ wait: "none", throwOnError: true });
    await reach(group.spawn(failsWhenCancelled, failure), "TIME_SLEEP");
    assertEquals((await groupError(group)).errors, [failure]);
  });
});

Deno.test('TaskGroup with throwOnError and wait "none" throws nothing for whom it cancelled', async () => {
  await run(async () => {
    const group = new TaskGroup<number>({ wait: "none", throwOnError: true });
    const task = group.spawn(sleep, Infinity);
    await group.join();
    assert(isCancelled(task.exception));
  });
});

Deno.test("TaskGroup with throwOnError does not report its members' crashes", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const group = new TaskGroup({ throwOnError: true });
    group.spawn(crash, new Error("broken"));
    await groupError(group);
  });
  assertEquals(log.texts(), []);
});

Deno.test("TaskGroup with throwOnError turns a thrown undefined into an Error that says so", async () => {
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    group.spawn(crash, undefined);
    const [error] = (await groupError(group)).errors;
    assert(error instanceof Error && error.message.includes("undefined was thrown"));
  });
});

Deno.test("TaskGroup with throwOnError keeps a member's error when it is not an Error", async () => {
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    group.spawn(crash, "just a string");
    group.spawn(crash, null);
    assertEquals((await groupError(group)).errors, ["just a string", null]);
  });
});

Deno.test("TaskGroup with throwOnError has readable results after join rejected", async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ throwOnError: true });
    const failure = new Error("broken");
    group.spawn(() => "fine");
    group.spawn(crash, failure);
    await groupError(group);
    assertEquals(group.exceptions, [undefined, failure]);
    assertEquals(group.result, "fine");
  });
});

Deno.test("TaskGroup with throwOnError does not count what a daemon throws", async () => {
  await quietly(async () => {
    const group = new TaskGroup<string>({ throwOnError: true });
    await group.spawn({ daemon: true }, crash, new Error("in the background")).wait();
    group.spawn(() => "fine");
    await group.join();
    assertEquals(group.results, ["fine"]);
  });
});

Deno.test("TaskGroup with throwOnError reports a daemon's crash, which nobody else tells of", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const group = new TaskGroup({ throwOnError: true });
    await group.spawn({ daemon: true }, crash, new Error("in the background")).wait();
    await group.join();
  });
  assertEquals(log.texts("error").length, 1);
});
