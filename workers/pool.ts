/**
 * A pool of workers: the calls of tasks on one side, workers that take one call at a time on the other.
 *
 * A call is a wait of its task. It goes to an idle worker, the one that was busy last, so that the
 * others may grow old and be ended; or it queues, first come, first served, and a worker is started
 * for it if there is room for one. A call is posted only to a worker that has started. So to cancel
 * one that queues is to take it out of the queue: no worker has heard of it, and the one that was
 * started for it takes the next.
 *
 * To cancel one that runs leaves a worker with code in it that nobody waits for. It stops counting at
 * once, so that another can take its place. What becomes of it is the pool's *manner*:
 *
 * - `end`: it is ended there and then.
 * - `ask`: its code is told, and it is ended unless that stops within a moment.
 * - `leave`: its code is told, but runs to its end, unseen, however long that is.
 */
import { outsideTasks } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { suspend } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import { reviveError } from "./error_codec.ts";
import type { News } from "./far_protocol.ts";
import { deathError, describeThrown, settle } from "./outcome.ts";
import { Job, jobOf, Seat } from "./seat.ts";
import type { Call, Transport } from "./transport.ts";
import { UnrefTimer } from "./unref_timer.ts";

/** What becomes of a worker whose call was cancelled. */
export type Manner = "end" | "ask" | "leave";

/** How a {@linkcode Pool} is set up. */
export interface PoolOptions {
  /** How many workers there may be, those apart that were left to themselves. */
  readonly max: number;
  readonly manner: Manner;
  /** Told what went wrong in a worker outside any call. */
  readonly warn: (message: string) => void;
  /** After how many milliseconds without a call a worker is ended: 10 000 unless given. */
  readonly idleMs?: number;
  /** How long a worker that was asked to stop has for it, in milliseconds: 100 unless given. */
  readonly graceMs?: number;
  /** How many may have it at once: 16 unless given. */
  readonly maxAsked?: number;
}

export class Pool implements WaitOwner {
  readonly #transport: Transport;
  readonly #options: Required<PoolOptions>;
  /** Calls that no worker has. */
  readonly #queue = new WaitQueue();
  readonly #starting = new Set<Seat>();
  readonly #busy = new Set<Seat>();
  /** Those that have nothing to do; the last was busy last. */
  readonly #idle: Seat[] = [];
  /** Those whose call was cancelled; the first has been here longest. */
  readonly #aside = new Set<Seat>();
  /** The ends of workers that are under way. */
  readonly #ends = new Set<Promise<void>>();
  readonly #shrink = new UnrefTimer();
  #calls = 0;
  #closed = false;

  constructor(transport: Transport, options: PoolOptions) {
    this.#transport = transport;
    this.#options = { idleMs: 10_000, graceMs: 100, maxAsked: 16, ...options };
  }

  /** How many workers there are: those that take calls, and those left to themselves. */
  get statistics(): { readonly workers: number; readonly aside: number; readonly queued: number } {
    return { workers: this.#size, aside: this.#aside.size, queued: this.#queue.length };
  }

  /** Whether the next call will go to a worker at once. */
  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /** Has a worker carry out `call`. The calling task waits, and can be cancelled. */
  run<T>(operation: string, call: Call): Promise<T> {
    const job = new Job(this.#nextId(), call);
    return suspend<T>(operation, "WORKER_WAIT", this, true, job).promise;
  }

  /** Takes on the call of a wait that has just begun. */
  enroll(wait: Wait): void {
    const job = jobOf(wait);
    const seat = this.#idle.pop();
    try {
      job.letter = this.#transport.pack(job.id, job.call, seat !== undefined);
      if (seat !== undefined) this.#assign(seat, wait);
    } catch (error) {
      // What cannot travel is nobody's business but the caller's.
      if (seat !== undefined) this.#idle.push(seat);
      wait.fail(error);
      return;
    }
    if (seat !== undefined) return;
    this.#queue.enroll(wait);
    this.#startSome();
  }

  /** Its task was cancelled, or has ended. */
  remove(wait: Wait): void {
    const job = jobOf(wait);
    const { seat } = job;
    if (seat === null) {
      this.#queue.remove(wait);
      this.#discard(job);
      return;
    }
    seat.wait = job.seat = null;
    this.#busy.delete(seat);
    if (this.#options.manner === "end") this.#end(seat);
    else this.#setAside(seat, job.id);
    this.#startSome();
  }

  /** Ends every worker, and resolves when none is left. No call may be under way, nor be made later. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#shrink.clear();
    const seats = [...this.#starting, ...this.#busy, ...this.#idle, ...this.#aside];
    for (const seat of seats) this.#end(seat);
    while (this.#ends.size > 0) await Promise.all(this.#ends);
  }

  get #size(): number {
    return this.#starting.size + this.#busy.size + this.#idle.length;
  }

  /** Numbers travel as 32 bits; 0 is no call. */
  #nextId(): number {
    this.#calls = (this.#calls % 0x7fff_ffff) + 1;
    return this.#calls;
  }

  // -- Workers that start

  /** Starts a worker for each call that queues, as far as there is room. */
  #startSome(): void {
    while (!this.#closed && this.#starting.size < this.#queue.length) {
      if (this.#size >= this.#options.max) return;
      this.#start();
    }
  }

  #start(): void {
    const seat = new Seat();
    try {
      // What a worker brings about is no task's doing.
      seat.link = outsideTasks(() =>
        this.#transport.open({
          message: (message) => this.#onMessage(seat, message),
          died: (why) => this.#onDeath(seat, why),
        })
      );
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#starting.add(seat);
  }

