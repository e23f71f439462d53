import { assert, assertEquals } from "@std/assert";
import {
  disableCancellation,
  isCancelled,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  TaskGroupError,
  type WaitPolicy,
} from "../../../mod.ts";
import { endAll, Gauge, type Scenario } from "../scenario.ts";

const POLICIES: WaitPolicy[] = ["all", "any", "object", "none"];

/** A member that takes its time, also to clean up. */
async function member(alive: Gauge, seconds: number): Promise<number | undefined> {
  alive.enter();
  try {
    await sleep(seconds);
    return seconds > 1 ? seconds : undefined;
  } finally {
    // Shielded: the cancellation may also arrive just now.
    await disableCancellation(() => sleep(1));
    alive.leave();
  }
}

function ownerInDanger(wait: WaitPolicy): Scenario {
  return {
    name: `TaskGroup({ wait: "${wait}" }).run() whose owner is in danger`,
    async play(spawnVictim) {
      const alive = new Gauge();
      const tasks: Task[] = [];
      const victim = spawnVictim(async () => {
        const group = new TaskGroup<number | undefined>({ wait });
        try {
          await group.run(async () => {
            for (const seconds of [1, 2, 3]) tasks.push(group.spawn(member, alive, seconds));
            tasks.push(group.spawn({ daemon: true }, member, alive, 100));
            await schedule();
          });
        } finally {
          assert(tasks.every((task) => task.terminated), "a member outlives its group");
        }
        return group.completed?.id;
      });
      await endAll([victim]);
      assertEquals(alive.value, 0);
      if (victim.exception !== undefined || wait === "none") return;
      assertEquals(victim.result, tasks[wait === "object" ? 1 : 0].id);
    },
  };
}

function memberInDanger(wait: WaitPolicy): Scenario {
  return {
    name: `TaskGroup({ wait: "${wait}" }).join() with a member in danger`,
    async play(spawnVictim) {
      const alive = new Gauge();
      const group = new TaskGroup<number | undefined>({ wait });
      const tasks = [group.spawn(member, alive, 2)];
      const victim = spawnVictim(member, alive, 3);
      group.addTask(victim);
      tasks.push(group.spawn(member, alive, 4), victim);
      await group.join();
      assert(tasks.every((task) => task.terminated), "a member outlives its group");
      assertEquals(alive.value, 0);
      assertEquals(group.tasks.length, 3);
    },
  };
}

export const scenarios: Scenario[] = [
  ...POLICIES.map(ownerInDanger),
  ...POLICIES.map(memberInDanger),
  {
    name: "TaskGroup({ throwOnError: true }) with a failure and an owner in danger",
    async play(spawnVictim) {
      const alive = new Gauge();
      const tasks: Task[] = [];
      const victim = spawnVictim(async () => {
        try {
          await new TaskGroup({ throwOnError: true }).run(async (group) => {
            tasks.push(group.spawn(member, alive, 5));
            tasks.push(group.spawn(() => sleep(1).then(() => Promise.reject(new Error("milk")))));
            tasks.push(group.spawn(member, alive, 5));
            await sleep(2);
          });
        } catch (error) {
          if (!(error instanceof TaskGroupError)) throw error;
          assertEquals(error.errors.map((each) => each.message), ["milk"]);
        } finally {
          assert(tasks.every((task) => task.terminated), "a member outlives its group");
        }
      });
      await endAll([victim]);
      assertEquals(alive.value, 0);
    },
  },
  {
    name: "TaskGroup.nextDone() hands out each member once, the receiver in danger",
    async play(spawnVictim) {
      const group = new TaskGroup();
      const alive = new Gauge();
      const seen: number[] = [];
      const members = [1, 2, 3].map((seconds) => group.spawn(member, alive, seconds));
      const receive = async () => {
        for await (const task of group) seen.push(task.id);
      };
      const victim = spawnVictim(receive);
      await endAll([victim, spawn(receive)]);
      assertEquals(seen.sort((a, b) => a - b), members.map((task) => task.id));
      await group.join();
      assertEquals([alive.value, group.tasks.length], [0, 0]);
    },
  },
  {
    name: "TaskGroup.nextResult() hands out each result once, the receiver in danger",
    async play(spawnVictim) {
      const group = new TaskGroup<number>();
      const got: number[] = [];
      for (const seconds of [1, 2, 3]) group.spawn(() => sleep(seconds).then(() => seconds));
      const receive = async () => {
        while (group.tasks.length > 0) got.push(await group.nextResult());
      };
      const victim = spawnVictim(receive);
      await endAll([victim]);
      while (group.tasks.length > 0) got.push(await group.nextResult());
      assertEquals(got, [1, 2, 3]);
    },
  },
  {
    name: "TaskGroup.shutdown({ grace }) whose caller is in danger",
    async play(spawnVictim) {
      const alive = new Gauge();
      const group = new TaskGroup();
      const tasks = [1, 3, 100].map((seconds) => group.spawn(member, alive, seconds));
      const victim = spawnVictim(async () => {
        try {
          await group.shutdown({ grace: 2 });
        } finally {
          // Cancelled before it had begun to shut down, it has not.
          if (group.tasks.some((task) => task.cancelled)) {
            assert(tasks.every((task) => task.terminated), "a member outlives its group");
          }
        }
      });
      await endAll([victim]);
      await group.shutdown();
      assert(tasks.every((task) => task.terminated));
      assertEquals(alive.value, 0);
    },
  },
  {
    name: "TaskGroup in a TaskGroup, the owner of both in danger",
    async play(spawnVictim) {
      const alive = new Gauge();
      const victim = spawnVictim(async () => {
        await new TaskGroup().run(async (outer) => {
          outer.spawn(member, alive, 2);
          outer.spawn(() =>
            new TaskGroup().run((inner) => {
              inner.spawn(member, alive, 3);
              inner.spawn(member, alive, 4);
            })
          );
          await sleep(1);
        }).finally(() => assertEquals(alive.value, 0));
      });
      await endAll([victim]);
      assert(victim.exception === undefined || isCancelled(victim.exception));
      assertEquals(alive.value, 0);
    },
  },
];
