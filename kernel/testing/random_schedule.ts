import type { Schedule } from "../schedule.ts";

/**
 * A schedule for tests: of the tasks that are ready, each time a random one runs next. The same seed
 * gives the same order.
 *
 * @example
 * ```ts
 * import { randomSchedule } from "@curio/core/testing";
 * import { run, spawn } from "@curio/core";
 *
 * await run({ schedule: randomSchedule(7) }, () => {
 *   for (const name of ["a", "b", "c"]) spawn(() => console.log(name));
 * });
 * ```
 */
export function randomSchedule(seed: number): Schedule {
  const next = generator(seed);
  return { pick: (ready) => Math.floor(next() * ready) };
}

/** Numbers from 0 to below 1 (Mulberry32): small, fast, and random enough to shuffle with. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
