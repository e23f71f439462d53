/**
 * Whether a process and its pipes keep this program alive: only while somebody waits for one of them.
 * A process that is left running, or a read that was cancelled, must not hold up the end of the program.
 */
export class KeepAlive {
  readonly #child: Deno.ChildProcess;
  #holders = 0;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    tell(() => child.unref());
  }

  /** Somebody waits. */
  hold(): void {
    if (this.#holders++ === 0) tell(() => this.#child.ref());
  }

  /** Somebody has stopped waiting. */
  release(): void {
    if (--this.#holders === 0) tell(() => this.#child.unref());
  }
}

/**
 * Does something to the child that the host refuses once the process has ended, in the moment before it
 * tells us. By then it has done it to the pipes and to the promise of the status.
 */
function tell(host: () => void): void {
  try {
    host();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
