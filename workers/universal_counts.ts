/**
 * What the ends of a universal queue count together, in shared memory. Both classes travel to workers as
 * text (see `far_text.ts`), and refer to nothing but globals.
 */

/** How many items a queue holds, and how many are unfinished. */
export class UniversalCounts {
  readonly maxsize: number;
  /** Items, unfinished items, and whether somebody waits for room. */
  readonly words: Int32Array;

  constructor(maxsize: number, words: Int32Array = new Int32Array(new SharedArrayBuffer(12))) {
    this.maxsize = maxsize;
    this.words = words;
  }

  /** The items in the queue: those on their way to it, and those on loan that nobody took, included. */
  get size(): number {
    return Atomics.load(this.words, 0);
  }

  /** The items that `taskDone` has not been called for. */
  get unfinished(): number {
    return Atomics.load(this.words, 1);
  }

  /** Whether there is no room. */
  get full(): boolean {
    return this.maxsize > 0 && this.size >= this.maxsize;
  }

  /** Whether somebody waits for room, and wants to hear of it. */
  get wanted(): boolean {
    return Atomics.load(this.words, 2) !== 0;
  }

  set wanted(wanted: boolean) {
    Atomics.store(this.words, 2, wanted ? 1 : 0);
  }

  /** Counts an item that is about to be put; `false` if there is no room for it. */
  reserve(): boolean {
    for (let { size } = this;; size = this.size) {
      if (this.maxsize > 0 && size >= this.maxsize) return false;
      if (Atomics.compareExchange(this.words, 0, size, size + 1) === size) break;
    }
    Atomics.add(this.words, 1, 1);
    return true;
  }

  /** Takes a reservation back: the item did not come. */
  release(): void {
    Atomics.sub(this.words, 1, 1);
    Atomics.sub(this.words, 0, 1);
  }

  /** Somebody took an item. */
  taken(): void {
    Atomics.sub(this.words, 0, 1);
  }

  /** One item is done with: how many are left, or -1 if there was none. */
  finish(): number {
    for (;;) {
      const { unfinished } = this;
      if (unfinished === 0) return -1;
      if (Atomics.compareExchange(this.words, 1, unfinished, unfinished - 1) === unfinished) {
        return unfinished - 1;
      }
    }
  }
}

/**
 * Some items on loan to a worker: how many there are, and how many it has taken so far. The word is
 * shared, so that what has not been taken can be recalled at any moment, whatever the worker is
 * doing, and no item ever goes to two.
 */
export class UniversalLoan {
  /**
   * The number of items in the upper half, of those taken in the lower; then whether the call that the
   * loan is for is over.
   */
  readonly words: Int32Array;

  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(8))) {
    this.words = words;
  }

  /** Whether what is sent from now on may not arrive. */
  get isOver(): boolean {
    return Atomics.load(this.words, 1) !== 0;
  }

  /** The call is over. */
  end(): void {
    Atomics.store(this.words, 1, 1);
  }

  /** Begins a loan of `count` items. */
  start(count: number): void {
    Atomics.store(this.words, 0, count << 16);
  }

  /** Takes the next item: its index, or -1 if there is none left. */
  take(): number {
    for (;;) {
      const now = Atomics.load(this.words, 0);
      const taken = now & 0xffff;
      if (taken >= now >>> 16) return -1;
      if (Atomics.compareExchange(this.words, 0, now, now + 1) === now) return taken;
    }
  }

  /** Ends the loan but for the first `owed` items: the first index that is recalled. */
  recall(owed: number): number {
    for (;;) {
      const now = Atomics.load(this.words, 0);
      const taken = now & 0xffff;
      const keep = Math.min(Math.max(taken, owed), now >>> 16);
      if (Atomics.compareExchange(this.words, 0, now, (keep << 16) | taken) === now) return keep;
    }
  }
}
