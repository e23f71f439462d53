import { assert, assertEquals } from "@std/assert";
import { schedule, Semaphore, sleep } from "../../mod.ts";
import { explore } from "./explore.ts";
import type { Scenario } from "./scenario.ts";
import { everyScenario } from "./scenarios/mod.ts";

const SCHEDULES = 1000;

for (const scenario of everyScenario) {
  Deno.test(`${scenario.name}: survives a cancellation at every step and ${SCHEDULES} schedules`, async () => {
    const { steps, schedules, disturbed } = await explore(scenario, SCHEDULES);
    assert(steps > 4, `only ${steps} steps`);
    assertEquals([schedules, disturbed], [SCHEDULES, SCHEDULES]);
  });
}

/** The message of what `scenario` is found to do wrong, or `null`. */
async function verdict(scenario: Scenario): Promise<string | null> {
  try {
    await explore(scenario, 50);
    return null;
  } catch (error) {
    return (error as { cause: Error }).cause.message;
  }
}

Deno.test("explore() finds a permit that is lost at one step only", async () => {
  const scenario: Scenario = {
    name: "a holder that forgets its permit when it is cancelled between two calls",
    async play(spawnVictim) {
      const permits = new Semaphore(1);
      await spawnVictim(async () => {
        await permits.acquire();
        await sleep(1).finally(() => permits.release());
        await permits.acquire();
        await schedule();
        permits.release();
      }).wait();
      assert(permits.value === 1, "a permit is lost");
    },
  };
  assertEquals(await verdict(scenario), "a permit is lost");
});

Deno.test("explore() finds an order that only some schedules have", async () => {
  const scenario: Scenario = {
    name: "a reader that is sure the writer came first",
    async play(spawnVictim) {
      let written = false;
      const writer = spawnVictim(() => void (written = true));
      const reader = spawnVictim(() => assert(written, "read before it was written"));
      await writer.wait();
      await reader.wait();
      if (reader.exception instanceof Error && !reader.cancelled) throw reader.exception;
    },
  };
  assertEquals(await verdict(scenario), "read before it was written");
});
