import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  CurioError,
  Event,
  isCancelled,
  run,
  schedule,
  sleep,
  type Task,
  TaskCancelled,
  TaskGroup,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

/** Returns `value` after some turns. */
async function after<T>(turns: number, value: T): Promise<T> {
  for (; turns > 0; turns--) await schedule();
  return value;
}

function ends(tasks: readonly Task[]): unknown[] {
  return tasks.map((task) => isCancelled(task.exception) ? "cancelled" : task.result);
}

Deno.test('TaskGroup with wait "any" ends with the first member to return and cancels the others', async () => {
  await run(async () => {
    const group = new TaskGroup<string | number>({ wait: "any" });
    const slow = group.spawn(sleep, Infinity);
    const fast = group.spawn(after, 1, "fast");
    await group.join();
    assertStrictEquals(group.completed, fast);
    assertEquals(group.result, "fast");
    assertEquals(ends([slow, fast]), ["cancelled", "fast"]);
  });
});

Deno.test('TaskGroup with wait "any" is content with a member that returns undefined', async () => {
  await run(async () => {
    const group = new TaskGroup({ wait: "any" });
    const fast = group.spawn(after, 1, undefined);
    group.spawn(sleep, Infinity);
    await group.join();
    assertStrictEquals(group.completed, fast);
    assertStrictEquals(group.result, undefined);
  });
});

Deno.test('TaskGroup with wait "any" ends with a member that fails, and result rethrows its error', async () => {
  const failure = new Error("broken");
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup({ wait: "any" });
    group.spawn(sleep, Infinity);
    const failed = group.spawn(() => Promise.reject(failure));
    await group.join();
    assertStrictEquals(group.completed, failed);
    assertStrictEquals(group.exception, failure);
    assertStrictEquals(assertThrows(() => group.result), failure);
  });
});

Deno.test('TaskGroup with wait "any" keeps the first of two that end in the same turn', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    const first = group.spawn(after, 0, "first");
    const second = group.spawn(after, 0, "second");
    await group.join();
    assertEquals(ends([first, second]), ["first", "second"]);
    assertStrictEquals(group.completed, first);
  });
});

Deno.test('TaskGroup with wait "any" takes a member that ended during the body, and cancels the others at join', async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    await group.run(async (g) => {
      const fast = g.spawn(after, 0, "fast");
      g.spawn(async () => {
        try {
          return await after(Infinity, "slow");
        } finally {
          trace.push("slow cancelled");
        }
      });
      await fast.wait();
      await schedule();
      trace.push("body goes on");
    });
    trace.push(group.result);
  });
  assertEquals(trace, ["body goes on", "slow cancelled", "fast"]);
});

Deno.test('TaskGroup.results after "any" throws the cancellation of a loser', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    group.spawn(after, 0, "fast");
    group.spawn(after, Infinity, "slow");
    await group.join();
    assertThrows(() => group.results, TaskCancelled);
    assertEquals(group.exceptions.map(isCancelled), [false, true]);
  });
});

Deno.test('TaskGroup.results after "any" without losers is whole', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    group.spawn(after, 0, "only");
    await group.join();
    assertEquals(group.results, ["only"]);
  });
});

Deno.test('TaskGroup with wait "object" passes over undefined and null, and takes false, 0 and ""', async () => {
  for (const value of [false, 0, ""]) {
    await run(async () => {
      const group = new TaskGroup({ wait: "object" });
      const nothing = group.spawn(after, 0, undefined);
      const none = group.spawn(after, 1, null);
      const something = group.spawn(after, 2, value);
      const late = group.spawn(after, Infinity, "late");
      await group.join();
      assertStrictEquals(group.completed, something);
      assertStrictEquals(group.result, value);
      assertEquals(ends([nothing, none, something, late]), [undefined, null, value, "cancelled"]);
    });
  }
});

Deno.test('TaskGroup with wait "object" and no result to speak of has no result', async () => {
  await run(async () => {
    const group = new TaskGroup({ wait: "object" });
    group.spawn(after, 0, undefined);
    group.spawn(after, 1, null);
    await group.join();
    assertStrictEquals(group.completed, null);
    assertStrictEquals(group.exception, undefined);
    assertEquals(group.results, [undefined, null]);
    assertAdvice(assertThrows(() => group.result, CurioError), /result.*no task/s);
  });
});

