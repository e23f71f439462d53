import { CurioError } from "../../mod.ts";
import { suspend, type Waker } from "../../sync/traps.ts";

/** The example of `sync/traps.ts`, word for word: `tests/sync/traps_test.ts` holds the two together. */
export class ReadWriteLock {
  readonly #line: { write: boolean; waker: Waker<void> }[] = [];
  #readers = 0;
  #writing = false;

  acquireRead(): Promise<void> {
    return this.#acquire(false);
  }

  acquireWrite(): Promise<void> {
    return this.#acquire(true);
  }

  release(): void {
    if (this.#writing) this.#writing = false;
    else if (this.#readers > 0) this.#readers--;
    else throw new CurioError("Cannot release a ReadWriteLock that is free: acquire it first");
    this.#admit();
  }

  #acquire(write: boolean): Promise<void> {
    if (this.#line.length === 0 && this.#enter(write)) return Promise.resolve();
    return suspend("LOCK_ACQUIRE", (waker) => {
      const place = { write, waker };
      this.#line.push(place);
      return () => {
        this.#line.splice(this.#line.indexOf(place), 1);
        this.#admit(); // Whoever stood behind may be able to go on.
      };
    });
  }

  #enter(write: boolean): boolean {
    if (this.#writing || (write && this.#readers > 0)) return false;
    if (write) this.#writing = true;
    else this.#readers++;
    return true;
  }

  #admit(): void {
    while (this.#line.length > 0 && this.#enter(this.#line[0].write)) {
      this.#line.shift()!.waker.wake();
    }
  }
}
