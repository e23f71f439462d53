import { currentScope } from "../kernel/current.ts";
import { inTask } from "../kernel/in_task.ts";
import { notAFunction } from "../kernel/not_a_function.ts";
import { shown } from "../kernel/shown.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import { explainUnbound } from "../kernel/unbound_method.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { WaitStatistics } from "./sched.ts";
import { closedError, SignalArrivals } from "./signal_arrivals.ts";
import { type SignalWatcher, unwatch, watch } from "./signal_hub.ts";

/**
 * Unix signals as a queue: every arrival is queued from the moment the queue is made until it is
 * closed. Waiting for a signal keeps the process alive. Closing the last listener of a signal
 * restores its default action.
 *
 * @example Restart on SIGHUP
 * ```ts no-run
 * import { run, SignalQueue, sleep, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   await using restart = new SignalQueue("SIGHUP");
 *   for (;;) {
 *     const server = spawn(sleep, Infinity);
 *     await restart.get();
 *     await server.cancel();
 *   }
 * });
 * ```
 */
export class SignalQueue {
  readonly #signals: readonly Deno.Signal[];
  readonly #arrivals: SignalArrivals;
  #closed = false;

  /**
   * Begins to listen.
   *
   * @param signals Which signals to listen for.
   * @throws {TypeError} If one of them cannot be caught.
   */
  constructor(...signals: Deno.Signal[]) {
    this.#signals = checkSignals(signals, "SignalQueue");
    this.#arrivals = new SignalArrivals("SignalQueue", this.#signals);
  }

