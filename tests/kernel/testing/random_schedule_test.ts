import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Event, run, schedule, sleep, spawn, type Task, TaskGroup } from "../../../mod.ts";
import { randomSchedule, VirtualClock } from "../../../kernel/testing/mod.ts";

/** The order in which eight tasks take three turns each. */
async function order(seed: number): Promise<string> {
  const trace: string[] = [];
  await run(
    { schedule: randomSchedule(seed), handleSigint: false },
    () =>
      new TaskGroup().run((group) => {
        for (const name of "abcdefgh") {
          group.spawn(async () => {
            for (let turn = 0; turn < 3; turn++) {
              trace.push(name);
              await schedule();
            }
          });
        }
      }),
  );
  return trace.join("");
}

Deno.test("randomSchedule() with the same seed gives the same order", async () => {
  for (const seed of [1, 2, 3]) assertEquals(await order(seed), await order(seed));
});

Deno.test("randomSchedule() with different seeds gives different orders", async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 50; seed++) orders.add(await order(seed));
  assertEquals(orders.size, 50);
});

Deno.test("randomSchedule() is not the ordinary order", async () => {
  assertNotEquals((await order(1)).slice(0, 8), "abcdefgh");
});

Deno.test("randomSchedule() lets each ready task be the first alike", async () => {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= 800; seed++) {
    const [first] = await order(seed);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  assertEquals([...counts.keys()].sort().join(""), "abcdefgh");
  for (const [name, count] of counts) {
    assert(count > 60 && count < 140, `${name} was first ${count} times of 800`);
  }
});

Deno.test("randomSchedule() starves nobody: each ready task gets its turn", async () => {
  await run({ schedule: randomSchedule(7) }, async () => {
    const done = new Event();
    const busy: Task[] = [];
    for (let n = 0; n < 5; n++) {
      busy.push(spawn(async () => {
        while (!done.isSet()) await schedule();
      }));
    }
    await spawn(async () => {
      for (let turn = 0; turn < 20; turn++) await schedule();
      done.set();
    }).join();
    for (const task of busy) await task.join();
  });
});

Deno.test("randomSchedule() changes no result, whatever the seed", async () => {
  for (let seed = -3; seed <= 3; seed++) {
    const result = await run(
      { schedule: randomSchedule(seed), clock: new VirtualClock() },
      async () => {
        const tasks = [3, 1, 2].map((n) => spawn(async () => await sleep(n) * 10));
        return [await tasks[0].join(), await tasks[1].join(), await tasks[2].join()];
      },
    );
    assertEquals(result, [30, 10, 20]);
  }
});

Deno.test("randomSchedule() keeps the order of different deadlines", async () => {
  const trace: number[] = [];
  await run(
    { schedule: randomSchedule(5), clock: new VirtualClock() },
    () =>
      new TaskGroup().run((group) => {
        for (const n of [4, 2, 3, 1]) group.spawn(async () => trace.push(await sleep(n)));
      }),
  );
  assertEquals(trace, [1, 2, 3, 4]);
});

Deno.test("randomSchedule() of one kernel is not disturbed by that of another", async () => {
  const alone = await order(11);
  const [first, second] = await Promise.all([order(11), order(11)]);
  assertEquals([first, second], [alone, alone]);
});
