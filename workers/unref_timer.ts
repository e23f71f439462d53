/** A timer of the host that does not keep the program alive. */
export class UnrefTimer {
  #timer: number | null = null;

  /** Whether it runs. */
  get isSet(): boolean {
    return this.#timer !== null;
  }

  /** Calls `fire` in so many milliseconds, unless it is cleared or set anew before. */
  set(ms: number, fire: () => void): void {
    this.clear();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      fire();
    }, ms) as unknown as number;
    Deno.unrefTimer(this.#timer);
  }

  /** Stops it. */
  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
