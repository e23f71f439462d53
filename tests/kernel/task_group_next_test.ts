import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  CancelledError,
  CurioError,
  Event,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskError,
  TaskGroup,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

function crash(error: Error): Promise<never> {
  return Promise.reject(error);
}

/** Members of `group` that wait, and end with their names once they are let through. */
async function gates(group: TaskGroup<string>, ...names: string[]): Promise<Gates> {
  const events = new Map<string, Event>();
  for (const name of names) {
    const gate = new Event();
    events.set(name, gate);
    const task = group.spawn({ name }, async () => {
      await gate.wait();
      return name;
    });
    await reach(task, "EVENT_WAIT");
  }
  return { open: (...names) => names.forEach((name) => events.get(name)!.set()) };
}

interface Gates {
  /** Lets members through, in this order. */
  open(...names: string[]): void;
}

// -- nextDone

Deno.test("TaskGroup.nextDone() gives the members in the order they end, then null", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a", "b", "c");
    const trace: (string | undefined)[] = [];
    open("b");
    trace.push((await group.nextDone())?.name);
    open("c", "a");
    for (let n = 0; n < 3; n++) trace.push((await group.nextDone())?.name);
    assertEquals(trace, ["b", "c", "a", undefined]);
    await group.join();
  });
});

Deno.test("TaskGroup.nextDone() gives null in a group without members", async () => {
  await run(async () => {
    const group = new TaskGroup();
    assertStrictEquals(await group.nextDone(), null);
    await group.join();
    assertStrictEquals(await group.nextDone(), null);
  });
});

Deno.test("TaskGroup.nextDone() takes the member out of the group", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    (await gates(group, "a", "b")).open("a", "b");
    const first = await group.nextDone();
    await group.join();
    assertEquals([first!.result, group.results], ["a", ["b"]]);
  });
});

Deno.test("TaskGroup.nextDone() of a member that failed leaves the group unharmed", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const failed = group.spawn(crash, new Error("broken"));
    assertStrictEquals(await group.nextDone(), failed);
    open("a");
    await group.join();
    assertEquals(group.results, ["a"]);
  });
});

Deno.test("TaskGroup.nextDone() passes over daemons", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    await group.spawn({ daemon: true }, () => "daemon").wait();
    group.spawn({ daemon: true }, async () => {
      await sleep(Infinity);
      return "daemon";
    });
    const member = group.spawn(() => "member");
    assertStrictEquals(await group.nextDone(), member);
    assertStrictEquals(await group.nextDone(), null);
    await group.join();
  });
});

Deno.test("TaskGroup.nextDone() by several tasks gives each member to one of them", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a", "b");
    const takers = [1, 2, 3].map(() => spawn(async () => (await group.nextDone())?.name ?? null));
    await reachAll(takers, "TASK_JOIN");
    open("b", "a");
    const taken: (string | null)[] = [];
    for (const taker of takers) taken.push(await taker.join());
    assertEquals(taken, ["b", "a", null]);
    await group.join();
  });
});

Deno.test("TaskGroup.nextDone() gives null to those who wait when the last member is joined by hand", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const [member] = group.tasks;
    const byHand = spawn(() => member.join());
    await reach(byHand, "TASK_JOIN");
    const taker = spawn(() => group.nextDone());
    await reach(taker, "TASK_JOIN");
    open("a");
    assertEquals(await byHand.join(), "a");
    assertStrictEquals(await taker.join(), null);
    await group.join();
  });
});

Deno.test("TaskGroup.nextDone() cancelled before it waits takes nothing", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const taker = spawn(() => group.nextDone());
    await taker.cancel({ blocking: false });
    await assertRejects(() => taker.join(), TaskError);
    open("a");
    assertEquals((await group.nextDone())!.name, "a");
    await group.join();
  });
});

Deno.test("TaskGroup.nextDone() cancelled while it waits takes nothing and leaves the members alone", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const taker = spawn(() => group.nextDone());
    await reach(taker, "TASK_JOIN");
    await taker.cancel();
    assertEquals(group.tasks[0].state, "EVENT_WAIT");
    open("a");
    assertEquals((await group.nextDone())!.name, "a");
    await group.join();
  });
});

Deno.test("TaskGroup.nextDone() cancelled after a member ended gives it, and the cancellation comes next", async () => {
  const trace: string[] = [];
  await run(async () => {
    const ended = spawn({ name: "ended" }, () => "ended");
    await ended.wait();
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const taker = spawn(async () => {
      trace.push(`took ${(await group.nextDone())!.name}`);
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(taker, "TASK_JOIN");
    group.addTask(ended);
    await taker.cancel();
    open("a");
    await group.join();
    trace.push(...group.results);
  });
  assertEquals(trace, ["took ended", "cancelled at the next blocking point", "a"]);
});

Deno.test("TaskGroup.nextDone() out of time takes nothing", async () => {
  await virtually(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    await assertRejects(() => timeoutAfter(0.001, () => group.nextDone()), CancelledError);
    open("a");
    await group.join();
    assertEquals(group.results, ["a"]);
  });
});

Deno.test("TaskGroup.nextDone() sees a member that is added while it waits", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const taker = spawn(() => group.nextDone());
    await reach(taker, "TASK_JOIN");
    const late = group.spawn(() => "late");
    assertStrictEquals(await taker.join(), late);
    open("a");
    await group.join();
  });
});

