/**
 * The one wait queue under every primitive: waits in the order they came, linked through the waits
 * themselves, so that removing a cancelled one takes constant time and no memory.
 */
import { suspend } from "./suspend.ts";
import type { TaskState } from "./types.ts";
import type { Wait, WaitOwner } from "./wait.ts";

// deno-lint-ignore no-explicit-any -- see Wait
export class WaitQueue<T = any> implements WaitOwner {
  #first: Wait | null = null;
  #last: Wait | null = null;
  #length = 0;

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** The wait that has been here longest, or `null`. */
  get first(): Wait<T> | null {
    return this.#first;
  }

  /** Makes the current task wait here, at the end. */
  suspend(operation: string, state: TaskState, data?: unknown, external = false): Promise<T> {
    return suspend<T>(operation, state, this, external, data).promise;
  }

  /** Adds a pending wait at the end. */
  enroll(wait: Wait<T>): void {
    wait.prev = this.#last;
    if (this.#last === null) this.#first = wait;
    else this.#last.next = wait;
    this.#last = wait;
    this.#length++;
  }

  /** Takes out the wait that has been here longest, or `null`. */
  shift(): Wait<T> | null {
    const wait = this.#first;
    if (wait !== null) this.remove(wait);
    return wait;
  }

  /** Takes out `wait`, which must be in here. */
  remove(wait: Wait): void {
    if (wait.prev === null) this.#first = wait.next;
    else wait.prev.next = wait.next;
    if (wait.next === null) this.#last = wait.prev;
    else wait.next.prev = wait.prev;
    wait.prev = wait.next = null;
    this.#length--;
  }

  /** Hands `value` to whoever has been here longest; `false` if nobody waits. */
  wakeOne(value: T): boolean {
    const wait = this.shift();
    if (wait === null) return false;
    wait.wake(value);
    return true;
  }

  /** Hands `value` to everybody who waits now, in order. */
  wakeAll(value: T): void {
    for (let left = this.#length; left > 0; left--) this.wakeOne(value);
  }

  /** Lets everybody who waits now fail with `error`. */
  failAll(error: unknown): void {
    for (let left = this.#length; left > 0; left--) this.shift()!.fail(error);
  }

  /** Those who wait, first come first. */
  *[Symbol.iterator](): IterableIterator<Wait<T>> {
    for (let wait = this.#first; wait !== null; wait = wait.next) yield wait;
  }
}
