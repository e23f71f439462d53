import { assertEquals } from "@std/assert";
import { abortable, currentSignal, schedule, sleep, spawn } from "../../../mod.ts";
import { endAll, type Scenario } from "../scenario.ts";

/** Settles a promise after some turns. */
async function later(settle: () => void): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await schedule();
  settle();
}

export const scenarios: Scenario[] = [
  {
    name: "abortable(promise) by several tasks, settled by another",
    async play(spawnVictim) {
      const { promise, resolve } = Promise.withResolvers<number>();
      const got: number[] = [];
      const wait = async () => {
        got.push(await abortable(promise));
      };
      const others = [spawn(wait)];
      const victim = spawnVictim(wait);
      others.push(spawn(wait), spawn(later, () => resolve(42)));
      await endAll([...others, victim]);
      assertEquals(got, victim.exception === undefined ? [42, 42, 42] : [42, 42]);
    },
  },
  {
    name: "abortable(promise) that rejects, awaited or left",
    async play(spawnVictim) {
      const { promise, reject } = Promise.withResolvers<number>();
      const error = new Error("out of milk");
      let told = 0;
      const wait = () =>
        abortable(promise).catch((thrown) => {
          if (thrown !== error) throw thrown;
          told++;
        });
      const victim = spawnVictim(wait);
      await endAll([victim, spawn(wait), spawn(later, () => reject(error))]);
      assertEquals(told, victim.exception === undefined ? 2 : 1);
    },
  },
  {
    name: "abortable(fn) tells its work to stop if it is cancelled, and only then",
    async play(spawnVictim) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const heard: unknown[] = [];
      let begun = 0;
      const victim = spawnVictim(async () => {
        await abortable((signal) => {
          begun++;
          signal.addEventListener("abort", () => heard.push(signal.reason), { once: true });
          return promise;
        });
        await sleep(1);
      });
      const other = spawn(later, resolve);
      let answered = false;
      void promise.then(() => answered = true);
      await endAll([victim, other]);
      assertEquals(heard.length <= begun, true);
      if (heard.length > 0) assertEquals(heard, [victim.exception]);
      if (victim.exception === undefined) assertEquals([heard, begun, answered], [[], 1, true]);
    },
  },
  {
    name: "currentSignal() aborts with what its task was cancelled with",
    async play(spawnVictim) {
      let signal: AbortSignal | null = null;
      const victim = spawnVictim(async () => {
        signal = currentSignal();
        await sleep(1);
        await schedule();
        await sleep(1);
      });
      await endAll([victim, spawn(() => sleep(1))]);
      await schedule(); // Abort events come right after.
      if (signal === null) return;
      const { aborted, reason } = signal as AbortSignal;
      if (!victim.cancelled) assertEquals(aborted, false);
      // Cancelled when it had nothing left to wait for, it has ended all the same.
      if (victim.exception !== undefined) assertEquals([aborted, reason], [true, victim.exception]);
    },
  },
];
