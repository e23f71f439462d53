import { assert, assertEquals } from "@std/assert";
import { ignoreAfter, Lock, RLock, schedule, sleep, spawn } from "../../../mod.ts";
import { endAll, Gauge, type Scenario } from "../scenario.ts";

/** What both kinds have in common. */
interface AnyLock {
  acquire(): Promise<AnyLock>;
  release(): void;
  locked(): boolean;
  run: Lock["run"];
  statistics(): { readonly waiting: number };
}

function assertFree(lock: AnyLock): void {
  assert(!lock.locked(), "the lock is lost");
  assertEquals(lock.statistics().waiting, 0);
}

function scenariosOf(name: string, make: () => AnyLock): Scenario[] {
  return [
    {
      name: `${name}.run() by four tasks, one at a time`,
      async play(spawnVictim) {
        const lock = make();
        const inside = new Gauge();
        let done = 0;
        const visit = () =>
          lock.run(async () => {
            inside.enter();
            try {
              await schedule();
              await sleep(1);
              done++;
            } finally {
              inside.leave();
            }
          });
        const others = [spawn(visit)];
        const victim = spawnVictim(visit);
        others.push(spawn(visit), spawn(visit));
        await endAll([...others, victim]);
        assertEquals([inside.value, inside.most], [0, 1]);
        assert(done >= 3);
        assertFree(lock);
      },
    },
    {
      name: `${name}.acquire() with a timeout that runs out, beside others`,
      async play(spawnVictim) {
        const lock = make();
        let entered = 0;
        const impatient = async () => {
          const got = await ignoreAfter(1, () => lock.acquire());
          if (got === null) return;
          try {
            await sleep(1);
            entered++;
          } finally {
            lock.release();
          }
        };
        const patient = () => lock.run(() => sleep(1).then(() => void entered++));
        const others = [spawn(patient), spawn(impatient)];
        const victim = spawnVictim(impatient);
        others.push(spawn(patient));
        await endAll([...others, victim]);
        assert(entered >= 2);
        assertFree(lock);
      },
    },
    {
      name: `${name} handed on by its holder, who waits for it again`,
      async play(spawnVictim) {
        const lock = make();
        const inside = new Gauge();
        const twice = async () => {
          for (let round = 0; round < 2; round++) {
            await lock.acquire();
            inside.enter();
            try {
              await schedule();
            } finally {
              inside.leave();
              lock.release();
            }
          }
        };
        const victim = spawnVictim(twice);
        await endAll([victim, spawn(twice), spawn(twice)]);
        assertEquals([inside.value, inside.most], [0, 1]);
        assertFree(lock);
      },
    },
  ];
}

export const scenarios: Scenario[] = [
  ...scenariosOf("Lock", () => new Lock()),
  ...scenariosOf("RLock", () => new RLock()),
  {
    name: "RLock held three deep by tasks in turn",
    async play(spawnVictim) {
      const lock = new RLock();
      const inside = new Gauge();
      const nest = (depth: number): Promise<void> =>
        lock.run(async () => {
          if (depth === 3) inside.enter();
          try {
            await schedule();
            if (depth > 1) await nest(depth - 1);
          } finally {
            if (depth === 3) inside.leave();
          }
        });
      const others = [spawn(nest, 3)];
      const victim = spawnVictim(nest, 3);
      others.push(spawn(nest, 3));
      await endAll([...others, victim]);
      assertEquals(inside.most, 1);
      assertFree(lock);
    },
  },
];
