/**
 * A kernel's sense of time. Opaque to programs: leave it alone for the host's clock, or give a kernel
 * the virtual one of `@curio/core/testing`.
 */
export interface Clock {
  /** Seconds since some moment, never going back. */
  now(): number;
  /** Whether time stands still until the kernel calls `advance`. */
  readonly virtual: boolean;
  /** Calls `fire` at `when`, or earlier if it was armed for an earlier moment already. */
  arm(when: number, fire: () => void): void;
  /** Forgets what it was armed for. */
  disarm(): void;
  /** Jumps to `when`; only a virtual clock can. */
  advance(when: number): void;
}

/** Host timers overflow, and fire at once, beyond 2^31 - 1 milliseconds: long waits go in stages. */
const LONGEST_MS = 2 ** 31 - 1;

/** The host's monotonic clock and one host timer, shared by all that a kernel waits for. */
export class HostClock implements Clock {
  readonly virtual = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedFor = Infinity;
  #fire: () => void = () => {};
  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.#armedFor = Infinity;
    this.#fire();
  };

  now(): number {
    return performance.now() / 1000;
  }

  /**
   * A timer that turns out too early is left to fire: it costs less than to clear and set one for
   * each timeout that comes and goes.
   */
  arm(when: number, fire: () => void): void {
    if (when >= this.#armedFor) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#fire = fire;
    this.#armedFor = when;
    const milliseconds = Math.ceil((when - this.now()) * 1000);
    this.#timer = setTimeout(this.#onTimer, Math.min(Math.max(milliseconds, 0), LONGEST_MS));
  }

  disarm(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = Infinity;
  }

  advance(_when: number): void {}
}
