import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  currentTask,
  Event,
  isCancelled,
  Kernel,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskGroupError,
  type WaitPolicy,
} from "../../mod.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

const POLICIES: readonly WaitPolicy[] = ["all", "any", "object", "none"];

/** The same numbers from 0 to `below` - 1 for the same seed. */
function dice(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return (seed >>> 8) % below;
  };
}

async function pause(turns: number): Promise<void> {
  for (; turns > 0; turns--) await schedule();
}

/** Spawns a member that does one of many things, and keeps it in `all`. */
function misbehave(group: TaskGroup, all: Task[], roll: (below: number) => number): void {
  const [kind, turns, cleanup] = [roll(6), roll(5), roll(4)];
  const task = group.spawn({ daemon: roll(8) === 0 }, async () => {
    try {
      await pause(turns);
      if (kind === 0) return null;
      if (kind === 1) throw new Error("failed");
      if (kind === 2) await sleep(Infinity);
      if (kind === 3 && all.length < 20) misbehave(group, all, roll);
      if (kind === 4) await group.nextDone();
      return turns;
    } finally {
      await pause(cleanup);
      if (kind === 5) await Promise.reject(new Error("failed in clean-up"));
    }
  });
  all.push(task);
}

Deno.test("TaskGroup leaves no member alive, whatever members do and whenever its joiner is cancelled", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed);
    await run({ log: new RecordingLog() }, async () => {
      const all: Task[] = [];
      const group = new TaskGroup({ wait: POLICIES[roll(4)], throwOnError: roll(2) === 0 });
      const alive: string[] = [];
      const joiner = spawn(async () => {
        try {
          await group.run(async (g) => {
            for (let n = roll(6); n > 0; n--) misbehave(g, all, roll);
            await pause(roll(4));
            if (roll(5) === 0) throw new Error("in the body");
          });
        } finally {
          for (const task of all) if (!task.terminated) alive.push(task.toString());
        }
      });
      await pause(roll(12));
      await joiner.cancel({ blocking: roll(2) === 0 });
      // Members may wait for each other in nextDone(): then only the cancellation ends them.
      await joiner.wait();
      assertEquals(alive, [], `seed ${seed}`);
      assertEquals(currentTask().children, [], `seed ${seed}`);
      assertEquals(group.exceptions.length, group.tasks.length);
      assertThrows(() => group.spawn(schedule), CurioError);
    });
  }
});

Deno.test("TaskGroup with throwOnError rejects every task that joins it", async () => {
  const failure = new Error("broken");
  await run(async () => {
    const group = new TaskGroup({ throwOnError: true });
    const fail = new Event();
    group.spawn(async () => {
      await fail.wait();
      throw failure;
    });
    const joiners = [1, 2].map(() => spawn(() => assertRejects(() => group.join())));
    await reachAll(joiners, "TASK_JOIN");
    fail.set();
    for (const joiner of joiners) {
      const error = await joiner.join();
      assert(error instanceof TaskGroupError);
      assertEquals(error.errors, [failure]);
    }
  });
});

Deno.test("TaskGroup.join() cancelled just after a member failed ends by the failure, and the cancellation comes next", async () => {
  const trace: string[] = [];
  await run({ log: new RecordingLog() }, async () => {
    const crashed = spawn(() => Promise.reject(new Error("broken")));
    await crashed.wait();
    const group = new TaskGroup<number>();
    const sibling = group.spawn(sleep, Infinity);
    const joiner = spawn(async () => {
      await group.join();
      trace.push("joined");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(joiner, "TASK_JOIN");
    group.addTask(crashed);
    await joiner.cancel();
    assert(isCancelled(sibling.exception));
    assertEquals(sibling.exception.origin.by, crashed);
  });
  assertEquals(trace, ["joined", "cancelled at the next blocking point"]);
});

Deno.test("TaskGroup that ends takes no task from outside that would outlive it", async () => {
  await run(async () => {
    const group = new TaskGroup<void>({ wait: "none" });
    const cleaning = new Event();
    const finish = new Event();
    group.spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        cleaning.set();
        await finish.wait();
      }
    });
    await schedule();
    const joiner = spawn(() => group.join());
    await cleaning.wait();
    let late: Task | null = null;
    try {
      late = group.spawn(async () => {
        await sleep(Infinity);
      });
    } catch (error) {
      assert(error instanceof CurioError);
    }
    finish.set();
    await joiner.join();
    assert(late === null || late.terminated);
  });
});

Deno.test("TaskGroup that is being joined when its kernel shuts down ends in good order", async () => {
  const trace: string[] = [];
  const kernel = new Kernel({ log: new RecordingLog() });
  await kernel.run(async () => {
    const joiner = spawn(async () => {
      try {
        await new TaskGroup<void>().run((group) => {
          for (const name of ["Max", "Lillian"]) {
            group.spawn(async () => {
              try {
                await sleep(Infinity);
              } finally {
                await schedule();
                trace.push(`${name} going home`);
              }
            });
          }
        });
      } finally {
        trace.push("group left");
      }
    });
    await reach(joiner, "TASK_JOIN");
    await reachAll(joiner.children, "TIME_SLEEP");
  });
  trace.push("shutdown");
  await kernel.shutdown();
  assertEquals(trace.toSorted(), [
    "Lillian going home",
    "Max going home",
    "group left",
    "shutdown",
  ]);
  assertEquals([trace[0], trace.at(-1)], ["shutdown", "group left"]);
});

Deno.test("TaskGroup member that waits in nextDone() of its own group is cancelled with it", async () => {
  await run(async () => {
    const group = new TaskGroup<Task | null>();
    const waiting = group.spawn(() => group.nextDone());
    await reach(waiting, "TASK_JOIN");
    const joiner = spawn(() => group.join());
    await reach(joiner, "TASK_JOIN");
    await joiner.cancel();
    assert(isCancelled(waiting.exception));
  });
});
