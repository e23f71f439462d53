import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { currentTask, Event, run, schedule, sleep, spawn, Task, TaskGroup } from "../../mod.ts";
import { reach } from "../helpers/reach.ts";

function add(a: number, b: number): number {
  return a + b;
}

Deno.test("TaskGroup.run() waits for the members and returns what the body returned", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup();
    const result = await group.run((g) => {
      for (const name of ["Max", "Lillian"]) {
        g.spawn(async () => {
          await schedule();
          trace.push(name);
        });
      }
      trace.push("body");
      return "playing";
    });
    trace.push(result);
  });
  assertEquals(trace, ["body", "Max", "Lillian", "playing"]);
});

Deno.test("TaskGroup.run() hands the group itself to the body", async () => {
  await run(async () => {
    const group = new TaskGroup();
    assertStrictEquals(await group.run((g) => g), group);
  });
});

Deno.test("TaskGroup.spawn() does not run the member before the caller blocks", async () => {
  const trace: string[] = [];
  await run(async () => {
    await new TaskGroup().run(async (g) => {
      g.spawn(() => void trace.push("first"));
      g.spawn(() => void trace.push("second"));
      trace.push("body");
      await schedule();
      trace.push("body again");
    });
  });
  assertEquals(trace, ["body", "first", "second", "body again"]);
});

Deno.test("TaskGroup.spawn() passes the arguments on and returns the task", async () => {
  await run(async () => {
    const group = new TaskGroup<number>();
    const task = group.spawn(add, 2, 3);
    assert(task instanceof Task);
    await group.join();
    assertEquals([task.name, task.result], ["add", 5]);
  });
});

Deno.test("TaskGroup.spawn() takes a name and makes the member a child of the caller", async () => {
  await run(async () => {
    const group = new TaskGroup<number>();
    const task = group.spawn({ name: "adder" }, add, 2, 3);
    assertEquals([task.name, task.daemon], ["adder", false]);
    assertEquals(task.parentId, currentTask().id);
    assertEquals(currentTask().children, [task]);
    await group.join();
  });
});

Deno.test("TaskGroup.spawn() by a member during join adds to what join waits for", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup();
    async function generation(n: number): Promise<void> {
      await schedule();
      trace.push(`generation ${n}`);
      if (n < 3) group.spawn(generation, n + 1);
    }
    group.spawn(generation, 1);
    await group.join();
    trace.push("joined");
  });
  assertEquals(trace, ["generation 1", "generation 2", "generation 3", "joined"]);
});

Deno.test("TaskGroup.results has the results in the order of spawning, whoever ended first", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const start = new Event();
    group.spawn(async () => {
      await start.wait();
      return "slow";
    });
    group.spawn(() => {
      start.set();
      return "fast";
    });
    await group.join();
    assertEquals(group.results, ["slow", "fast"]);
    assertEquals(group.exceptions, [undefined, undefined]);
  });
});

Deno.test("TaskGroup.result is the result of the first member to end", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const start = new Event();
    group.spawn(async () => {
      await start.wait();
      return "slow";
    });
    const fast = group.spawn(() => {
      start.set();
      return "fast";
    });
    await group.join();
    assertStrictEquals(group.completed, fast);
    assertEquals([group.result, group.exception], ["fast", undefined]);
  });
});

Deno.test("TaskGroup.tasks lists the members in the order of spawning, ended or not", async () => {
  await run(async () => {
    const group = new TaskGroup();
    const first = group.spawn(sleep, 0);
    const second = group.spawn(add, 1, 1);
    assertEquals(group.tasks, [first, second]);
    await second.wait();
    assertEquals(group.tasks, [first, second]);
    await group.join();
    assertEquals(group.tasks, [first, second]);
  });
});

Deno.test("TaskGroup.tasks puts a task added late where it was spawned", async () => {
  await run(async () => {
    const early = spawn(add, 1, 1);
    const group = new TaskGroup<number>();
    const late = group.spawn(add, 2, 2);
    group.addTask(early);
    await group.join();
    assertEquals(group.tasks, [early, late]);
    assertEquals(group.results, [2, 4]);
  });
});

Deno.test("TaskGroup.completed is null before a member has ended", async () => {
  await run(async () => {
    const group = new TaskGroup();
    assertStrictEquals(group.completed, null);
    group.spawn(sleep, 0);
    assertStrictEquals(group.completed, null);
    await group.join();
  });
});

Deno.test("TaskGroup.join() of an empty group returns at once, with no results", async () => {
  await run(async () => {
    const group = new TaskGroup();
    await group.join();
    assertEquals([group.tasks, group.results, group.exceptions], [[], [], []]);
    assertStrictEquals(group.exception, undefined);
  });
});

