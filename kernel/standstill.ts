/**
 * What happens when no task is ready: under a virtual clock time jumps to the next deadline; under a
 * real one, if nothing outside can wake anybody either, that is a deadlock.
 *
 * A real standstill may yet be ended by a callback of the host that the kernel knows nothing of, so it
 * is looked at only after a while. Under a virtual clock that while passes as all time does: at once.
 * A kernel that stands still is looked at once, and is left in peace until a task has run again.
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
  #eager = false;
  /** At which switch a standstill has lasted long enough to be looked at. */
  #dueAt = -1;
  /** At which switch one was last looked at to no avail. */
  #lookedAt = -1;

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

  /** Whether a standstill is to be noticed at once, because it may be resolved. */
  setEager(eager: boolean): void {
    this.#eager = eager;
    if (eager) this.#scheduler.settle();
  }

  /** The run is over. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #onIdle(): void {
    const scheduler = this.#scheduler;
    const { clock, switches } = scheduler;
    if (clock.virtual || this.#eager) scheduler.settle();
    if (clock.virtual || this.#timer !== null || !this.#mayBeDeadlock()) return;
    if (switches === this.#dueAt || switches === this.#lookedAt) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // One that was ended meanwhile, and has begun anew, has its own time to last.
      if (scheduler.switches !== switches) return this.#onIdle();
      this.#dueAt = switches;
      scheduler.settle();
    }, LOOK_AFTER_MS);
  }

  #mayBeDeadlock(): boolean {
    const { deadlines, external, tasks } = this.#scheduler;
    return deadlines.size === 0 && external === 0 && tasks.size > 0;
  }

  #onSettled(): void {
    const { clock, external, standsStill, switches } = this.#scheduler;
    const looking = clock.virtual || switches === this.#dueAt;
    this.#dueAt = -1;
    if (clock.virtual && this.#jump()) return;
    if (!standsStill || external > 0) return;
    if (!looking && !this.#eager) return;
    if (!this.#mayBeDeadlock() || this.#resolve()) return;
    if (!looking || switches === this.#lookedAt) return;
    this.#lookedAt = switches;
    if (this.#policy !== "ignore" && !this.#someoneSleeps()) this.#report();
  }

  /** Lets time pass until the next deadline, if it is due or nothing else is waited for. */
  #jump(): boolean {
    const scheduler = this.#scheduler;
    const { clock, deadlines, external, standsStill } = scheduler;
    if (deadlines.next === Infinity) return false;
    if (deadlines.next > clock.now() && (!standsStill || external > 0)) return false;
    clock.advance(deadlines.next);
    scheduler.expireDeadlines(clock.now());
    scheduler.kick();
    return true;
  }

  /** `sleep(Infinity)` is no deadlock: its task waits for nobody. */
  #someoneSleeps(): boolean {
    for (const task of this.#scheduler.tasks.values()) {
      if (task.waits().some((wait) => wait.state === "TIME_SLEEP")) return true;
    }
    return false;
  }

  #report(): void {
    const { reports, tasks } = this.#scheduler;
    const report = reports.deadlock(tasks.values());
    if (this.#policy === "throw") {
      this.#break(report);
      // If nobody heard of that, no switch will bring us here again.
      this.#lookedAt = -1;
      this.#onIdle();
    } else {
      reports.warn(report);
    }
  }
}
