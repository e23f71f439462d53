import {
  assert,
  assertEquals,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  clock,
  CurioError,
  Event,
  isCancelled,
  Lock,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskGroupError,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

async function guest(trace: string[], name: string): Promise<void> {
  try {
    await sleep(Infinity);
  } finally {
    trace.push(name);
  }
}

function crash(error: Error): Promise<never> {
  return Promise.reject(error);
}

/** A group of three guests, all asleep, the second a daemon. */
async function party(trace: string[]): Promise<TaskGroup<void>> {
  const group = new TaskGroup<void>();
  const tasks = ["first", "second", "third"].map((name) =>
    group.spawn({ daemon: name === "second" }, guest, trace, name)
  );
  await reachAll(tasks, "TIME_SLEEP");
  return group;
}

Deno.test("TaskGroup.shutdown() cancels the newest first, daemons in their place, and waits", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await party(trace);
    await group.shutdown();
    trace.push("shut down");
  });
  assertEquals(trace, ["third", "second", "first", "shut down"]);
});

Deno.test('TaskGroup.shutdown() with order "oldest" cancels the oldest first', async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await party(trace);
    await group.shutdown({ order: "oldest" });
  });
  assertEquals(trace, ["first", "second", "third"]);
});

Deno.test("TaskGroup.shutdown() with an order of the caller's own cancels in that", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await party(trace);
    const places = ["second", "third", "first"];
    const tasks = new Map(group.tasks.map((task, n) => [task, ["first", "third"][n]]));
    const place = (task: Task) => places.indexOf(tasks.get(task) ?? "second");
    await group.shutdown({ order: (a, b) => place(a) - place(b) });
  });
  assertEquals(trace, ["second", "third", "first"]);
});

/** A task that answers whoever asks, until it is cancelled, and one that asks as it is cleaned up. */
function serviceAndClient(group: TaskGroup<void>, trace: string[], clientFirst: boolean): void {
  const questions = new Queue<Event>();
  const service = async () => {
    try {
      for (;;) (await questions.get()).set();
    } finally {
      trace.push("service ends");
    }
  };
  const client = async () => {
    await sleep(Infinity).finally(async () => {
      const answer = new Event();
      await questions.put(answer);
      await answer.wait();
      trace.push("client was answered");
    });
  };
  for (const task of clientFirst ? [client, service] : [service, client]) group.spawn(task);
}

Deno.test("TaskGroup.shutdown() lets clean-up use members whose turn comes later", async () => {
  for (const order of ["newest", "oldest"] as const) {
    const trace: string[] = [];
    await virtually(async () => {
      const group = new TaskGroup<void>();
      serviceAndClient(group, trace, order === "oldest");
      await sleep(1);
      await group.shutdown({ order, grace: 1 });
      assertEquals(clock(), 2);
    });
    assertEquals(trace, ["client was answered", "service ends"], order);
  }
});

Deno.test("TaskGroup.shutdown() waits for a clean-up that takes its time, and for nobody twice", async () => {
  await virtually(async () => {
    const group = new TaskGroup<void>();
    const lock = new Lock();
    group.spawn(() => lock.run(() => sleep(Infinity)));
    await schedule();
    const slow = group.spawn(() => sleep(Infinity).finally(() => sleep(100)));
    for (let n = 0; n < 50; n++) {
      group.spawn(() => sleep(Infinity).finally(() => lock.run(schedule)));
    }
    await reach(slow, "TIME_SLEEP");
    const closer = spawn(() => group.shutdown());
    await slow.wait();
    assertLess(clock(), 103);
    await closer.join();
  });
});

Deno.test("TaskGroup.shutdown() goes on past members that wait for one whose turn comes later", async () => {
  await virtually(async () => {
    const group = new TaskGroup<void>();
    const lock = new Lock();
    group.spawn(() => lock.run(() => sleep(Infinity)));
    await schedule();
    for (let n = 0; n < 20; n++) {
      group.spawn(() => sleep(Infinity).finally(() => lock.run(schedule)));
    }
    await schedule();
    const queue = group.tasks.slice(1);
    await group.shutdown();
    assert(!queue.some((task) => task.state !== "TERMINATED"));
    assertLess(clock(), 2.01);
  });
});

