import { assert, assertEquals } from "@std/assert";
import {
  type CancelledError,
  CancelScope,
  checkCancellation,
  clock,
  disableCancellation,
  ignoreAfter,
  schedule,
  setCancellation,
  sleep,
  spawn,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
  TimeoutCancellationError,
} from "../../../mod.ts";
import { endAll, type Scenario } from "../scenario.ts";

/** Passes `error` on unless it is of class `cls`. */
function expect(error: unknown, cls: typeof TaskTimeout | typeof TimeoutCancellationError): void {
  if (!(error instanceof cls)) throw error;
}

export const scenarios: Scenario[] = [
  {
    name: "timeoutAfter() that runs out, and sleep after it",
    async play(spawnVictim) {
      const times: number[] = [];
      const victim = spawnVictim(async () => {
        await timeoutAfter(2, sleep, 10).catch((error) => expect(error, TaskTimeout));
        times.push(clock());
        times.push(await sleep(1));
      });
      const other = spawn(() => sleep(1));
      await endAll([victim, other]);
      if (victim.exception === undefined) assertEquals(times, [2, 3]);
    },
  },
  {
    name: "timeoutAfter() of equal length beside the work that ends in time",
    async play(spawnVictim) {
      const victim = spawnVictim(async () => {
        for (let round = 1; round <= 3; round++) {
          const got = await ignoreAfter({ after: 1, timeoutResult: "late" }, async () => {
            await sleep(1);
            return "done";
          });
          assert(got === "done" || got === "late");
          assertEquals(clock(), round);
        }
      });
      await endAll([victim, spawn(() => sleep(1)), spawn(() => timeoutAfter(5, sleep, 1))]);
    },
  },
  {
    name: "ignoreAfter() in timeoutAfter() in timeoutAfter(), the middle one expiring",
    async play(spawnVictim) {
      const trace: string[] = [];
      const victim = spawnVictim(async () => {
        const outer = await timeoutAfter(9, async () => {
          await timeoutAfter(2, async () => {
            try {
              await ignoreAfter(5, sleep, 10);
              trace.push("went on");
            } catch (error) {
              expect(error, TimeoutCancellationError);
              await sleep(1); // Delivered again: a timeout was left while one further out is due.
            }
          }).catch((error) => expect(error, TaskTimeout));
          return await sleep(1);
        });
        trace.push(`out at ${outer}`);
      });
      await endAll([victim]);
      if (victim.exception === undefined) assertEquals(trace, ["out at 3"]);
    },
  },
  {
    name: "CancelScope cancelled by another task, in a timeout, with clean-up",
    async play(spawnVictim) {
      const scope = new CancelScope();
      let cleanUps = 0;
      let inside = 0;
      const victim = spawnVictim(async () => {
        await timeoutAfter(50, async () => {
          const result = await scope.run(async () => {
            inside++;
            try {
              await sleep(10);
              return "slept";
            } finally {
              await disableCancellation(() => sleep(1));
              cleanUps++;
            }
          });
          assertEquals([result, scope.cancelCalled], [undefined, true]);
          await sleep(1);
        });
      });
      const other = spawn(async () => {
        await sleep(1);
        scope.cancel();
      });
      await endAll([victim, other]);
      assertEquals(cleanUps, inside);
      if (victim.exception !== undefined) assert(victim.exception instanceof TaskCancelled);
    },
  },
  {
    name: "disableCancellation() with timeouts inside and outside it",
    async play(spawnVictim) {
      const trace: string[] = [];
      const victim = spawnVictim(async () => {
        await timeoutAfter(1, async () => {
          await disableCancellation(async () => {
            trace.push("begun");
            trace.push(String(await ignoreAfter(2, sleep, 10)));
            await sleep(1);
            trace.push("finished");
          });
          await schedule();
          trace.push("never here");
        }).catch((error) => expect(error, TaskTimeout));
        await sleep(1);
      });
      await endAll([victim, spawn(() => sleep(2))]);
      if (trace.length > 0) assertEquals(trace, ["begun", "null", "finished"]);
    },
  },
  {
    name: "disableCancellation() puts a cancellation off, which is delivered once",
    async play(spawnVictim) {
      let interruptions = 0;
      const victim = spawnVictim(async () => {
        await disableCancellation(async () => {
          for (let n = 0; n < 2; n++) await sleep(1);
          checkCancellation(); // Behind a shield, it only looks.
        });
        for (let n = 0; n < 3; n++) await sleep(1).catch(() => void interruptions++);
        if (checkCancellation(TaskCancelled) !== null) interruptions++;
      });
      await endAll([victim]);
      assertEquals([victim.exception, interruptions], [undefined, victim.cancelled ? 1 : 0]);
    },
  },
  {
    name: "CancelScope({ signal }) whose signal aborts",
    async play(spawnVictim) {
      const controller = new AbortController();
      let cleanUps = 0;
      let inside = 0;
      const victim = spawnVictim(async () => {
        const scope = new CancelScope({ signal: controller.signal });
        const result = await scope.run(async () => {
          inside++;
          try {
            return await sleep(10);
          } finally {
            await disableCancellation(() => sleep(1));
            cleanUps++;
          }
        });
        assertEquals([result, scope.cancelCalled], [undefined, true]);
        await sleep(1);
      });
      const other = spawn(async () => {
        await sleep(1);
        controller.abort();
      });
      await endAll([victim, other]);
      assertEquals(cleanUps, inside);
    },
  },
  {
    name: "setCancellation() takes a cancellation and gives it back later",
    async play(spawnVictim) {
      const trace: string[] = [];
      let taken: CancelledError | null = null;
      const victim = spawnVictim(async () => {
        await disableCancellation(async () => {
          trace.push("begun");
          await sleep(1);
          taken = setCancellation(null);
          await sleep(1);
          setCancellation(taken);
          trace.push("finished");
        });
        await sleep(1);
        await sleep(1);
      });
      await endAll([victim, spawn(() => sleep(2))]);
      if (trace.length > 0) assertEquals(trace, ["begun", "finished"]);
      if (taken !== null) assertEquals(victim.exception, taken);
    },
  },
  {
    name: "CancelScope({ shield: true }) in a CancelScope with a deadline",
    async play(spawnVictim) {
      const trace: string[] = [];
      const victim = spawnVictim(async () => {
        const outer = new CancelScope({ timeout: 2 });
        await outer.run(async () => {
          await new CancelScope({ shield: true }).run(async () => {
            trace.push("in");
            await sleep(3);
            trace.push("out");
          });
          await sleep(10);
          trace.push("never here");
        });
        assert(outer.expired);
        await sleep(1);
      });
      await endAll([victim, spawn(() => sleep(2))]);
      if (trace.length > 0) assertEquals(trace, ["in", "out"]);
    },
  },
];
