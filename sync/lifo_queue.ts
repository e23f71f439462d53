import { type ItemStore, Queue } from "./queue.ts";

class Stack<T> implements ItemStore<T> {
  readonly #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    return this.#items.pop();
  }
}

/**
 * A queue that gives out the item put last, as `queue.LifoQueue` in Python. Otherwise a `Queue`.
 *
 * @example
 * ```ts
 * import { LifoQueue, run } from "@curio/core";
 *
 * await run(async () => {
 *   const queue = new LifoQueue<string>();
 *   await queue.put("first");
 *   await queue.put("last");
 *   console.log(await queue.get()); // last
 * });
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  /**
   * An empty queue.
   *
   * @param maxsize How many items fit; 0 for no limit.
   * @throws {RangeError} If `maxsize` is negative or not a whole number.
   */
  constructor(maxsize: number = 0) {
    super(maxsize, new Stack<T>());
  }
}
