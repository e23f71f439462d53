import { assert, assertEquals } from "@std/assert";
import {
  currentTask,
  disableCancellation,
  schedule,
  sleep,
  spawn,
  type Task,
} from "../../../mod.ts";
import { endAll, type Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    name: "Task.join() by several, one of whom is cancelled",
    async play(spawnVictim) {
      const worker = spawn(async () => {
        await sleep(1);
        return 42;
      });
      const others = [spawn(() => worker.join())];
      const victim = spawnVictim(() => worker.join());
      others.push(spawn(() => worker.join()));
      await endAll([...others, victim]);
      assertEquals(others.map((task) => task.result), [42, 42]);
      assert(!worker.cancelled);
    },
  },
  {
    name: "Task.cancel() by a task that is cancelled meanwhile",
    async play(spawnVictim) {
      let cleanUps = 0;
      const worker = spawn(async () => {
        try {
          await sleep(100);
        } finally {
          await sleep(1);
          cleanUps++;
        }
      });
      await schedule();
      const victim = spawnVictim(() => worker.cancel());
      const other = spawn(async () => {
        await schedule();
        await worker.cancel();
        assert(worker.terminated, "cancel() returned too early");
      });
      await endAll([victim, other]);
      assertEquals([worker.terminated, cleanUps], [true, 1]);
    },
  },
  {
    name: "Task cancelled cleans up, shielded or not, and once",
    async play(spawnVictim) {
      const trace: string[] = [];
      const victim = spawnVictim(async () => {
        try {
          trace.push("in");
          await sleep(1);
          await disableCancellation(() => sleep(1));
          await sleep(1);
        } catch (error) {
          await sleep(1); // Delivered once: nothing interrupts this.
          trace.push("cleaned up");
          throw error;
        } finally {
          await disableCancellation(() => sleep(1));
          trace.push("out");
        }
      });
      const other = spawn(() => sleep(2));
      await endAll([victim, other]);
      if (trace.length === 0) return;
      const cleanUp = victim.exception === undefined ? [] : ["cleaned up"];
      assertEquals(trace, ["in", ...cleanUp, "out"]);
    },
  },
  {
    name: "Task.cancelChildren() by a task that is cancelled meanwhile",
    async play(spawnVictim) {
      const children: Task[] = [];
      const victim = spawnVictim(async () => {
        for (let n = 0; n < 3; n++) children.push(spawn(() => sleep(100).finally(() => sleep(1))));
        await disableCancellation(schedule);
        await currentTask().cancelChildren();
        assert(children.every((task) => task.terminated));
      });
      await victim.wait();
      // Cancelled while it waited: they were told all the same.
      if (victim.exception === undefined) assert(children.every((task) => task.terminated));
      await endAll([victim]);
      for (const task of children) await task.cancel();
    },
  },
];