  /** No worker could be started for the call that has queued longest. */
  #refuse(error: unknown): void {
    const wait = this.#queue.shift();
    if (wait === null) return;
    this.#discard(jobOf(wait));
    wait.fail(error);
  }

  #discard(job: Job): void {
    this.#transport.discard?.(job.letter);
    job.letter = null;
  }

  // -- Workers at work

  #assign(seat: Seat, wait: Wait): void {
    const job = jobOf(wait);
    seat.link!.post(job.letter);
    job.letter = null;
    job.seat = seat;
    seat.wait = wait;
    this.#busy.add(seat);
  }

  /** Gives `seat` the call that has queued longest, or lets it rest. */
  #serve(seat: Seat): void {
    if (seat.tainted) {
      this.#end(seat);
      this.#startSome();
      return;
    }
    for (let wait = this.#queue.shift(); wait !== null; wait = this.#queue.shift()) {
      try {
        this.#assign(seat, wait);
        return;
      } catch (error) {
        wait.completeWith(error);
      }
    }
    seat.idleSince = performance.now();
    this.#idle.push(seat);
    this.#shrinkLater();
  }

  #onMessage(seat: Seat, message: News): void {
    if (message.kind === "stray") {
      this.#onStray(seat, message.id, reviveError(message.parcel));
    } else if (message.kind === "ready") {
      this.#starting.delete(seat);
      this.#serve(seat);
    } else if (this.#aside.delete(seat)) {
      seat.timer.clear();
      if (this.#size < this.#options.max) this.#serve(seat);
      else this.#end(seat);
    } else {
      const wait = this.#release(seat);
      if (wait === null) return;
      if (message.kind === "unloadable") seat.tainted = true;
      this.#serve(seat);
      settle(wait, message);
    }
  }

  /** Takes the call that `seat` has away from it. */
  #release(seat: Seat): Wait | null {
    const { wait } = seat;
    if (wait === null) return null;
    seat.wait = jobOf(wait).seat = null;
    this.#busy.delete(seat);
    return wait;
  }

  // -- Workers that end

  #setAside(seat: Seat, id: number): void {
    this.#aside.add(seat);
    seat.link!.cancel(id);
    if (this.#options.manner === "leave") return;
    seat.timer.set(this.#options.graceMs, () => this.#end(seat));
    if (this.#aside.size <= this.#options.maxAsked) return;
    const [oldest] = this.#aside;
    this.#end(oldest);
  }

  /** Something went wrong in a worker that nobody looked after. */
  #onStray(seat: Seat, id: number, reason: unknown): void {
    seat.tainted = true;
    const why = new CurioError(`died of an unhandled error: ${describeThrown(reason)}`, {
      cause: reason,
    });
    if (seat.wait !== null && jobOf(seat.wait).id === id) {
      this.#onDeath(seat, why);
      return;
    }
    // Of a call that was cancelled nobody wants to hear.
    if (!this.#aside.has(seat)) {
      this.#options.warn(`a worker ${why.message}, in no call; it is replaced`);
    }
    const index = this.#idle.indexOf(seat);
    if (index >= 0 || this.#aside.has(seat)) this.#end(seat);
  }

  #onDeath(seat: Seat, why: CurioError): void {
    const wait = this.#starting.has(seat) ? this.#queue.shift() : this.#release(seat);
    this.#end(seat);
    this.#startSome();
    if (wait === null) return;
    if (jobOf(wait).letter !== null) this.#discard(jobOf(wait));
    wait.completeWith(deathError(wait, why));
  }

  #end(seat: Seat): void {
    this.#starting.delete(seat);
    this.#busy.delete(seat);
    this.#aside.delete(seat);
    const index = this.#idle.indexOf(seat);
    if (index >= 0) this.#idle.splice(index, 1);
    seat.timer.clear();
    const end = seat.link!.end().finally(() => this.#ends.delete(end));
    this.#ends.add(end);
  }

  // -- Workers that rest

  #shrinkLater(): void {
    if (this.#shrink.isSet || this.#idle.length === 0) return;
    const { idleMs } = this.#options;
    const rest = this.#idle[0].idleSince + idleMs - performance.now();
    this.#shrink.set(Math.max(rest, 1), () => {
      const limit = performance.now() - idleMs;
      while (this.#idle.length > 0 && this.#idle[0].idleSince <= limit) this.#end(this.#idle[0]);
      this.#shrinkLater();
    });
  }
}
