/**
 * The low-level layer that the library's own primitives stand on, for writing new ones: to suspend
 * the current task, to wake one, and the kernel's clock, timeouts and tasks.
 *
 * The rule to build on: a wait ends once, by a waker or by a cancellation. A task that was woken keeps
 * what it was woken with, even if it is cancelled before it runs. So change the state for it *before*
 * you wake it: it then holds what it waited for, whatever comes next.
 *
 * @example A reader-writer lock: many readers or one writer, in the order they came
 * ```ts
 * import { suspend, type Waker } from "@curio/core/traps";
 * import { CurioError, run, TaskGroup } from "@curio/core";
 *
 * class ReadWriteLock {
 *   readonly #line: { write: boolean; waker: Waker<void> }[] = [];
 *   #readers = 0;
 *   #writing = false;
 *
 *   acquireRead(): Promise<void> {
 *     return this.#acquire(false);
 *   }
 *
 *   acquireWrite(): Promise<void> {
 *     return this.#acquire(true);
 *   }
 *
 *   release(): void {
 *     if (this.#writing) this.#writing = false;
 *     else if (this.#readers > 0) this.#readers--;
 *     else throw new CurioError("Cannot release a ReadWriteLock that is free: acquire it first");
 *     this.#admit();
 *   }
 *
 *   #acquire(write: boolean): Promise<void> {
 *     if (this.#line.length === 0 && this.#enter(write)) return Promise.resolve();
 *     return suspend("LOCK_ACQUIRE", (waker) => {
 *       const place = { write, waker };
 *       this.#line.push(place);
 *       return () => {
 *         this.#line.splice(this.#line.indexOf(place), 1);
 *         this.#admit(); // Whoever stood behind may be able to go on.
 *       };
 *     });
 *   }
 *
 *   #enter(write: boolean): boolean {
 *     if (this.#writing || (write && this.#readers > 0)) return false;
 *     if (write) this.#writing = true;
 *     else this.#readers++;
 *     return true;
 *   }
 *
 *   #admit(): void {
 *     while (this.#line.length > 0 && this.#enter(this.#line[0].write)) {
 *       this.#line.shift()!.waker.wake();
 *     }
 *   }
 * }
 *
 * const lock = new ReadWriteLock();
 *
 * async function reader(name: string) {
 *   await lock.acquireRead();
 *   console.log(name, "reads");
 *   lock.release();
 * }
 *
 * await run(() =>
 *   new TaskGroup().run((group) => {
 *     group.spawn(reader, "Max");
 *     group.spawn(reader, "Lillian");
 *   })
 * );
 * ```
 *
 * @module
 */
export { SchedBarrier, SchedFIFO, type WaitStatistics } from "./sched.ts";
export { suspend, type Waker } from "./suspension.ts";
export { clock, schedule, sleep } from "../kernel/sleep.ts";
export { currentTask, Task } from "../kernel/task.ts";
export { currentKernel, Kernel } from "../kernel/kernel.ts";
export type { KernelOptions, TaskState } from "../kernel/types.ts";
export { ignoreAfter, type IgnoreAfterOptions, timeoutAfter } from "../kernel/timeout.ts";
export type { Duration, DurationLike } from "../kernel/duration.ts";
export type { CancelOptions } from "../kernel/task.ts";
export type { TaskFunction } from "../kernel/spawn.ts";
