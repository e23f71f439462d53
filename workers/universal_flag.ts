/**
 * The flag of a universal event, in shared memory: a number that counts how often it was set and
 * cleared, odd while it is set. Whoever waits notes the number, so that news of a set that came before
 * does not wake him. Travels to workers as text (see `far_text.ts`).
 */
export class UniversalFlag {
  readonly word: Int32Array;

  constructor(word: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.word = word;
  }

  /** How often it was set or cleared. */
  get count(): number {
    return Atomics.load(this.word, 0);
  }

  get isSet(): boolean {
    return (this.count & 1) === 1;
  }

  /** Sets it; the count it has reached, or 0 if it was set. */
  set(): number {
    for (let { count } = this; (count & 1) === 0; count = this.count) {
      if (Atomics.compareExchange(this.word, 0, count, count + 1) === count) return count + 1;
    }
    return 0;
  }

  clear(): void {
    for (let { count } = this; (count & 1) === 1; count = this.count) {
      if (Atomics.compareExchange(this.word, 0, count, count + 1) === count) return;
    }
  }
}
