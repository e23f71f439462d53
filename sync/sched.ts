import { WaitQueue } from "../kernel/wait_queue.ts";
import type { TaskState } from "../kernel/types.ts";

/** What a primitive's `statistics()` tells at least. */
export interface WaitStatistics {
  /** How many tasks wait. */
  readonly waiting: number;
}

/**
 * Tasks that wait in line: the building block of locks and queues. Waking hands over to whoever has
 * waited longest; a wake-up that was handed over is not lost to a cancellation.
 *
 * @example A gate that lets one task through at a time
 * ```ts
 * import { SchedFIFO } from "@curio/core/traps";
 * import { run, schedule, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   const line = new SchedFIFO();
 *   const task = spawn(() => line.suspend("EVENT_WAIT"));
 *   await schedule();
 *   console.log(line.length); // 1
 *   line.wake();
 *   await task.join();
 * });
 * ```
 */
export class SchedFIFO {
  readonly #queue = new WaitQueue<void>();

  /** How many tasks wait. */
  get length(): number {
    return this.#queue.length;
  }

  /**
   * Makes the current task wait at the end of the line. A blocking point; cancelled, the task leaves
   * the line.
   *
   * @param state What to call it in `Task.state`.
   * @throws {CurioError} Outside a task.
   */
  suspend(state: string): Promise<void> {
    return this.#queue.suspend("SchedFIFO.suspend()", state as TaskState);
  }

  /** Wakes the `n` tasks that have waited longest, one unless told; or as many as wait. */
  wake(n: number = 1): void {
    wakeUpTo(this.#queue, n);
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics {
    return { waiting: this.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `SchedFIFO [${this.length} waiting]`;
  }
}

/**
 * Tasks that wait for the same thing: the building block of events. Waking wakes them all.
 *
 * @example
 * ```ts
 * import { SchedBarrier } from "@curio/core/traps";
 * import { run, schedule, TaskGroup } from "@curio/core";
 *
 * await run(async () => {
 *   const barrier = new SchedBarrier();
 *   await new TaskGroup().run(async (group) => {
 *     for (let n = 0; n < 3; n++) group.spawn(() => barrier.suspend("EVENT_WAIT"));
 *     await schedule();
 *     barrier.wake();
 *   });
 * });
 * ```
 */
export class SchedBarrier {
  readonly #queue = new WaitQueue<void>();

  /** How many tasks wait. */
  get length(): number {
    return this.#queue.length;
  }

  /**
   * Makes the current task wait. A blocking point; cancelled, the task leaves.
   *
   * @param state What to call it in `Task.state`.
   * @throws {CurioError} Outside a task.
   */
  suspend(state: string): Promise<void> {
    return this.#queue.suspend("SchedBarrier.suspend()", state as TaskState);
  }

  /** Wakes every task that waits now, or the `n` that have waited longest. */
  wake(n: number = Infinity): void {
    wakeUpTo(this.#queue, n);
  }

  /** How many tasks wait. */
  statistics(): WaitStatistics {
    return { waiting: this.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `SchedBarrier [${this.length} waiting]`;
  }
}

/** Asking to wake more than wait is harmless. */
function wakeUpTo(queue: WaitQueue<void>, n: number): void {
  for (let left = Math.min(n, queue.length); left > 0; left--) queue.wakeOne();
}
