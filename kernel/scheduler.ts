/**
 * The engine of a kernel: which task runs next, and what time it is.
 *
 * Tasks run one at a time. A task that blocks hands over to the next ready one right there, by
 * settling its promise: the continuation runs as soon as the blocking task's own microtask ends. So
 * a switch costs one promise and no detour, and no two tasks' steps ever interleave, which makes
 * schedules reproducible and lets hooks time each task's turn.
 *
 * Two things need the host's event loop, through one `setImmediate` (the *pump*):
 *
 * - Microtasks alone would let two tasks that play ping-pong starve timers, sockets and signals for
 *   ever. Switches draw on a credit, renewed for as long as the turn has not lasted too long.
 * - A task may await a promise the kernel knows nothing of. The pump runs only when no microtask is
 *   left, so a task that is still "running" by then is in `PROMISE_WAIT`, and others may run.
 */
import type { Clock } from "./clock.ts";
import { outsideTasks } from "./current.ts";
import { Deadlines, type Due } from "./deadlines.ts";
import { type CancelledError, isCancelled } from "./errors.ts";
import { Hooks } from "./hooks.ts";
import type { Kernel } from "./kernel.ts";
import { noteTasks } from "./leftovers.ts";
import type { TableObserver } from "./observer.ts";
import type { Schedule } from "./schedule.ts";
import type { Reports } from "./reports.ts";
import { Ring } from "./ring.ts";
import { Scope } from "./scope.ts";
import { stackHere } from "./stacks.ts";
import { Stalls } from "./stalls.ts";
import type { TaskRecord } from "./task_record.ts";
import type { Activation } from "./types.ts";
import { PENDING, type Wait } from "./wait.ts";

/** Switches between two looks at the clock. */
const SLICE = 16;
/**
 * How long tasks may run before the event loop gets its turn, in milliseconds: amply while it looks at
 * its sockets between turns, which it does whenever there was a pause. While turns follow one another
 * it does so only once in 61 of them (measured on Deno 2.9.6), so they must be short: a busy program
 * must not keep its sockets waiting for more than a few milliseconds.
 */
const TURN_MS = 1;
const BUSY_TURN_MS = 0.04;
/** So many long ones may follow one another: a thousand clients at once are no busy program yet. */
const FULL_TURNS = 4;

export interface SchedulerOptions {
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly schedule: Schedule | null;
  readonly reports: Reports;
  readonly activations: readonly Activation[];
  /** Whether waits remember where they were made; `null` for only while there is a monitor. */
  readonly stacks: boolean | null;
  readonly debugger: boolean;
}

