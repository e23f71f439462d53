import { assert, assertEquals } from "@std/assert";
import { schedule, sleep, spawn } from "../../../mod.ts";
import { ReadWriteLock } from "../../helpers/read_write_lock.ts";
import { endAll, Gauge, type Scenario } from "../scenario.ts";

type Kind = "Read" | "Write";

/** Visits `lock` with the victim among the readers or the writers. */
function scenario(name: string, victimKind: Kind, otherKinds: Kind[]): Scenario {
  return {
    name,
    async play(spawnVictim) {
      const lock = new ReadWriteLock();
      const readers = new Gauge();
      const writers = new Gauge();
      const visit = async (kind: Kind) => {
        await (kind === "Read" ? lock.acquireRead() : lock.acquireWrite());
        const own = kind === "Read" ? readers : writers;
        own.enter();
        try {
          assert(writers.value === 0 || (writers.value === 1 && readers.value === 0));
          await schedule();
          await sleep(1);
        } finally {
          own.leave();
          lock.release();
        }
      };
      const others = otherKinds.slice(0, 2).map((kind) => spawn(visit, kind));
      const victim = spawnVictim(visit, victimKind);
      others.push(...otherKinds.slice(2).map((kind) => spawn(visit, kind)));
      await endAll([...others, victim]);
      assertEquals([readers.value, writers.value], [0, 0]);
      // Free again: a writer gets in at once.
      await lock.acquireWrite();
      lock.release();
    },
  };
}

export const scenarios: Scenario[] = [
  scenario("ReadWriteLock of the documentation, a reader in danger", "Read", [
    "Write",
    "Read",
    "Read",
    "Write",
  ]),
  scenario("ReadWriteLock of the documentation, a writer in danger", "Write", [
    "Read",
    "Read",
    "Read",
    "Write",
  ]),
];
