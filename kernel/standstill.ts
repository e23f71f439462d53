/**
 * What happens when no task is ready: under a virtual clock time jumps to the next deadline; under a
 * real one, if nothing outside can wake anybody either, that is a deadlock.
 */
import type { Scheduler } from "./scheduler.ts";

/** How long a standstill lasts before it is looked at: a passing one costs nothing. */
const LOOK_AFTER_MS = 200;

export class Standstill {
  readonly #scheduler: Scheduler;
  readonly #policy: "warn" | "throw" | "ignore";
  readonly #break: (report: string) => void;
  readonly #resolve: () => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #looking = false;
  /** Whether a standstill is to be noticed at once, because it may be resolved. */
  eager = false;
  /** At which switch the last report was made: one report for each standstill. */
  #reportedAt = -1;

  constructor(
    scheduler: Scheduler,
    policy: "warn" | "throw" | "ignore",
    breakDeadlock: (report: string) => void,
    resolve: () => boolean,
  ) {
    this.#scheduler = scheduler;
    this.#policy = policy;
    this.#break = breakDeadlock;
    this.#resolve = resolve;
    scheduler.onIdle = () => this.#onIdle();
    scheduler.onSettled = () => this.#onSettled();
  }

  /** The run is over. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#looking = false;
  }

  #onIdle(): void {
    const scheduler = this.#scheduler;
    if (scheduler.clock.virtual || this.eager) scheduler.settle();
    if (this.#timer !== null || !this.#mayBeDeadlock()) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#looking = true;
      scheduler.settle();
    }, LOOK_AFTER_MS);
  }

  #mayBeDeadlock(): boolean {
    const { deadlines, external, switches, tasks } = this.#scheduler;
    return deadlines.size === 0 && external === 0 && tasks.size > 0 &&
      switches !== this.#reportedAt;
  }

  #onSettled(): void {
    const scheduler = this.#scheduler;
    const { clock, deadlines } = scheduler;
    if (clock.virtual && scheduler.standsStill && scheduler.external === 0) {
      if (deadlines.next !== Infinity) {
        clock.advance(deadlines.next);
        scheduler.expireDeadlines(clock.now());
        scheduler.kick();
        return;
      }
    }
    if (!this.#looking && !this.eager) return;
    const looking = this.#looking;
    this.#looking = false;
    if (!scheduler.standsStill || !this.#mayBeDeadlock() || this.#resolve() || !looking) return;
    if (this.#policy !== "ignore" && !this.#someoneSleeps()) this.#report();
  }

  /** `sleep(Infinity)` is no deadlock: its task waits for nobody. */
  #someoneSleeps(): boolean {
    for (const task of this.#scheduler.tasks.values()) {
      if (task.waits().some((wait) => wait.state === "TIME_SLEEP")) return true;
    }
    return false;
  }

  #report(): void {
    const { reports, switches, tasks } = this.#scheduler;
    const report = reports.deadlock(tasks.values());
    if (this.#policy === "throw") {
      this.#break(report);
      // If nobody heard of that, there will be no switch to bring us here again.
      this.#onIdle();
    } else {
      this.#reportedAt = switches;
      reports.warn(report);
    }
  }
}