export class Scheduler {
  readonly deadlines: Deadlines = new Deadlines();
  readonly tasks: Map<number, TaskRecord> = new Map();
  readonly clock: Clock;
  readonly reports: Reports;
  /** Whether waits remember where they were made. */
  stacks: boolean;
  /** The public face of it all. */
  readonly kernel: Kernel;
  /** Those to tell of every step, if there are any. */
  hooks: Hooks | null;
  /** The task that has not blocked since it was last switched to. */
  running: TaskRecord | null = null;
  /** Pending waits that something outside the kernel will end. */
  external = 0;
  /** Whether a `run` is in progress. */
  active = false;
  /** How many tasks have a wait that is not settled. */
  blocked = 0;
  /** How many switches there have been. */
  switches = 0;
  /** Called when no task is ready: see `Standstill`. */
  onIdle: () => void = () => {};
  /** Called when no task is ready and no microtask is left. */
  onSettled: () => void = () => {};
  readonly #ready = new Ring<Wait>();
  readonly #schedule: Schedule | null;
  readonly #debugger: boolean;
  /** Whether it matters at once that the running task has come to await a foreign promise. */
  #watches: boolean;
  /** Whether stacks are wanted; `null` for only while there is an observer. */
  readonly #stacksWanted: boolean | null;
  #credit = SLICE;
  #turnStart = 0;
  /** How many turns have followed one another without a pause. */
  #fullTurns = 0;
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #pumping = false;
  readonly #stalls: Stalls;
  readonly #pump = (): void => outsideTasks(this.#onPump);
  readonly #onTime = (): void => {
    this.expireDeadlines(this.clock.now());
    this.kick();
  };

  constructor(options: SchedulerOptions) {
    this.kernel = options.kernel;
    this.clock = options.clock;
    this.reports = options.reports;
    this.#stalls = new Stalls(options.reports);
    this.stacks = options.stacks === true;
    this.#stacksWanted = options.stacks;
    this.#schedule = options.schedule;
    this.#debugger = options.debugger;
    const { activations } = options;
    this.hooks = activations.length > 0 ? new Hooks(this, activations) : null;
    this.#watches = this.hooks !== null || options.clock.virtual;
  }

  /** Whether every task is in a blocking call, and none is ready. True only once microtasks are done. */
  get standsStill(): boolean {
    return this.#ready.length === 0 && this.running === null && this.blocked === this.tasks.size;
  }

  // -- Runs

  /** Lets tasks advance. */
  start(): void {
    this.active = true;
    this.#turnStart = performance.now();
    this.#credit = SLICE;
    this.expireDeadlines(this.clock.now());
    this.kick();
  }

  /** Freezes every task where it is, and leaves nothing of ours with the host. */
  stop(): void {
    this.active = false;
    this.clock.disarm();
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#immediate = null;
    this.#stalls.clear();
  }

  // -- Waits

  /**
   * Registers a wait of a task that now blocks, and hands over to the next. With `error` the wait is
   * interrupted from the start.
   */
  suspend(wait: Wait, error: CancelledError | null): void {
    const { task } = wait.scope!;
    if (this.stacks) wait.stack = stackHere(wait.operation);
    task.addWait(wait);
    if (error !== null) {
      wait.preset(error, true);
      this.#ready.push(wait);
      this.#arm();
    } else {
      if (wait.external) this.external++;
      wait.owner.enroll?.(wait);
    }
    if (this.running === task) this.running = null;
    if (this.hooks !== null) this.hooks.suspended(task, wait.state);
    if (this.running === null) this.#next();
  }

  /** Like {@linkcode suspend}, for a wait that has its outcome and only gives others a turn. */
  suspendReady(wait: Wait): void {
    const { task } = wait.scope!;
    task.addWait(wait);
    this.#ready.push(wait);
    if (this.running === task) this.running = null;
    if (this.hooks !== null) this.hooks.suspended(task, wait.state);
    if (this.running === null) this.#next();
    if (this.#ready.length > 0) this.#arm();
  }

  /** Queues a wait that was taken. */
  enqueue(wait: Wait): void {
    this.#ready.push(wait);
    this.hooks?.observer?.woken(wait.scope!.task);
    if (this.active) this.#arm();
  }

  /** Queues a wait that a callback of the host has taken; it need not wait for another turn. */
  switchTo(wait: Wait): void {
    this.#ready.push(wait);
    this.hooks?.observer?.woken(wait.scope!.task);
    this.kick();
  }

  /** Switches to the next ready task at once if none is running: for callbacks of the host. */
  kick(): void {
    if (!this.active) return;
    if (this.running === null) this.#next();
    if (this.#ready.length > 0) this.#arm();
  }

  /** Draws on the turn's credit; `false` once it is time for the event loop. */
  spend(): boolean {
    return --this.#credit >= 0 || this.#renew();
  }

  // -- Time

  /** Enters `due`, to expire at its `when`. */
  at(due: Due): void {
    this.deadlines.add(due);
    if (this.active && due.slot === 0) this.#armClock();
  }

  /** Expires what came due while a task kept the processor to itself. */
  catchUp(): void {
    if (this.deadlines.size === 0) return;
    const now = this.clock.now();
    if (this.deadlines.next <= now) this.expireDeadlines(now);
  }

  /** Expires what is due at `now`. */
  expireDeadlines(now: number): void {
    this.deadlines.expire(now);
    if (this.active && this.deadlines.next !== Infinity) this.#armClock();
  }

  #armClock(): void {
    if (this.clock.virtual) this.settle();
    else this.clock.arm(this.deadlines.next, this.#onTime);
  }

  // -- Tasks

  /** Enters a new task, which starts when its turn comes. */
  add(task: TaskRecord, gate: Wait): void {
    this.tasks.set(task.id, task);
    if (this.tasks.size === 1) noteTasks(this);
    if (task.parent !== null) (task.parent.children ??= new Set()).add(task);
    task.addWait(gate);
    if (this.hooks !== null) this.hooks.created(task);
    gate.wake(undefined);
  }

  /** A task's function has returned or thrown. */
  end(task: TaskRecord, outcome: unknown, failed: boolean): void {
    if (this.hooks !== null) this.hooks.enterCycle(task);
    task.outcome = outcome;
    task.failed = failed;
    const crashed = failed && !isCancelled(outcome);
    if (crashed && this.#debugger) this.#stopInDebugger(task, outcome);
    this.#undoWaits(task);
    if (task.openScopes > 0) this.#dropDeadlines(task);
    task.terminated = true;
    this.tasks.delete(task.id);
    if (this.tasks.size === 0) noteTasks(this);
    if (task.children !== null) { for (const child of task.children) child.parent = null; }
    task.parent?.children?.delete(task);
    task.parent = null;
    task.root.close();
    this.#stalls.unwatch(task);
    if (crashed && this.#isUnseen(task)) this.reports.crash(task);
    task.membership?.ended(task);
    task.wakeJoiners();
    task.inCycle = false;
    if (this.hooks !== null) this.hooks.terminated(task);
    if (task.isMain) this.stop();
    if (this.running === task || this.running === null) this.#next();
  }

  #isUnseen(task: TaskRecord): boolean {
    if (task.isMain || task.isJoined) return false;
    return task.daemon || !(task.membership?.reportsCrashes ?? false);
  }

  /** Waits nobody can await any more: nothing must be handed to them. */
  #undoWaits(task: TaskRecord): void {
    if (task.wait === null) return;
    const forgotten = task.waits().filter((wait) => wait.status === PENDING);
    if (forgotten.length === 0) return;
    this.reports.forgottenAwait(task, forgotten);
    for (const wait of forgotten) {
      wait.undo();
      task.dropWait(wait);
      for (let scope = wait.scope; scope !== null; scope = scope.parent) scope.close();
    }
  }

  /** Of scopes whose body nobody awaits any more. */
  #dropDeadlines(task: TaskRecord): void {
    for (const due of this.deadlines.toArray()) {
      if (due instanceof Scope && due.task === task) this.deadlines.remove(due);
    }
  }

  // deno-lint-ignore no-unused-vars -- both are there to be looked at
  #stopInDebugger(task: TaskRecord, error: unknown): void {
    // deno-lint-ignore no-debugger -- what the option is for
    debugger;
  }

  /** Names a cancelled task that awaits a foreign promise, if that lasts. */
  watchStall(task: TaskRecord): void {
    if (this.active) this.#stalls.watch(task);
  }

  // -- Switching

  /** Switches to the next ready task, if there is one and its turn is not the event loop's. */
  #next(): void {
    this.running = null;
    if (!this.active) return;
    for (;;) {
      if (this.#ready.length === 0) {
        this.#fullTurns = 0;
        this.onIdle();
        return;
      }
      if (--this.#credit < 0 && !this.#renew()) return;
      const wait = this.#schedule === null
        ? this.#ready.shift()!
        : this.#ready.take(this.#schedule.pick(this.#ready.length))!;
      const { task } = wait.scope!;
      task.dropWait(wait);
      if (!task.terminated) {
        task.cycles++;
        this.switches++;
        this.running = task;
        if (this.hooks !== null) this.hooks.enterCycle(task);
        if (this.#watches) this.#arm();
        wait.settle();
        return;
      }
      // Handed over before its task ended without awaiting it.
      wait.settle();
    }
  }

  /** More credit, if the turn has not lasted too long. */
  #renew(): boolean {
    const limit = this.#fullTurns < FULL_TURNS ? TURN_MS : BUSY_TURN_MS;
    if (performance.now() - this.#turnStart < limit) {
      this.#credit = SLICE;
      return true;
    }
    this.#fullTurns++;
    this.#arm();
    return false;
  }

  #arm(): void {
    if (this.#immediate === null && this.active) this.#immediate = setImmediate(this.#pump);
  }

  readonly #onPump = (): void => {
    this.#immediate = null;
    this.#turnStart = performance.now();
    this.#credit = SLICE;
    const { running } = this;
    this.running = null;
    if (running !== null && this.hooks !== null) this.hooks.suspended(running, running.state);
    this.#pumping = true;
    this.#next();
    this.#pumping = false;
    if (this.#ready.length > 0) this.#arm();
    else if (this.running === null) this.onSettled();
  };

  /** Has {@linkcode onSettled} called once no microtask is left, if no task is ready by then. */
  settle(): void {
    // The pump is about to see for itself.
    if (!this.#pumping) this.#arm();
  }

  // -- Hooks

  /** Keeps `observer` informed from now on, and stacks too unless they are unwanted; `null` to end that. */
  observe(observer: TableObserver | null): void {
    if (observer !== null) {
      this.hooks ??= new Hooks(this, []);
      this.#watches = true;
    }
    this.stacks = this.#stacksWanted ?? observer !== null;
    if (this.hooks !== null) this.hooks.observer = observer;
  }
}
