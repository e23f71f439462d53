import { assert, assertEquals } from "@std/assert";
import { BoundedSemaphore, schedule, Semaphore, sleep, spawn } from "../../../mod.ts";
import { endAll, Gauge, type Scenario } from "../scenario.ts";

function scenariosOf(name: string, make: (value: number) => Semaphore): Scenario[] {
  return [
    {
      name: `${name}(2).run() by five tasks, two at a time`,
      async play(spawnVictim) {
        const permits = make(2);
        const inside = new Gauge();
        const visit = () =>
          permits.run(async () => {
            inside.enter();
            try {
              await sleep(1);
            } finally {
              inside.leave();
            }
          });
        const others = [spawn(visit), spawn(visit)];
        const victim = spawnVictim(visit);
        others.push(spawn(visit), spawn(visit));
        await endAll([...others, victim]);
        assertEquals([inside.value, inside.most], [0, 2]);
        assertEquals(permits.statistics(), { waiting: 0, value: 2 });
      },
    },
    {
      name: `${name}(1) acquired and released in turns`,
      async play(spawnVictim) {
        const permits = make(1);
        let done = 0;
        const twice = async () => {
          for (let round = 0; round < 2; round++) {
            using _permit = await permits.acquire();
            await schedule();
            done++;
          }
        };
        const victim = spawnVictim(twice);
        await endAll([victim, spawn(twice), spawn(twice)]);
        assert(done >= 4);
        assertEquals(permits.statistics(), { waiting: 0, value: 1 });
      },
    },
  ];
}

export const scenarios: Scenario[] = [
  ...scenariosOf("Semaphore", (value) => new Semaphore(value)),
  ...scenariosOf("BoundedSemaphore", (value) => new BoundedSemaphore(value)),
  {
    name: "Semaphore(0) as a count of things made and used up",
    async play(spawnVictim) {
      const made = new Semaphore(0);
      let used = 0;
      const use = async () => {
        await made.acquire();
        used++;
      };
      const victim = spawnVictim(use);
      const others = [spawn(use), spawn(use)];
      const maker = spawn(async () => {
        for (let n = 0; n < 3; n++) {
          made.release();
          await schedule();
        }
      });
      await endAll([...others, victim, maker]);
      assertEquals([used + made.value, made.statistics().waiting], [3, 0]);
    },
  },
];