Deno.test("TaskGroup hands a member out once: to nextDone() or to another group", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    group.spawn(() => "a");
    const task = (await group.nextDone())!;
    const other = new TaskGroup<string>([task]);
    await other.join();
    await group.join();
    assertEquals([group.tasks, other.results], [[], ["a"]]);
  });
});

// -- nextResult

Deno.test("TaskGroup.nextResult() gives the results in the order the members end", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    (await gates(group, "a", "b")).open("b", "a");
    assertEquals([await group.nextResult(), await group.nextResult()], ["b", "a"]);
    await group.join();
  });
});

Deno.test("TaskGroup.nextResult() throws the member's own error, and the group is unharmed", async () => {
  const failure = new Error("broken");
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    group.spawn(crash, failure);
    assertStrictEquals(await assertRejects(() => group.nextResult()), failure);
    open("a");
    assertEquals(await group.nextResult(), "a");
    await group.join();
  });
});

Deno.test("TaskGroup.nextResult() throws CurioError when no member is left", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const error = await assertRejects(() => group.nextResult(), CurioError);
    assertAdvice(error, /no task is left/);
    await group.join();
  });
});

// -- Iteration

Deno.test("for await of a TaskGroup gives the members as they end, and leaves no results", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>();
    await group.run(async (g) => {
      (await gates(group, "a", "b", "c")).open("c", "a", "b");
      for await (const task of g) trace.push(task.result);
    });
    assertEquals(group.results, []);
  });
  assertEquals(trace, ["c", "a", "b"]);
});

Deno.test("for await of a TaskGroup goes on with members spawned meanwhile", async () => {
  const trace: string[] = [];
  await run(async () => {
    await new TaskGroup<string>().run(async (group) => {
      group.spawn(() => "first");
      for await (const task of group) {
        trace.push(task.result);
        if (trace.length < 3) group.spawn(() => `spawned after ${trace.length}`);
      }
    });
  });
  assertEquals(trace, ["first", "spawned after 1", "spawned after 2"]);
});

Deno.test("for await of a TaskGroup left by break leaves the rest to join", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a", "b", "c");
    await group.run(async (g) => {
      open("b");
      for await (const task of g) {
        assertEquals(task.result, "b");
        break;
      }
      open("a", "c");
    });
    assertEquals(group.results, ["a", "c"]);
  });
});

Deno.test("for await of a TaskGroup can be taken up again after a break", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>();
    (await gates(group, "a", "b", "c")).open("a", "b", "c");
    for await (const task of group) {
      trace.push(task.result);
      break;
    }
    for await (const task of group) trace.push(task.result);
    await group.join();
  });
  assertEquals(trace, ["a", "b", "c"]);
});

Deno.test("for await of a TaskGroup gives members that failed like others", async () => {
  const failure = new Error("broken");
  await run({ log: new RecordingLog() }, async () => {
    const ends: unknown[] = [];
    await new TaskGroup<string>().run(async (group) => {
      group.spawn(crash, failure);
      group.spawn(() => "fine");
      for await (const task of group) ends.push(task.exception);
    });
    assertEquals(ends, [failure, undefined]);
  });
});

Deno.test("TaskGroup's iterator made in one task can be used by another", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    (await gates(group, "a", "b")).open("a", "b");
    const iterator = group[Symbol.asyncIterator]();
    const first = await iterator.next();
    const reader = spawn(async () => (await iterator.next()).value as Task<string>);
    assertEquals([(first.value as Task<string>).result, (await reader.join()).result], ["a", "b"]);
    await group.join();
  });
});

// -- Joined by hand

Deno.test("Task.join() on a member takes it out of the group's results", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const mine = group.spawn(() => "mine");
    const other = group.spawn(() => "other");
    await group.run(async () => assertEquals(await mine.join(), "mine"));
    assertEquals(group.tasks, [other]);
    assertEquals(group.results, ["other"]);
  });
});

Deno.test("Task.join() on a member that has ended takes it out too", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const mine = group.spawn(() => "mine");
    await mine.wait();
    assertEquals(group.tasks, [mine]);
    await mine.join();
    assertEquals(group.tasks, []);
    await group.join();
  });
});

Deno.test("Task.wait() on a member leaves it in the group", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    await group.spawn(() => "waited for").wait();
    await group.join();
    assertEquals(group.results, ["waited for"]);
  });
});

Deno.test("Task.join() on a member that crashes rejects, and the group is unharmed", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const go = new Event();
    group.spawn(async () => {
      await go.wait();
      return "fine";
    });
    const failure = new Error("broken");
    const failed = group.spawn(crash, failure);
    const error = await assertRejects(() => failed.join(), TaskError);
    assertStrictEquals(error.cause, failure);
    go.set();
    await group.join();
    assertEquals(group.results, ["fine"]);
  });
});

