/** Something that is due at a moment of the kernel's clock, at most once in a {@linkcode Deadlines}. */
export interface Due {
  /** When, in seconds of the kernel's clock. */
  when: number;
  /** Where it stands in the heap: kept by {@linkcode Deadlines}, -1 while it is in none. */
  slot: number;
  /** Called once it is due and out of the heap. */
  expire(now: number): void;
}

/**
 * What is due and when: a binary heap whose entries know their own slot, so that a timeout which is
 * cancelled is gone at once. (A heap that only marks what was cancelled grows without bound in a
 * server that sets a timeout for each request.) Equal moments come out in the order they went in.
 */
export class Deadlines {
  readonly #heap: Due[] = [];
  readonly #order: number[] = [];
  #sequence = 0;

  /** How many entries are waiting. */
  get size(): number {
    return this.#heap.length;
  }

  /** The earliest moment, or `Infinity`. */
  get next(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0].when;
  }

  /** All entries, in no order. */
  toArray(): Due[] {
    return [...this.#heap];
  }

  /** Enters `due` under its `when`. */
  add(due: Due): void {
    const slot = this.#heap.length;
    this.#heap.push(due);
    this.#order.push(this.#sequence++);
    this.#rise(slot, due, this.#order[slot]);
  }

  /** Takes `due` out again; harmless if it is not in. */
  remove(due: Due): void {
    const slot = due.slot;
    if (slot < 0) return;
    due.slot = -1;
    const last = this.#heap.pop()!;
    const order = this.#order.pop()!;
    if (last === due) return;
    if (!this.#sink(slot, last, order)) this.#rise(slot, last, order);
  }

  /** Takes out and expires whatever is due at `now`, earliest first. */
  expire(now: number): void {
    while (this.#heap.length > 0 && this.#heap[0].when <= now) {
      const due = this.#heap[0];
      this.remove(due);
      due.expire(now);
    }
  }

  #before(when: number, order: number, slot: number): boolean {
    const other = this.#heap[slot].when;
    return when < other || (when === other && order < this.#order[slot]);
  }

  #place(slot: number, due: Due, order: number): void {
    this.#heap[slot] = due;
    this.#order[slot] = order;
    due.slot = slot;
  }

  #rise(slot: number, due: Due, order: number): void {
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (!this.#before(due.when, order, parent)) break;
      this.#place(slot, this.#heap[parent], this.#order[parent]);
      slot = parent;
    }
    this.#place(slot, due, order);
  }

  /** Returns whether the entry moved. */
  #sink(start: number, due: Due, order: number): boolean {
    let slot = start;
    const size = this.#heap.length;
    for (;;) {
      let child = slot * 2 + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#before(this.#heap[right].when, this.#order[right], child)) {
        child = right;
      }
      if (this.#before(due.when, order, child)) break;
      this.#place(slot, this.#heap[child], this.#order[child]);
      slot = child;
    }
    this.#place(slot, due, order);
    return slot !== start;
  }
}
