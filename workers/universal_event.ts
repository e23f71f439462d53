import { immediate } from "../io/immediate.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import { Wait } from "../kernel/wait.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { WaitStatistics } from "../sync/sched.ts";
import "./universal_unpack.ts";
import { PACK, type Packed } from "./baggage.ts";
import { UniversalFlag } from "./universal_flag.ts";
import { UniversalLink } from "./universal_link.ts";

/**
 * An {@linkcode Event} that works everywhere: in tasks of any kernel, in asynchronous code outside of
 * tasks, and in workers it is passed to: as an argument of `runInThread` or `blockInThread` it has the
 * same methods there, as one of `spawnThread` it gives operations for `AWAIT`.
 *
 * @example Tell a worker to stop
 * ```ts
 * import { run, runInThread, sleep, spawn, UniversalEvent } from "@curio/core";
 *
 * async function tick(stop: UniversalEvent) {
 *   let ticks = 0;
 *   for (; !stop.isSet(); ticks++) await new Promise((resolve) => setTimeout(resolve, 10));
 *   return ticks;
 * }
 *
 * await run(async () => {
 *   const stop = new UniversalEvent();
 *   const ticking = spawn(() => runInThread(tick, stop));
 *   await sleep(0.2);
 *   stop.set();
 *   console.log(await ticking.join() > 0); // true
 * });
 * ```
 */
export class UniversalEvent {
  readonly #flag = new UniversalFlag();
  readonly #waiters = new WaitQueue<void>();

  /** Whether the flag is set. */
  isSet(): boolean {
    return this.#flag.isSet;
  }

  /** Sets the flag and wakes everybody who waits for it. */
  set(): void {
    const count = this.#flag.set();
    if (count > 0) this.#wake(count);
  }

  /** Takes the flag back; those who were woken stay awake. */
  clear(): void {
    this.#flag.clear();
  }

  /**
   * Waits until the flag is set. In a task a blocking point, unless it is set already; cancelled, it
   * leaves nothing behind.
   */
  wait(): Promise<void> {
    const operation = "UniversalEvent.wait()";
    const { count } = this.#flag;
    if ((count & 1) === 1) return immediate(operation, undefined);
    const wait = suspendAnywhere<void>(operation, "EVENT_WAIT", this.#waiters);
    wait.data = count;
    // A worker may have set it since, and its message may have been here before.
    if (wait.pending && this.#flag.isSet) this.#wake(this.#flag.count);
    return wait.promise;
  }

  /** How many wait, in workers too. */
  statistics(): WaitStatistics {
    return { waiting: this.#waiters.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const set = this.isSet() ? "set" : "not set";
    return `UniversalEvent [${set}, ${this.#waiters.length} waiting]`;
  }

  /** @internal For the call of a worker. */
  [PACK](): Packed {
    const here = new Set<Wait>();
    const link = new UniversalLink("UniversalEvent", ([kind, first]) => {
      if (kind === "set") return this.#wake(first as number);
      const wait = new Wait<void>(null, "UniversalEvent.wait()", "EVENT_WAIT", this.#waiters, true);
      wait.data = this.#flag.count;
      this.#waiters.enroll(wait);
      here.add(wait);
      void wait.promise.then(() => {
        here.delete(wait);
        link.post("answer", first);
      });
      if (this.#flag.isSet) this.#wake(this.#flag.count);
    });
    return {
      kind: "UniversalEvent",
      data: [link.far, this.#flag.word],
      transfer: [link.far.port, link.far.bell],
      release: () => {
        link.close();
        for (const wait of here) if (wait.pending) this.#waiters.remove(wait);
      },
    };
  }

  /** Wakes those who began to wait before the flag's count was `count`. */
  #wake(count: number): void {
    for (let { first } = this.#waiters; first !== null; first = this.#waiters.first) {
      if (first.data as number > count) return;
      this.#waiters.wakeOne();
    }
  }
}
