/**
 * Tools for tests of concurrent programs: a clock that takes no time, schedules that are random but
 * reproducible, and a check that nothing is left behind.
 *
 * @example
 * ```ts
 * import { assertQuiet, randomSchedule, VirtualClock } from "@curio/core/testing";
 * import { run, sleep } from "@curio/core";
 *
 * await run({ clock: new VirtualClock(), schedule: randomSchedule(1) }, sleep, 3600);
 * assertQuiet();
 * ```
 *
 * @module
 */
export { assertQuiet } from "./assert_quiet.ts";
export { cancelAtEveryStep, type SpawnVictim, underRandomSchedules } from "./explore.ts";
export { randomSchedule } from "./random_schedule.ts";
export { VirtualClock } from "./virtual_clock.ts";
export type { Clock } from "../clock.ts";
export type { Schedule } from "../schedule.ts";
