/**
 * Systematic tests of concurrent code: one scenario under many schedules, and one scenario cancelled
 * at each of its steps in turn.
 */
import { Kernel } from "../kernel.ts";
import { spawn, type TaskFunction } from "../spawn.ts";
import type { Task } from "../task.ts";
import type { KernelOptions } from "../types.ts";
import { assertQuiet } from "./assert_quiet.ts";
import { randomSchedule } from "./random_schedule.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Spawns a task that is to be cancelled; see {@linkcode cancelAtEveryStep}. */
// deno-lint-ignore no-explicit-any -- see TaskFunction
export type SpawnVictim = <A extends any[], R>(fn: TaskFunction<A, R>, ...args: A) => Task<R>;

/**
 * Runs `scenario` once for each seed from 1 to `count`, each time with ready tasks in another random
 * order and on a virtual clock, and checks that it leaves nothing behind. The scenario asserts what
 * must hold. An error names its seed.
 *
 * @returns How many schedules were run.
 *
 * @example
 * ```ts
 * import { underRandomSchedules } from "@curio/core/testing";
 * import { Queue, TaskGroup } from "@curio/core";
 *
 * await underRandomSchedules(100, async () => {
 *   const queue = new Queue<number>(1);
 *   await new TaskGroup().run((group) => {
 *     for (const n of [1, 2, 3]) group.spawn(() => queue.put(n));
 *     for (let n = 0; n < 3; n++) group.spawn(() => queue.get());
 *   });
 *   if (!queue.empty()) throw new Error("an item is left");
 * });
 * ```
 */
export async function underRandomSchedules(
  count: number,
  scenario: () => Promise<void>,
): Promise<number> {
  for (let seed = 1; seed <= count; seed++) {
    const schedule = randomSchedule(seed);
    await explore(`under the schedule of seed ${seed}`, { schedule }, scenario);
  }
  return count;
}

/**
 * Runs `scenario` again and again on a virtual clock, and cancels its victim at the first scheduling
 * step of the first run, at the second step of the second, and so on, until the scenario ends before
 * the step is reached. The scenario spawns the victim with the function it is given, lets it end, and
 * asserts what must hold however that came about. An error names its step.
 *
 * @returns How many steps there were.
 *
 * @example
 * ```ts
 * import { cancelAtEveryStep } from "@curio/core/testing";
 * import { Semaphore, spawn } from "@curio/core";
 *
 * await cancelAtEveryStep(async (spawnVictim) => {
 *   const permits = new Semaphore(1);
 *   const other = spawn(() => permits.run(() => {}));
 *   await spawnVictim(() => permits.run(() => {})).wait();
 *   await other.join();
 *   if (permits.value !== 1) throw new Error("a permit is lost");
 * });
 * ```
 */
export async function cancelAtEveryStep(
  scenario: (spawnVictim: SpawnVictim) => Promise<void>,
): Promise<number> {
  for (let last = 1;; last++) {
    let step = 0;
    let victim: Task | null = null;
    const running = (): void => {
      if (++step === last) void victim?.cancel({ blocking: false });
    };
    const spawnVictim: SpawnVictim = (fn, ...args) => {
      const task = spawn(fn, ...args);
      victim = task;
      return task;
    };
    await explore(
      `with the victim cancelled at step ${last}`,
      { activations: [{ running }] },
      () => scenario(spawnVictim),
    );
    if (step < last) return step;
  }
}

async function explore(
  when: string,
  options: KernelOptions,
  scenario: () => Promise<void>,
): Promise<void> {
  const kernel = new Kernel({
    clock: new VirtualClock(),
    deadlock: "throw",
    log: silent,
    ...options,
  });
  try {
    await kernel.run(scenario);
    assertQuiet(kernel);
  } catch (error) {
    throw new Error(`The scenario failed ${when}`, { cause: error });
  } finally {
    await kernel.shutdown();
  }
}

/** Victims die by design: their reports are noise. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };
