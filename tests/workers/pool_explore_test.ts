import { assertEquals } from "@std/assert";
import { cancelAtEveryStep, underRandomSchedules } from "../../kernel/testing/mod.ts";
import { spawn } from "../../mod.ts";
import type { SpawnVictim } from "../../kernel/testing/mod.ts";
import type { Manner } from "../../workers/pool.ts";
import { endAll } from "../exploration/scenario.ts";
import { call, fakePool, FakeTransport } from "./fake_transport.ts";

const MANNERS: Manner[] = ["end", "ask", "leave"];

/** Three tasks make two calls each, at one or two workers. */
function play(manner: Manner, max: number): (spawnVictim: SpawnVictim) => Promise<void> {
  return async (spawnVictim) => {
    const { pool, transport } = fakePool({ manner, max }, new FakeTransport(true));
    const answers: string[] = [];
    const work = async (name: string) => {
      answers.push(await call(pool, `${name} 1`));
      answers.push(await call(pool, `${name} 2`));
    };
    const before = spawn(work, "before");
    const victim = spawnVictim(work, "victim");
    const after = spawn(work, "after");
    await endAll([before, victim, after]);
    const others = answers.filter((answer) => !answer.startsWith("victim"));
    assertEquals(others.sort(), ["after 1", "after 2", "before 1", "before 2"]);
    assertEquals(pool.statistics.queued, 0);
    await pool.close();
    assertEquals(transport.alive, []);
    assertEquals(pool.statistics, { workers: 0, aside: 0, queued: 0 });
  };
}

for (const manner of MANNERS) {
  for (const max of [1, 2]) {
    Deno.test(`Pool (${manner}, ${max}) loses nothing, wherever a caller is cancelled`, async () => {
      await cancelAtEveryStep(play(manner, max));
      await underRandomSchedules(100, () => play(manner, max)(spawn));
    });
  }
}
