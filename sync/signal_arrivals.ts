import { currentScope } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { Ring } from "../kernel/ring.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import { type SignalWatcher, unwatch, watch } from "./signal_hub.ts";

/** Every arrival of some signals from now until it is closed, in order, and the tasks that wait for one. */
export class SignalArrivals implements SignalWatcher {
  readonly #kind: string;
  readonly #signals: readonly Deno.Signal[];
  readonly #arrived = new Ring<Deno.Signal>();
  readonly #getters = new WaitQueue<Deno.Signal>();

  /** Listens for `signals`; `kind` is what messages call whose arrivals these are. */
  constructor(kind: string, signals: readonly Deno.Signal[]) {
    this.#kind = kind;
    this.#signals = signals;
    watch(signals, this);
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#getters.length;
  }

  /** How many arrivals nobody has taken. */
  get length(): number {
    return this.#arrived.length;
  }

  arrived(signal: Deno.Signal): void {
    if (!this.#getters.wakeOne(signal)) this.#arrived.push(signal);
  }

  /** Takes the next arrival, or waits for one; `operation` is what the caller calls it. */
  get(operation: string): Promise<Deno.Signal> {
    if (this.#arrived.length === 0) {
      return this.#getters.suspend(operation, "SIGNAL_WAIT", undefined, true);
    }
    const scope = currentScope();
    if (scope === null) return rejectOutside(operation);
    return completed(scope, operation, this.#arrived.shift()!);
  }

  /** Stops listening. */
  close(): void {
    unwatch(this.#signals, this);
    this.#getters.failAll(closedError(this.#kind));
  }
}

/** What a task gets that waits on a `kind` which is closed. */
export function closedError(kind: string): CurioError {
  return new CurioError(`Cannot wait on a ${kind} that is closed: make a new one`);
}
