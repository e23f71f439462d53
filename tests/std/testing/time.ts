/**
 * A hermetic stand-in for the part of `@std/testing/time` that the tests use: `FakeTime` over
 * npm's fake-timers. It fakes `Date` and the global timers and, as the real one does, leaves
 * `performance`, `setImmediate` and microtasks alone.
 *
 * @module
 */

// @ts-types="npm:@types/sinonjs__fake-timers@^15"
import { type Clock, install } from "npm:@sinonjs/fake-timers@^15";

const realSetTimeout = globalThis.setTimeout;

/** What a misused `FakeTime` throws. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Time that stands still until the test moves it. `using time = new FakeTime()` restores it. */
export class FakeTime implements Disposable {
  static #current: FakeTime | null = null;
  readonly #clock: Clock & { uninstall(): void };
  readonly #start: number;

  /** Fakes time from `start` on: milliseconds, a date or its text; now, unless told. */
  constructor(start?: number | string | Date | null) {
    FakeTime.#current?.restore();
    this.#start = new Date(start ?? Date.now()).valueOf();
    if (Number.isNaN(this.#start)) {
      throw new TimeError(`Cannot construct FakeTime: invalid start ${start}`);
    }
    this.#clock = install({
      now: this.#start,
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    });
    FakeTime.#current = this;
  }

  /** The fake time in milliseconds; setting it runs the timers in between. */
  get now(): number {
    return this.#clock.now;
  }
  set now(value: number) {
    if (value < this.now) throw new RangeError("Cannot set time in the past");
    this.#clock.tick(value - this.now);
  }

  /** The fake time this one began with. */
  get start(): number {
    return this.#start;
  }

  /** Moves time on by `ms` milliseconds and runs the timers that fall due. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** Lets pending microtasks run, then moves time on by `ms` milliseconds. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time on to the next timer; returns whether there was one. */
  next(): boolean {
    const pending = this.#clock.countTimers() > 0;
    if (pending) this.#clock.next();
    return pending;
  }

  /** Lets pending microtasks run, then moves time on to the next timer. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves time on until no timer is left. */
  runAll(): void {
    while (this.next());
  }

  /** Moves time on until no timer is left, letting microtasks run before each. */
  async runAllAsync(): Promise<void> {
    while (this.#clock.countTimers() > 0) await this.nextAsync();
  }

  /** Lets pending microtasks run. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Waits `ms` milliseconds of real time. */
  async delay(ms: number): Promise<void> {
    await new Promise((resolve) => realSetTimeout(resolve, ms));
  }

  /** Brings real time back. */
  restore(): void {
    if (FakeTime.#current !== this) throw new TimeError("Cannot restore time: already restored");
    FakeTime.#current = null;
    this.#clock.uninstall();
  }

  /** Brings real time back at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