Deno.test("TaskGroup.shutdown() without grace gives none", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const task = group.spawn(async () => {
      try {
        await schedule();
        await schedule();
        trace.push("finished");
      } catch {
        trace.push("cancelled");
      }
    });
    await reach(task, "READY");
    await group.shutdown();
  });
  assertEquals(trace, ["cancelled"]);
});

Deno.test("TaskGroup.shutdown() with grace lets members finish, and does not use it up", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>();
    group.spawn(async () => {
      await schedule();
      trace.push("finished");
      return "result";
    });
    await group.shutdown({ grace: 3600 });
    assertEquals(group.results, ["result"]);
  });
  assertEquals(trace, ["finished"]);
});

Deno.test("TaskGroup.shutdown() cancels who is not done when the grace is over", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const group = await party(trace);
    const quick = group.spawn(async () => {
      await schedule();
      trace.push("quick");
    });
    await group.shutdown({ grace: { milliseconds: 2 } });
    assertEquals(quick.exception, undefined);
  });
  assertEquals(trace, ["quick", "third", "second", "first"]);
});

Deno.test("TaskGroup.shutdown() with grace does not wait for daemons", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const daemon = group.spawn({ daemon: true }, guest, trace, "daemon");
    await reach(daemon, "TIME_SLEEP");
    await group.shutdown({ grace: 3600 });
  });
  assertEquals(trace, ["daemon"]);
});

Deno.test("TaskGroup.shutdown() refuses new work from the start", async () => {
  await run(async () => {
    const group = new TaskGroup<void>();
    const finish = new Event();
    let refused: Error | undefined;
    group.spawn(async () => {
      await schedule();
      refused = assertThrows(() => group.spawn(schedule), CurioError);
      finish.set();
    });
    await group.shutdown({ grace: 3600 });
    assert(finish.isSet());
    assertAdvice(refused!, /[Cc]annot spawn/);
  });
});

Deno.test("TaskGroup.shutdown() ends the grace when a member fails, as join does", async () => {
  const failure = new Error("broken");
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup<void>();
    const sibling = group.spawn(guest, [], "sibling");
    const failed = group.spawn(async () => {
      await schedule();
      throw failure;
    });
    await group.shutdown({ grace: 3600 });
    assert(isCancelled(sibling.exception));
    assertStrictEquals(sibling.exception.origin.by, failed);
    assertStrictEquals(sibling.exception.origin.reason, failure);
    assert(sibling.exception.message.endsWith("a sibling failed"), sibling.exception.message);
  });
});

Deno.test("TaskGroup.shutdown() says who shuts the group down, and that nobody failed", async () => {
  await run(async function main() {
    const group = new TaskGroup<void>();
    const task = group.spawn(guest, [], "guest");
    await group.shutdown();
    assert(isCancelled(task.exception));
    const { message, origin } = task.exception;
    assertEquals([origin.kind, origin.by], ["group", null]);
    assertEquals(
      message,
      `task ${task.id} 'guest' cancelled by task ${task.parentId} 'main': its group shuts down`,
    );
  });
});

Deno.test("TaskGroup.shutdown() with throwOnError rejects when members failed", async () => {
  const failure = new Error("broken");
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    await group.spawn(crash, failure).wait();
    const error = await assertRejects(() => group.shutdown(), TaskGroupError);
    assertEquals(error.errors, [failure]);
  });
});

Deno.test("TaskGroup.shutdown() with throwOnError throws nothing for whom it cancelled", async () => {
  await run(async () => {
    const group = new TaskGroup<void>({ throwOnError: true });
    const task = group.spawn(guest, [], "guest");
    await reach(task, "TIME_SLEEP");
    await group.shutdown();
    assert(isCancelled(task.exception));
  });
});