Deno.test("Task.join() by hand while the group is being joined keeps a crash from the group", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const [fail, finish] = [new Event(), new Event()];
    const failing = group.spawn(async () => {
      await fail.wait();
      throw new Error("broken");
    });
    group.spawn(async () => {
      await finish.wait();
      return "fine";
    });
    const byHand = spawn(() => failing.join());
    const joiner = spawn(() => group.join());
    await reachAll([byHand, joiner], "TASK_JOIN");
    fail.set();
    await assertRejects(() => byHand.join(), TaskError);
    finish.set();
    await joiner.join();
    assertEquals(group.results, ["fine"]);
  });
});

Deno.test("Task.join() by hand of the last member ends a group.join() that waits", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const [member] = group.tasks;
    const joiner = spawn(() => group.join());
    const byHand = spawn(() => member.join());
    await reachAll([joiner, byHand], "TASK_JOIN");
    open("a");
    assertEquals(await byHand.join(), "a");
    await joiner.join();
    assertEquals([group.tasks, group.completed], [[], null]);
  });
});

Deno.test("Task.join() on a member, cancelled, leaves it in the group", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const { open } = await gates(group, "a");
    const [member] = group.tasks;
    const byHand = spawn(() => member.join());
    await reach(byHand, "TASK_JOIN");
    await byHand.cancel();
    open("a");
    await group.join();
    assertEquals(group.results, ["a"]);
  });
});

Deno.test("Task.join() of one member by another passes a crash on to the group", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup<unknown>();
    const failing = group.spawn(crash, new Error("broken"));
    const dependent = group.spawn(() => failing.join());
    await group.join();
    assertEquals(group.tasks, [dependent]);
    assert(dependent.exception instanceof TaskError);
  });
});

// -- cancelRemaining

Deno.test("TaskGroup.cancelRemaining() cancels, waits for, and takes out what still runs", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string | void>();
    await group.run(async (g) => {
      await g.spawn(() => "done").wait();
      for (const name of ["Max", "Lillian"]) {
        const friend = g.spawn(async () => {
          try {
            await sleep(Infinity);
          } finally {
            await schedule();
            trace.push(`${name} going home`);
          }
        });
        await reach(friend, "TIME_SLEEP");
      }
      await g.cancelRemaining();
      trace.push("all gone");
    });
    assertEquals(group.results, ["done"]);
  });
  assertEquals(trace, ["Max going home", "Lillian going home", "all gone"]);
});

Deno.test("TaskGroup.cancelRemaining() leaves daemons alone", async () => {
  await run(async () => {
    await new TaskGroup<number>().run(async (group) => {
      const daemon = group.spawn({ daemon: true }, sleep, Infinity);
      await reach(daemon, "TIME_SLEEP");
      await group.cancelRemaining();
      assertEquals(daemon.state, "TIME_SLEEP");
    });
  });
});

Deno.test("TaskGroup.cancelRemaining() leaves the group open for new members", async () => {
  await run(async () => {
    const group = new TaskGroup<string | number>();
    await group.run(async (g) => {
      g.spawn(sleep, Infinity);
      await g.cancelRemaining();
      g.spawn(() => "new");
    });
    assertEquals(group.results, ["new"]);
  });
});

Deno.test("TaskGroup.cancelRemaining() of an empty or joined group does nothing", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    await group.cancelRemaining();
    group.spawn(() => "a");
    await group.join();
    await group.cancelRemaining();
    assertEquals(group.results, ["a"]);
  });
});

Deno.test("TaskGroup.cancelRemaining() by a member spares the member, whose result remains", async () => {
  await run(async () => {
    const group = new TaskGroup<string | void>();
    const go = new Event();
    for (const turns of [0, 5]) {
      const other = group.spawn(async () => {
        try {
          await sleep(Infinity);
        } finally {
          for (let turn = 0; turn < turns; turn++) await schedule();
        }
      });
      await reach(other, "TIME_SLEEP");
    }
    const finder = group.spawn(async () => {
      await go.wait();
      await group.cancelRemaining();
      return "found it";
    });
    await reach(finder, "EVENT_WAIT");
    go.set();
    await group.join();
    assertEquals(group.results, ["found it"]);
  });
});

Deno.test("TaskGroup.cancelRemaining() cancelled while it waits still ends the members", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const cleaning = new Queue<string>();
    const finish = new Event();
    group.spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        await cleaning.put("cleaning up");
        await finish.wait();
        trace.push("cleaned up");
      }
    });
    await schedule();
    const canceller = spawn(() => group.cancelRemaining());
    trace.push(await cleaning.get());
    await canceller.cancel();
    trace.push("canceller gone");
    finish.set();
    await group.join();
    trace.push("joined");
  });
  assertEquals(trace, ["cleaning up", "canceller gone", "cleaned up", "joined"]);
});
