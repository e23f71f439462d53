import { assertEquals } from "@std/assert";
import { Event, sleep, spawn } from "../../../mod.ts";
import { endAll, type Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    name: "Event.set() wakes every waiter",
    async play(spawnVictim) {
      const event = new Event();
      let woken = 0;
      const wait = async () => {
        await event.wait();
        woken++;
      };
      const others = [spawn(wait), spawn(wait)];
      const victim = spawnVictim(wait);
      others.push(spawn(wait), spawn(() => event.set()));
      await endAll([...others, victim]);
      assertEquals(woken, 3 + (victim.exception === undefined ? 1 : 0));
      assertEquals(event.statistics(), { waiting: 0 });
    },
  },
  {
    name: "Event.set() and clear() in turns between two tasks",
    async play(spawnVictim) {
      const [ping, pong] = [new Event(), new Event()];
      let rounds = 0;
      const victim = spawnVictim(async () => {
        for (let round = 0; round < 3; round++) {
          await ping.wait();
          ping.clear();
          rounds++;
          pong.set();
        }
      });
      const other = spawn(async () => {
        for (let round = 0; round < 3; round++) {
          ping.set();
          while (!pong.isSet() && !victim.terminated) await sleep(1);
          pong.clear();
        }
      });
      await endAll([victim, other]);
      if (victim.exception === undefined) assertEquals(rounds, 3);
      assertEquals([ping.statistics().waiting, pong.statistics().waiting], [0, 0]);
    },
  },
];