  /**
   * Takes the next signal that arrived, in order; waits for one if there is none. A blocking point
   * only then; cancelled, it takes nothing.
   *
   * @throws {CurioError} Outside a task, or when the queue is closed.
   */
  get(): Promise<Deno.Signal> {
    if (this.#closed) return Promise.reject(closedError("SignalQueue"));
    return this.#arrivals.get("SignalQueue.get()");
  }

  /** Stops listening. A task that waits gets `CurioError`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrivals.close();
  }

  /** Signals without end, each as by `get()`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Deno.Signal, never, void> {
    for (;;) yield await this.get();
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Stops listening. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics & { readonly arrived: number } {
    return { waiting: this.#arrivals.waiting, arrived: this.#arrivals.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `SignalQueue [${this.#signals.join(" ")}, ${this.#closed ? "closed" : "listening"}]`;
  }
}

/**
 * A flag that Unix signals set, as `Event`: sticky until cleared. It listens from the moment it is
 * made until it is closed, which restores the default action of signals nobody else listens for.
 *
 * @example Wait for Control-C
 * ```ts no-run
 * import { run, SignalEvent } from "@curio/core";
 *
 * await run(async () => {
 *   using goodbye = new SignalEvent("SIGINT", "SIGTERM");
 *   await goodbye.wait();
 *   console.log("Let's go");
 * });
 * ```
 */
export class SignalEvent {
  readonly #signals: readonly Deno.Signal[];
  readonly #waiters = new WaitQueue<void>();
  readonly #watcher: SignalWatcher = { arrived: () => this.set() };
  #set = false;
  #closed = false;

  /**
   * Begins to listen.
   *
   * @param signals Which signals set the flag.
   * @throws {TypeError} If one of them cannot be caught.
   */
  constructor(...signals: Deno.Signal[]) {
    this.#signals = checkSignals(signals, "SignalEvent");
    watch(signals, this.#watcher);
  }

  /** Whether a signal has arrived. */
  isSet(): boolean {
    return this.#set;
  }

  /** Sets the flag as a signal would. */
  set(): void {
    this.#set = true;
    this.#waiters.wakeAll();
  }

  /** Takes the flag back. */
  clear(): void {
    this.#set = false;
  }

  /**
   * Waits until a signal has arrived. A blocking point unless one has; cancelled, it leaves nothing
   * behind.
   *
   * @throws {CurioError} Outside a task, or when the event is closed and not set.
   */
  wait(): Promise<void> {
    if (this.#set) {
      const scope = currentScope();
      return scope === null
        ? rejectOutside("SignalEvent.wait()")
        : completed(scope, "SignalEvent.wait()", undefined);
    }
    if (this.#closed) return Promise.reject(closedError("SignalEvent"));
    return this.#waiters.suspend("SignalEvent.wait()", "SIGNAL_WAIT", undefined, true);
  }

  /** Stops listening. A task that waits gets `CurioError`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    unwatch(this.#signals, this.#watcher);
    this.#waiters.failAll(closedError("SignalEvent"));
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Stops listening. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics {
    return { waiting: this.#waiters.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.#closed ? "closed" : this.#set ? "set" : "not set";
    return `SignalEvent [${this.#signals.join(" ")}, ${state}]`;
  }
}

/**
 * A set of Unix signals to wait for: it listens during each `wait()`, or throughout `run()`, when
 * arrivals between waits are queued.
 *
 * @example
 * ```ts no-run
 * import { run, SignalSet } from "@curio/core";
 *
 * await run(async () => {
 *   const signal = await new SignalSet("SIGUSR1", "SIGUSR2").wait();
 *   console.log("Got", signal);
 * });
 * ```
 */
export class SignalSet {
  readonly #signals: readonly Deno.Signal[];
  /** While it listens: one however many runs and waits there are at a time. */
  #arrivals: SignalArrivals | null = null;
  #runs = 0;
  #closed = false;

  /**
   * A set of signals; it does not listen yet.
   *
   * @param signals Which signals to wait for.
   */
  constructor(...signals: Deno.Signal[]) {
    this.#signals = checkSignals(signals, "SignalSet");
  }

  /**
   * Waits for one of the signals. Always a blocking point, unless during `run` one has arrived before;
   * cancelled, it takes nothing.
   *
   * @returns The signal that arrived.
   * @throws {CurioError} Outside a task, or when the set is closed.
   * @throws {TypeError} If one of the signals cannot be caught.
   */
  wait(): Promise<Deno.Signal> {
    return inTask(
      "SignalSet.wait()",
      () => this.run(() => this.#arrivals!.get("SignalSet.wait()")),
    );
  }

  /**
   * Listens while `body` runs.
   *
   * @returns What `body` returned.
   * @throws {CurioError} If the set is closed.
   * @throws {TypeError} If one of the signals cannot be caught.
   */
  async run<T>(body: (set: this) => T | Promise<T>): Promise<T> {
    if (this.#closed) throw closedError("SignalSet");
    if (typeof body !== "function") throw notAFunction(body, "SignalSet.run()", false);
    this.#arrivals ??= new SignalArrivals("SignalSet", this.#signals);
    this.#runs++;
    try {
      return await body(this);
    } catch (error) {
      throw explainUnbound(body, error);
    } finally {
      if (--this.#runs === 0) this.#stop();
    }
  }

  /**
   * Ignores the signals while `body` runs: neither their default action nor anybody's waiting is
   * triggered by it, save what others listen for.
   *
   * @returns What `body` returned.
   * @throws {TypeError} If one of the signals cannot be caught.
   */
  async ignore<T>(body: (set: this) => T | Promise<T>): Promise<T> {
    if (typeof body !== "function") throw notAFunction(body, "SignalSet.ignore()", false);
    const deaf: SignalWatcher = { arrived() {} };
    watch(this.#signals, deaf);
    try {
      return await body(this);
    } catch (error) {
      throw explainUnbound(body, error);
    } finally {
      unwatch(this.#signals, deaf);
    }
  }

  /** Stops listening for good. A task that waits gets `CurioError`. */
  close(): void {
    this.#closed = true;
    this.#stop();
  }

  /** Stops listening for good. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics {
    return { waiting: this.#arrivals?.waiting ?? 0 };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.#closed ? "closed" : this.#arrivals === null ? "idle" : "listening";
    return `SignalSet [${this.#signals.join(" ")}, ${state}]`;
  }

  #stop(): void {
    this.#arrivals?.close();
    this.#arrivals = null;
  }
}

function checkSignals(signals: Deno.Signal[], what: string): Deno.Signal[] {
  if (signals.length === 0) {
    throw new TypeError(
      `Cannot make a ${what} of no signals: name one, as in new ${what}("SIGHUP")`,
    );
  }
  for (const signal of signals) {
    if (typeof signal !== "string") {
      throw new TypeError(`Cannot listen for ${shown(signal)}: name the signal, as in "SIGHUP"`);
    }
  }
  return [...new Set(signals)];
}
