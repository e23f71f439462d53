import { checkComparable, checkOrderable, compareNaturally } from "./natural_order.ts";
import { type ItemStore, Queue } from "./queue.ts";

interface Entry<T> {
  readonly item: T;
  readonly sequence: number;
}

/** A binary heap in which equal items come out in the order they went in. */
class Heap<T> implements ItemStore<T> {
  readonly #entries: Entry<T>[] = [];
  readonly #compare: ((a: T, b: T) => number) | null;
  #sequence = 0;

  constructor(compare: ((a: T, b: T) => number) | null) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#entries.length;
  }

  check(item: T): void {
    const first = this.#entries.length > 0 ? this.#entries[0].item : item;
    if (this.#compare !== null) {
      // Let a comparison that cannot be made fail here, and not in somebody else's call.
      this.#compare(item, first);
      return;
    }
    checkOrderable(item);
    checkComparable(item, first);
  }

  push(item: T): void {
    const entries = this.#entries;
    const entry = { item, sequence: this.#sequence++ };
    let slot = entries.length;
    entries.push(entry);
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#before(entry, entries[parent])) break;
      entries[slot] = entries[parent];
      slot = parent;
    }
    entries[slot] = entry;
  }

  shift(): T | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (last === undefined || last === first) return first?.item;
    let slot = 0;
    for (let child = 1; child < entries.length; child = slot * 2 + 1) {
      const right = child + 1;
      if (right < entries.length && this.#before(entries[right], entries[child])) child = right;
      if (!this.#before(entries[child], last)) break;
      entries[slot] = entries[child];
      slot = child;
    }
    entries[slot] = last;
    return first.item;
  }

  #before(a: Entry<T>, b: Entry<T>): boolean {
    const order = (this.#compare ?? compareNaturally)(a.item, b.item);
    return order < 0 || (!(order > 0) && a.sequence < b.sequence);
  }
}

/**
 * A queue that gives out the smallest item, as `queue.PriorityQueue` in Python; of equal ones, the one
 * put first. Otherwise a `Queue`. Without `compare` it orders numbers, bigints, strings and dates by
 * `<`, and arrays item by item.
 *
 * @example
 * ```ts
 * import { PriorityQueue, run } from "@curio/core";
 *
 * await run(async () => {
 *   const queue = new PriorityQueue<[priority: number, job: string]>();
 *   await queue.put([2, "later"]);
 *   await queue.put([1, "now"]);
 *   console.log(await queue.get()); // [ 1, "now" ]
 * });
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  /**
   * `put` and `putNowait` throw `TypeError` for an item that cannot be ordered.
   *
   * @param maxsize How many items fit; 0 for no limit.
   * @param compare Below zero if `a` comes first, above if `b` does, zero if they are equal.
   * @throws {RangeError} If `maxsize` is negative or not a whole number.
   */
  constructor(maxsize: number = 0, compare?: (a: T, b: T) => number) {
    super(maxsize, new Heap<T>(compare ?? null));
  }
}
