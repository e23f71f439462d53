/** So many slots a ring keeps, empty as it may be. */
const LASTING = 1024;

/**
 * A first-in, first-out queue in a ring buffer: `push` and `shift` take constant time, and an
 * emptied slot holds on to nothing.
 */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array(16).fill(undefined);
  #head = 0;
  #length = 0;

  /** How many items are queued. */
  get length(): number {
    return this.#length;
  }

  /** Adds `item` at the end. */
  push(item: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#slots.length * 2);
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item;
    this.#length++;
  }

  /** Puts `item` back at the front. */
  unshift(item: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#slots.length * 2);
    this.#head = (this.#head - 1) & (this.#slots.length - 1);
    this.#slots[this.#head] = item;
    this.#length++;
  }

  /** Takes the item at the front, or `undefined` if there is none. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const head = this.#head;
    const item = this.#slots[head];
    this.#slots[head] = undefined;
    this.#head = (head + 1) & (this.#slots.length - 1);
    this.#length--;
    // A burst must not hold its memory for ever, also if the ring is never empty again.
    if (this.#slots.length > LASTING && this.#length < this.#slots.length / 8) {
      this.#resize(this.#slots.length / 2);
    }
    return item;
  }

  /** Takes the item `index` places from the front, moving the front item into its place. */
  take(index: number): T | undefined {
    if (index === 0) return this.shift();
    const slots = this.#slots;
    const slot = (this.#head + index) & (slots.length - 1);
    const item = slots[slot];
    slots[slot] = slots[this.#head];
    slots[this.#head] = item;
    return this.shift();
  }

  /** The items from front to end, without taking them. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#length; index++) {
      yield this.#slots[(this.#head + index) & (this.#slots.length - 1)] as T;
    }
  }

  #resize(size: number): void {
    const old = this.#slots;
    const mask = old.length - 1;
    const slots: (T | undefined)[] = new Array(size).fill(undefined);
    for (let index = 0; index < this.#length; index++) {
      slots[index] = old[(this.#head + index) & mask];
    }
    this.#slots = slots;
    this.#head = 0;
  }
}
