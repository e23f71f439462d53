import type { Clock } from "../clock.ts";

/**
 * A clock for tests. It starts at 0 and jumps to the next deadline as soon as no task can run and
 * nothing outside the kernel is awaited: a day of sleeping takes no time at all.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "@curio/core/testing";
 * import { clock, run, sleep } from "@curio/core";
 *
 * await run({ clock: new VirtualClock() }, async () => {
 *   await sleep({ days: 1 });
 *   console.log(clock()); // 86400
 * });
 * ```
 */
export class VirtualClock implements Clock {
  /** Time stands still until the kernel moves it. */
  readonly virtual = true;
  #now = 0;

  /** Seconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Needs no timer: the kernel sees for itself when nothing else is left to do. */
  arm(_when: number, _fire: () => void): void {}

  /** There is nothing to forget. */
  disarm(): void {}

  /** Jumps to `when`; called by the kernel. */
  advance(when: number): void {
    this.#now = Math.max(this.#now, when);
  }
}
