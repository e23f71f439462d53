import { currentScope } from "../kernel/current.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { WaitStatistics } from "./sched.ts";

/**
 * A flag that tasks can wait for, as `threading.Event` in Python.
 *
 * @example
 * ```ts
 * import { Event, run, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   const start = new Event();
 *   const kid = spawn(async () => {
 *     await start.wait();
 *     console.log("Playing");
 *   });
 *   start.set();
 *   await kid.join();
 * });
 * ```
 */
export class Event {
  readonly #waiters = new WaitQueue<void>();
  #set = false;

  /** Whether the flag is set. */
  isSet(): boolean {
    return this.#set;
  }

  /** Sets the flag and wakes every task that waits for it. */
  set(): void {
    this.#set = true;
    this.#waiters.wakeAll();
  }

  /** Takes the flag back; tasks that were woken stay awake. */
  clear(): void {
    this.#set = false;
  }

  /**
   * Waits until the flag is set. A blocking point unless it is set already; cancelled, it leaves
   * nothing behind.
   *
   * @throws {CurioError} Outside a task.
   */
  wait(): Promise<void> {
    if (!this.#set) return this.#waiters.suspend("Event.wait()", "EVENT_WAIT");
    const scope = currentScope();
    return scope === null
      ? rejectOutside("Event.wait()")
      : completed(scope, "Event.wait()", undefined);
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics {
    return { waiting: this.#waiters.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Event [${this.#set ? "set" : "not set"}, ${this.#waiters.length} waiting]`;
  }
}
