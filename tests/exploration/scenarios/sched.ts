import { assertEquals } from "@std/assert";
import { schedule, spawn } from "../../../mod.ts";
import { SchedBarrier, SchedFIFO } from "../../../sync/traps.ts";
import { endAll, type Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    name: "SchedFIFO.wake() wakes one task a time, and no wake-up is lost",
    async play(spawnVictim) {
      const line = new SchedFIFO();
      let woken = 0;
      let wakes = 0;
      const wait = async () => {
        await line.suspend("EVENT_WAIT");
        woken++;
      };
      const others = [spawn(wait)];
      const victim = spawnVictim(wait);
      others.push(spawn(wait));
      const waker = spawn(async () => {
        while (![...others, victim].every((task) => task.terminated)) {
          if (line.length > 0) wakes++;
          line.wake();
          await schedule();
        }
      });
      await endAll([...others, victim, waker]);
      assertEquals([woken, line.length], [wakes, 0]);
    },
  },
  {
    name: "SchedBarrier.wake() wakes all who wait, and no wake-up is lost",
    async play(spawnVictim) {
      const barrier = new SchedBarrier();
      let woken = 0;
      let wakes = 0;
      const wait = async () => {
        for (let round = 0; round < 2; round++) {
          await barrier.suspend("EVENT_WAIT");
          woken++;
        }
      };
      const others = [spawn(wait)];
      const victim = spawnVictim(wait);
      others.push(spawn(wait));
      const waker = spawn(async () => {
        while (![...others, victim].every((task) => task.terminated)) {
          wakes += barrier.length;
          barrier.wake();
          await schedule();
        }
      });
      await endAll([...others, victim, waker]);
      assertEquals([woken, barrier.length], [wakes, 0]);
    },
  },
];