Deno.test("TaskGroup.shutdown() cancelled during the grace cancels the rest at once", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await party(trace);
    const closer = spawn(() => group.shutdown({ grace: 3600 }));
    await reach(closer, "TASK_JOIN");
    await closer.cancel();
    trace.push("closer gone");
    assert(isCancelled(closer.exception));
  });
  assertEquals(trace, ["third", "second", "first", "closer gone"]);
});

Deno.test("TaskGroup.shutdown() whose caller runs out of time first ends with the caller's timeout", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const group = await party(trace);
    await assertRejects(
      () => timeoutAfter(0.002, () => group.shutdown({ grace: 3600 })),
      TaskTimeout,
    );
  });
  assertEquals(trace, ["third", "second", "first"]);
});

Deno.test("TaskGroup.shutdown() cancelled while members clean up waits for them", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const cleaning = new Event();
    const finish = new Event();
    await reach(
      group.spawn(async () => {
        try {
          await sleep(Infinity);
        } finally {
          cleaning.set();
          await finish.wait();
          trace.push("cleaned up");
        }
      }),
      "TIME_SLEEP",
    );
    const closer = spawn(() => group.shutdown());
    await cleaning.wait();
    await closer.cancel({ blocking: false });
    finish.set();
    await closer.wait();
    trace.push("closer gone");
  });
  assertEquals(trace, ["cleaned up", "closer gone"]);
});

Deno.test("TaskGroup.shutdown() leaves the results readable", async () => {
  await run(async () => {
    const group = new TaskGroup<string | void>();
    await group.spawn(() => "done").wait();
    group.spawn(guest, [], "guest");
    await group.shutdown();
    assertEquals(group.result, "done");
    assertEquals(group.exceptions.map(isCancelled), [false, true]);
  });
});

Deno.test('TaskGroup.shutdown() keeps to what completed means under wait "object"', async () => {
  await run(async () => {
    const group = new TaskGroup<string | undefined>({ wait: "object" });
    await group.spawn(() => undefined).wait();
    const something = group.spawn(() => "something");
    await something.wait();
    await group.shutdown();
    assertStrictEquals(group.completed, something);
  });
});

Deno.test("TaskGroup.shutdown() wakes a task that waits in join()", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await party(trace);
    const joiner = spawn(async () => {
      await group.join();
      trace.push("joined");
    });
    await reach(joiner, "TASK_JOIN");
    await group.shutdown();
    await joiner.join();
  });
  assertEquals(trace, ["third", "second", "first", "joined"]);
});

Deno.test("TaskGroup.shutdown() twice, or after join, changes nothing", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    group.spawn(() => "done");
    await group.join();
    await group.shutdown({ grace: 3600 });
    await group.shutdown();
    assertEquals(group.results, ["done"]);
  });
});

Deno.test("TaskGroup.shutdown() in the body lets run() return", async () => {
  const trace: string[] = [];
  await run(async () => {
    await new TaskGroup<void>().run(async (group) => {
      await reach(group.spawn(guest, trace, "guest"), "TIME_SLEEP");
      await group.shutdown();
      trace.push("end of body");
    });
    trace.push("after");
  });
  assertEquals(trace, ["guest", "end of body", "after"]);
});

Deno.test("TaskGroup.shutdown() refuses a grace that is negative or NaN, and leaves the group as it is", async () => {
  await virtually(async () => {
    for (const grace of [-1, NaN, { milliseconds: -5 }]) {
      const group = new TaskGroup<string>();
      const task: Task<string> = group.spawn(() => "alive");
      await assertRejects(() => group.shutdown({ grace }), RangeError, "grace");
      group.spawn(() => "and open");
      await group.join();
      assertEquals(group.results, ["alive", "and open"]);
      assertEquals(task.result, "alive");
    }
  });
});

Deno.test("TaskGroup.shutdown() takes an infinite grace", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    group.spawn(async () => {
      await schedule();
      return "done";
    });
    await group.shutdown({ grace: Infinity });
    assertEquals(group.results, ["done"]);
  });
});
