/**
 * `performance.now()` stands still, save for what {@linkcode StillTime.pass} lets pass, from its making
 * until it is disposed: whatever else the machine is busy with does not count.
 */
export class StillTime implements Disposable {
  readonly #original = performance.now;
  #now = performance.now();

  constructor() {
    performance.now = () => this.#now;
  }

  /** Lets `milliseconds` pass. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets time go on. */
  [Symbol.dispose](): void {
    performance.now = this.#original;
  }
}
