import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  clock,
  CurioError,
  currentTask,
  Event,
  isCancelled,
  Lock,
  schedule,
  Semaphore,
  sleep,
  spawn,
  type Task,
  TaskGroup,
} from "../../../mod.ts";
import { cancelAtEveryStep, underRandomSchedules } from "../../../kernel/testing/mod.ts";
import { consoleOutput } from "../../helpers/console_output.ts";

/** A semaphore whose permit is lost if its holder is cancelled. */
async function careless(permits: Semaphore): Promise<void> {
  await permits.acquire();
  await schedule();
  permits.release();
}

/** How `body` failed, its causes included. */
async function failure(body: () => Promise<unknown>): Promise<string[]> {
  const error: unknown = await assertRejects(body, Error);
  const messages: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause) messages.push(e.message);
  return messages;
}

Deno.test("underRandomSchedules() runs the scenario under as many schedules, and says so", async () => {
  let runs = 0;
  assertEquals(await underRandomSchedules(25, async () => void (runs++, await schedule())), 25);
  assertEquals(runs, 25);
});

Deno.test("underRandomSchedules() takes another order each time", async () => {
  const orders = new Set<string>();
  await underRandomSchedules(50, async () => {
    const trace: string[] = [];
    await new TaskGroup().run((group) => {
      for (const name of "abcdefgh") group.spawn(() => void trace.push(name));
    });
    orders.add(trace.join(""));
  });
  assert(orders.size > 45, `${orders.size} orders`);
});

Deno.test("underRandomSchedules() takes no time, however long the scenario sleeps", async () => {
  await underRandomSchedules(10, async () => {
    await sleep({ days: 1 });
    assertEquals(clock(), 86_400);
  });
});

Deno.test("underRandomSchedules() names the seed that failed, which fails again", async () => {
  const scenario = async () => {
    const trace: string[] = [];
    await new TaskGroup().run((group) => {
      for (const name of "abc") group.spawn(() => void trace.push(name));
    });
    if (trace.join("") === "cab") throw new Error("found");
  };
  const first = await failure(() => underRandomSchedules(1000, scenario));
  assertEquals(first[0].replace(/\d+/, "N"), "The scenario failed under the schedule of seed N");
  assertEquals(await failure(() => underRandomSchedules(1000, scenario)), first);
  assertEquals(first[1], "found");
});

Deno.test("underRandomSchedules() finds a task that is left behind", async () => {
  const messages = await failure(() =>
    underRandomSchedules(5, async () => {
      spawn({ name: "leftover" }, () => sleep(Infinity));
      await schedule();
    })
  );
  assert(messages[1].includes("'leftover'"), messages[1]);
});

Deno.test("underRandomSchedules() finds a deadlock", async () => {
  const messages = await failure(() => underRandomSchedules(5, () => new Event().wait()));
  assert(messages[1].startsWith("deadlock: "), messages[1]);
});

Deno.test("cancelAtEveryStep() cancels the victim at each of its steps, once", async () => {
  const ends: string[] = [];
  await cancelAtEveryStep(async (spawnVictim) => {
    const trace: string[] = [];
    const victim = spawnVictim(async () => {
      for (const name of "abc") {
        await sleep(1);
        trace.push(name);
      }
    });
    await victim.wait();
    ends.push(`${trace.join("")} ${victim.exception === undefined ? "ended" : "cancelled"}`);
  });
  const cancelled = ends.filter((end) => end.endsWith("cancelled"));
  assertEquals([...new Set(cancelled)], [" cancelled", "a cancelled", "ab cancelled"]);
  assertEquals(ends.at(-1), "abc ended");
});

Deno.test("cancelAtEveryStep() interrupts a victim that only yields", async () => {
  const ends = new Set<string>();
  await cancelAtEveryStep(async (spawnVictim) => {
    const trace: string[] = [];
    const victim = spawnVictim(async () => {
      for (const name of "abc") {
        await schedule();
        trace.push(name);
      }
    });
    await victim.wait();
    const finished = victim.exception === undefined;
    if (victim.cancelled && finished && trace.length < 3) ends.add("swallowed");
    ends.add(trace.join(""));
  });
  assertEquals([...ends].sort(), ["", "a", "abc", "ab"].sort());
});

Deno.test("cancelAtEveryStep() returns how many steps there were", async () => {
  const runs: number[] = [];
  const steps = await cancelAtEveryStep(async (spawnVictim) => {
    runs.push(1);
    await spawnVictim(() => sleep(1)).wait();
  });
  assert(steps >= 4, `${steps} steps`);
  assertEquals(runs.length, steps + 1);
});

Deno.test("cancelAtEveryStep() names the step at which an invariant broke", async () => {
  const messages = await failure(() =>
    cancelAtEveryStep(async (spawnVictim) => {
      const permits = new Semaphore(1);
      await spawnVictim(() => careless(permits)).wait();
      if (permits.value !== 1) throw new Error("a permit is lost");
    })
  );
  assertEquals(
    [messages[0].replace(/\d+/, "N"), messages[1]],
    ["The scenario failed with the victim cancelled at step N", "a permit is lost"],
  );
});

Deno.test("cancelAtEveryStep() finds a lock that is not given back", async () => {
  const messages = await failure(() =>
    cancelAtEveryStep(async (spawnVictim) => {
      const lock = new Lock();
      const other = spawn(async () => {
        await sleep(5);
        await lock.acquire();
      });
      await spawnVictim(async () => {
        await lock.acquire();
        await sleep(1);
        lock.release();
      }).wait();
      await other.join();
    })
  );
  assert(messages[1].startsWith("deadlock: "), messages[1]);
});

Deno.test("cancelAtEveryStep() leaves the other tasks alone", async () => {
  await cancelAtEveryStep(async (spawnVictim) => {
    const other = spawn(async () => {
      for (let n = 0; n < 3; n++) await sleep(1);
      return "unharmed";
    });
    await spawnVictim(() => sleep(2)).wait();
    assertEquals(await other.join(), "unharmed");
    assert(!currentTask().cancelled);
  });
});

Deno.test("cancelAtEveryStep() gives the victim its arguments and its result", async () => {
  const results: unknown[] = [];
  await cancelAtEveryStep(async (spawnVictim) => {
    const add = (a: number, b: number) => Promise.resolve(a + b);
    const victim: Task<number> = spawnVictim(add, 2, 3);
    await victim.wait();
    results.push(victim.exception === undefined ? victim.result : isCancelled(victim.exception));
  });
  assertEquals(results.at(-1), 5);
});

Deno.test("cancelAtEveryStep() prints nothing about victims that crash", async () => {
  const calls = await consoleOutput(() =>
    cancelAtEveryStep(async (spawnVictim) => {
      await spawnVictim(() => sleep(1).finally(() => Promise.reject(new Error("out")))).wait();
    })
  );
  assertEquals(calls, []);
});

Deno.test("cancelAtEveryStep() fails as the scenario does without any cancellation", async () => {
  const messages = await failure(() =>
    cancelAtEveryStep(async (spawnVictim) => {
      await spawnVictim(() => schedule()).wait();
      throw new CurioError("always");
    })
  );
  assertEquals(messages, ["The scenario failed with the victim cancelled at step 1", "always"]);
});
