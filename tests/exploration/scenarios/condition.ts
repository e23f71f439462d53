import { assert, assertEquals } from "@std/assert";
import {
  Condition,
  currentTask,
  ignoreAfter,
  Lock,
  RLock,
  schedule,
  sleep,
  spawn,
  type Task,
} from "../../../mod.ts";
import { endAll, Gauge, type Scenario } from "../scenario.ts";

function scenariosOf(name: string, make: () => Lock | RLock): Scenario[] {
  return [
    {
      name: `${name} around a buffer loses no item and no notification`,
      async play(spawnVictim) {
        const condition = new Condition(make());
        const items: number[] = [];
        const got: number[] = [];
        const take = async () => {
          using _held = await condition.acquire();
          await condition.waitFor(() => items.length > 0);
          got.push(items.shift()!);
        };
        const others = [spawn(take)];
        const victim = spawnVictim(take);
        others.push(
          spawn(take),
          spawn(async () => {
            for (const item of [1, 2, 3]) {
              await condition.run(() => {
                items.push(item);
                condition.notify();
              });
              await schedule();
            }
          }),
        );
        await endAll([...others, victim]);
        assertEquals([...got, ...items].sort(), [1, 2, 3]);
        assertEquals([condition.locked(), condition.statistics().waiting], [false, 0]);
      },
    },
    {
      name: `${name}.notifyAll() with one at a time in the lock`,
      async play(spawnVictim) {
        const condition = new Condition(make());
        const inside = new Gauge();
        let ready = false;
        let passed = 0;
        const wait = async () => {
          using _held = await condition.acquire();
          while (!ready) await condition.wait();
          inside.enter();
          try {
            await schedule();
            passed++;
          } finally {
            inside.leave();
          }
        };
        const others = [spawn(wait)];
        const victim = spawnVictim(wait);
        others.push(
          spawn(wait),
          spawn(() =>
            condition.run(async () => {
              await sleep(1);
              ready = true;
              condition.notifyAll();
              await schedule();
            })
          ),
        );
        await endAll([...others, victim]);
        assert(passed >= 2);
        assertEquals([inside.value, inside.most], [0, 1]);
        assertEquals([condition.locked(), condition.statistics().waiting], [false, 0]);
      },
    },
    {
      name: `${name}.wait() always holds the lock afterwards`,
      async play(spawnVictim) {
        const lock = make();
        const condition = new Condition(lock);
        const wait = async (seconds: number) => {
          const { id } = await currentTaskOf(condition);
          try {
            await ignoreAfter(seconds, () => condition.wait());
          } finally {
            const { owner } = lock.statistics();
            condition.release();
            assertEquals(owner, id);
          }
        };
        const others = [spawn(wait, 1), spawn(wait, 3)];
        const victim = spawnVictim(wait, 3);
        others.push(
          spawn(async () => {
            for (let n = 0; n < 2; n++) {
              await condition.run(() => sleep(1).then(() => condition.notify(5)));
            }
          }),
        );
        await endAll([...others, victim]);
        assertEquals([condition.locked(), condition.statistics().waiting], [false, 0]);
      },
    },
  ];
}

/** The current task, once it holds the lock of `condition`. */
async function currentTaskOf(condition: Condition): Promise<Task> {
  await condition.acquire();
  return currentTask();
}

export const scenarios: Scenario[] = [
  ...scenariosOf("Condition(Lock)", () => new Lock()),
  ...scenariosOf("Condition(RLock)", () => new RLock()),
  {
    name: "Condition(RLock).wait() restores a depth of two",
    async play(spawnVictim) {
      const lock = new RLock();
      const condition = new Condition(lock);
      const nested = () => lock.run(() => lock.run(() => condition.wait()));
      const victim = spawnVictim(nested);
      const other = spawn(nested);
      const notifier = spawn(async () => {
        while (!victim.terminated || !other.terminated) {
          await condition.run(() => condition.notifyAll());
          await sleep(1);
        }
      });
      await endAll([victim, other, notifier]);
      assertEquals([lock.locked(), lock.statistics().waiting], [false, 0]);
    },
  },
];