Deno.test("TaskGroup.join() again after it is done returns at once", async () => {
  await run(async () => {
    const group = new TaskGroup<number>();
    group.spawn(add, 1, 2);
    await group.join();
    await group.join();
    assertEquals(group.results, [3]);
  });
});

Deno.test("TaskGroup.join() by several tasks ends for all of them", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const go = new Event();
    group.spawn(() => go.wait());
    const joiners = ["a", "b"].map((name) =>
      spawn(async () => {
        await group.join();
        trace.push(`${name} joined`);
      })
    );
    for (const joiner of joiners) await reach(joiner, "TASK_JOIN");
    go.set();
    for (const joiner of joiners) await joiner.join();
  });
  assertEquals(trace, ["a joined", "b joined"]);
});

Deno.test("TaskGroup.join() shows TASK_JOIN as the joiner's state", async () => {
  await run(async () => {
    const go = new Event();
    const joiner = spawn(async () => {
      await new TaskGroup().run((g) => void g.spawn(() => go.wait()));
    });
    await schedule();
    await schedule();
    assertEquals(joiner.state, "TASK_JOIN");
    go.set();
    await joiner.join();
  });
});

Deno.test("new TaskGroup(tasks) takes tasks that run and tasks that have ended", async () => {
  await run(async () => {
    const go = new Event();
    const ended = spawn(add, 1, 1);
    await ended.wait();
    const running = spawn(async () => {
      await go.wait();
      return 4;
    });
    const group = new TaskGroup<number>(new Set([running, ended]), { wait: "all" });
    go.set();
    await group.join();
    assertEquals(group.results, [2, 4]);
    assertStrictEquals(group.completed, ended);
  });
});

Deno.test("TaskGroup.addTask() of an ended task counts as a member that ended now", async () => {
  await run(async () => {
    const task = spawn(add, 1, 1);
    await task.join();
    const group = new TaskGroup<number>();
    group.addTask(task);
    assertStrictEquals(await group.nextDone(), task);
    await group.join();
  });
});

Deno.test("TaskGroup.addTask() of a running task makes join wait for it", async () => {
  await run(async () => {
    const go = new Event();
    const task = spawn(() => go.wait());
    const group = new TaskGroup();
    group.addTask(task);
    const joiner = spawn(() => group.join());
    await reach(joiner, "TASK_JOIN");
    go.set();
    await joiner.join();
    assert(task.terminated);
  });
});

Deno.test("TaskGroup.addTask() may be called outside a task, while somebody joins", async () => {
  const trace: string[] = [];
  await run(async () => {
    const go = new Event();
    const group = new TaskGroup();
    group.spawn(() => go.wait());
    const task = spawn(async () => {
      await go.wait();
      await schedule();
      trace.push("added task done");
    });
    setTimeout(() => {
      group.addTask(task);
      go.set();
    }, 0);
    await group.join();
    trace.push("joined");
  });
  assertEquals(trace, ["added task done", "joined"]);
});

Deno.test("TaskGroup joined inside a member of another group is a group of its own", async () => {
  await run(async () => {
    const outer = new TaskGroup<number[]>();
    for (const base of [10, 20]) {
      outer.spawn(async () => {
        const inner = new TaskGroup<number>();
        await inner.run((g) => {
          g.spawn(add, base, 1);
          g.spawn(add, base, 2);
        });
        return inner.results;
      });
    }
    await outer.join();
    assertEquals(outer.results, [[11, 12], [21, 22]]);
  });
});

Deno.test("await using of a TaskGroup cancels what was not joined", async () => {
  const trace: string[] = [];
  await run(async () => {
    {
      await using group = new TaskGroup();
      const task = group.spawn(async () => {
        try {
          await sleep(Infinity);
        } finally {
          await schedule();
          trace.push("cleaned up");
        }
      });
      await reach(task, "TIME_SLEEP");
      trace.push("end of block");
    }
    trace.push("after");
  });
  assertEquals(trace, ["end of block", "cleaned up", "after"]);
});

Deno.test("await using of a TaskGroup that was joined does nothing", async () => {
  await run(async () => {
    let kept: TaskGroup<number>;
    {
      await using group = kept = new TaskGroup<number>();
      group.spawn(add, 1, 1);
      await group.join();
    }
    assertEquals(kept.results, [2]);
  });
});

Deno.test("await using of a TaskGroup lets the error of the block through as it is", async () => {
  const failure = new Error("in the block");
  await run(async () => {
    const error = await assertRejects(async () => {
      await using group = new TaskGroup({ throwOnError: true });
      group.spawn(() => Promise.reject(new Error("in a member")));
      await schedule();
      throw failure;
    });
    assertStrictEquals(error, failure);
  });
});
