import { assertEquals } from "@std/assert";
import { schedule, SignalEvent, SignalQueue, SignalSet, spawn } from "../../../mod.ts";
import { raise } from "../../../sync/signal_hub.ts";
import { endAll, type Scenario } from "../scenario.ts";

const SIGNAL = "SIGUSR1";

/**
 * Plays without the host: its listeners come and go a few at a time, and are not what is explored here.
 * What {@linkcode raise} raises arrives all the same.
 */
function withoutHost({ name, play }: Scenario): Scenario {
  return {
    name,
    async play(spawnVictim) {
      const { addSignalListener, removeSignalListener } = Deno;
      Object.assign(Deno, { addSignalListener() {}, removeSignalListener() {} });
      try {
        await play(spawnVictim);
      } finally {
        Object.assign(Deno, { addSignalListener, removeSignalListener });
      }
    },
  };
}

/** Has three signals arrive, a turn apart. */
async function send(): Promise<void> {
  for (let n = 0; n < 3; n++) {
    await schedule();
    raise(SIGNAL);
  }
}

const all: Scenario[] = [
  {
    name: "SignalQueue.get() by three tasks loses no signal",
    async play(spawnVictim) {
      using queue = new SignalQueue(SIGNAL);
      const got: Deno.Signal[] = [];
      const take = async () => {
        got.push(await queue.get());
      };
      const others = [spawn(take)];
      const victim = spawnVictim(take);
      others.push(spawn(take), spawn(send));
      await endAll([...others, victim]);
      const { waiting, arrived } = queue.statistics();
      assertEquals([got.length + arrived, waiting], [3, 0]);
    },
  },
  {
    name: "SignalEvent set by a signal wakes every waiter",
    async play(spawnVictim) {
      using event = new SignalEvent(SIGNAL);
      let woken = 0;
      const wait = async () => {
        await event.wait();
        woken++;
      };
      const others = [spawn(wait)];
      const victim = spawnVictim(wait);
      others.push(spawn(wait), spawn(send));
      await endAll([...others, victim]);
      assertEquals(woken, victim.exception === undefined ? 3 : 2);
      assertEquals(event.statistics(), { waiting: 0 });
    },
  },
  {
    name: "SignalSet.wait() by three tasks in a run of it loses no signal",
    async play(spawnVictim) {
      const set = new SignalSet(SIGNAL);
      const got: Deno.Signal[] = [];
      await set.run(async () => {
        const take = async () => {
          got.push(await set.wait());
        };
        const others = [spawn(take)];
        const victim = spawnVictim(take);
        others.push(spawn(take), spawn(send));
        await endAll([...others, victim]);
        // What the victim did not take is there for the next.
        while (got.length < 3) await take();
      });
      assertEquals(set.statistics(), { waiting: 0 });
      assertEquals(raise(SIGNAL), false, "still listening");
    },
  },
  {
    name: "SignalSet.wait() alone listens no longer than it waits",
    async play(spawnVictim) {
      const set = new SignalSet(SIGNAL);
      const victim = spawnVictim(() => set.wait());
      while (!victim.terminated) {
        raise(SIGNAL);
        await schedule();
      }
      await endAll([victim]);
      assertEquals([raise(SIGNAL), set.statistics().waiting], [false, 0]);
    },
  },
];

export const scenarios: Scenario[] = all.map(withoutHost);