Deno.test('TaskGroup with wait "object" ends with a member that fails', async () => {
  const failure = new Error("broken");
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup({ wait: "object" });
    group.spawn(after, 0, undefined);
    const failed = group.spawn(async () => {
      await schedule();
      throw failure;
    });
    const late = group.spawn(after, Infinity, "late");
    await group.join();
    assertStrictEquals(group.completed, failed);
    assertStrictEquals(assertThrows(() => group.result), failure);
    assertEquals(ends([late]), ["cancelled"]);
  });
});

Deno.test('TaskGroup with wait "none" lets members run during the body and cancels all at join', async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "none" });
    await group.run(async (g) => {
      g.spawn(async () => {
        try {
          trace.push("running");
          return await after(Infinity, "never");
        } finally {
          trace.push("cancelled");
        }
      });
      await schedule();
      trace.push("body");
    });
    assertThrows(() => group.results, TaskCancelled);
  });
  assertEquals(trace, ["running", "body", "cancelled"]);
});

Deno.test('TaskGroup with wait "none" keeps the results of members that ended before join', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "none" });
    const task = group.spawn(after, 0, "early");
    await task.wait();
    await group.join();
    assertEquals(group.results, ["early"]);
  });
});

Deno.test("TaskGroup with any policy waits for the clean-up of whom it cancels", async () => {
  for (const wait of ["any", "object", "none"] as const) {
    const trace: string[] = [];
    await run(async () => {
      const group = new TaskGroup<number>({ wait });
      group.spawn(async () => {
        try {
          return await sleep(Infinity);
        } finally {
          await after(3, undefined);
          trace.push("cleaned up");
        }
      });
      group.spawn(after, 1, 1);
      await group.join();
      trace.push("joined");
    });
    assertEquals(trace, ["cleaned up", "joined"], wait);
  }
});

Deno.test('TaskGroup with wait "any" counts a loser that caught its cancellation as returned', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    group.spawn(async () => {
      await sleep(Infinity).catch(() => {});
      return "so be it";
    });
    const winner = group.spawn(after, 1, "winner");
    await group.join();
    assertStrictEquals(group.completed, winner);
    assertEquals(group.results, ["so be it", "winner"]);
  });
});

Deno.test('TaskGroup with wait "any" goes on when the member that ended was joined by hand', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    const go = new Event();
    const mine = group.spawn(after, 0, "mine");
    const other = group.spawn(async () => {
      await go.wait();
      return "other";
    });
    assertEquals(await mine.join(), "mine");
    go.set();
    await group.join();
    assertStrictEquals(group.completed, other);
    assertEquals(group.results, ["other"]);
  });
});

Deno.test("new TaskGroup() refuses a policy it does not know", () => {
  const options = { wait: "some" } as unknown as { wait: "all" };
  const error = assertThrows(() => new TaskGroup(options), TypeError);
  assertAdvice(error, /"?some"?.*"all", "any", "object" or "none"/s);
});

Deno.test('TaskGroup with wait "any" and no member joins without a result', async () => {
  await run(async () => {
    const group = new TaskGroup({ wait: "any" });
    await group.join();
    assertStrictEquals(group.completed, null);
    assertThrows(() => group.result, CurioError);
  });
});

Deno.test('TaskGroup with wait "any" cancelled while it cleans up after its winner keeps the winner', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    const cleaning = new Event();
    const finish = new Event();
    const joiner = new TaskGroup();
    const task = joiner.spawn(async () => {
      await group.join();
      return await after(1, "not reached");
    });
    group.spawn(after, 1, "winner");
    group.spawn(async () => {
      try {
        return await after(Infinity, "never");
      } finally {
        cleaning.set();
        await finish.wait();
      }
    });
    await cleaning.wait();
    await task.cancel({ blocking: false });
    finish.set();
    await assertRejects(() => task.join(), Error, "cancelled");
    assertEquals(group.result, "winner");
    await joiner.join();
  });
});
