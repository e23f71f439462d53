/** What the library asks of the host's event loop. */
type HostCall = "setTimeout" | "setImmediate";

/** Counts the calls of a global function, from its making until it is disposed. */
export class HostCalls implements Disposable {
  /** How many there were. */
  count = 0;
  readonly #name: HostCall;
  readonly #original: unknown;

  constructor(name: HostCall) {
    const original = globalThis[name] as (...args: unknown[]) => unknown;
    this.#name = name;
    this.#original = original;
    Object.assign(globalThis, {
      [name]: (...args: unknown[]) => {
        this.count++;
        return original(...args);
      },
    });
  }

  /** Puts the function back. */
  [Symbol.dispose](): void {
    Object.assign(globalThis, { [this.#name]: this.#original });
  }
}
