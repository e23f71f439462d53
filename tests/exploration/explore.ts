import { schedule, sleep, spawn, type Task } from "../../mod.ts";
import {
  cancelAtEveryStep,
  type SpawnVictim,
  underRandomSchedules,
} from "../../kernel/testing/mod.ts";
import type { Scenario } from "./scenario.ts";

/** How far a scenario was explored. */
export interface Figures {
  /** At how many scheduling steps its victim was cancelled, one a run. */
  readonly steps: number;
  /** Under how many random schedules it ran undisturbed. */
  readonly schedules: number;
  /** Under how many random schedules its victim was cancelled at a random moment. */
  readonly disturbed: number;
}

/**
 * Plays `scenario` with its victim cancelled at every step, then under `count` random schedules, then
 * under as many with a task among the others that cancels the victim at some moment.
 *
 * @throws {Error} If what must hold did not, or something was left behind; names the step or seed.
 */
export async function explore(scenario: Scenario, count: number): Promise<Figures> {
  const steps = await cancelAtEveryStep(scenario.play);
  const schedules = await underRandomSchedules(count, () => scenario.play(spawn));
  let turns = 0;
  const disturbed = await underRandomSchedules(
    count,
    () => playDisturbed(scenario, turns++ % steps),
  );
  return { steps, schedules, disturbed };
}

async function playDisturbed(scenario: Scenario, turns: number): Promise<void> {
  const assassins: Task[] = [];
  const spawnVictim: SpawnVictim = (fn, ...args) => {
    const victim = spawn(fn, ...args);
    assassins.push(spawn(cancelLater, victim, turns));
    return victim;
  };
  await scenario.play(spawnVictim);
  for (const task of assassins) await task.cancel();
}

/** Some turns wait for the clock, so that the moment may be late in a scenario that sleeps. */
async function cancelLater(victim: Task, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await (turn % 3 === 2 ? sleep(0.5) : schedule());
  await victim.cancel({ blocking: false });
}
