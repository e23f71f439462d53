import { immediate } from "../io/immediate.ts";
import { CurioError } from "../kernel/errors.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import { hush, Wait } from "../kernel/wait.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { WaitStatistics } from "../sync/sched.ts";
import { canTravel } from "./universal_travel.ts";
import { encodeError, type ErrorParcel, reviveError } from "./error_codec.ts";
import { UniversalLink, type UniversalMessage } from "./universal_link.ts";
import "./universal_unpack.ts";
import { PACK, type Packed } from "./baggage.ts";

/**
 * A {@linkcode Result} that works everywhere: see {@linkcode UniversalEvent}.
 *
 * @example A worker's news before it is done
 * ```ts
 * import { run, runInThread, spawn, UniversalResult } from "@curio/core";
 *
 * async function search(found: UniversalResult<number>) {
 *   for (let n = 2; ; n++) {
 *     if (n * n > 1000) return found.setValue(n);
 *   }
 * }
 *
 * await run(async () => {
 *   const found = new UniversalResult<number>();
 *   const searching = spawn(() => runInThread(search, found));
 *   console.log(await found.unwrap()); // 32
 *   await searching.join();
 * });
 * ```
 */
export class UniversalResult<T> {
  readonly #waiters = new WaitQueue<T>();
  /** 1 once somebody has set it, here or in a worker. */
  readonly #word = new Int32Array(new SharedArrayBuffer(4));
  #outcome: { readonly value: T } | { readonly error: unknown } | null = null;

  /** Whether a value or an error was set. */
  isSet(): boolean {
    return Atomics.load(this.#word, 0) !== 0;
  }

  /**
   * Provides the value.
   *
   * @throws {CurioError} If the result is set.
   */
  setValue(value: T): void {
    this.#claim();
    this.#settle({ value });
  }

  /**
   * Provides an error, for `unwrap` to reject with.
   *
   * @throws {CurioError} If the result is set.
   */
  setException(error: unknown): void {
    this.#claim();
    this.#settle({ error });
  }

  /**
   * Waits until the result is set. In a task a blocking point only then; cancelled, it leaves nothing
   * behind.
   *
   * @returns The value.
   * @throws The error, if that was set.
   */
  unwrap(): Promise<T> {
    const operation = "UniversalResult.unwrap()";
    if (this.#outcome === null) {
      return suspendAnywhere<T>(operation, "EVENT_WAIT", this.#waiters).promise;
    }
    if ("error" in this.#outcome) return Promise.reject(this.#outcome.error);
    return immediate(operation, this.#outcome.value);
  }

  /** How many wait, in workers too. */
  statistics(): WaitStatistics {
    return { waiting: this.#waiters.length };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const set = this.isSet() ? "set" : "not set";
    return `UniversalResult [${set}, ${this.#waiters.length} waiting]`;
  }

  /** @internal For the call of a worker. */
  [PACK](): Packed {
    const here = new Set<Wait>();
    const link = new UniversalLink("UniversalResult", ([kind, first]: UniversalMessage) => {
      if (kind === "value") return this.#settle({ value: first as T });
      if (kind === "error") return this.#settle({ error: reviveError(first as ErrorParcel) });
      const wait = new Wait<T>(null, "UniversalResult.unwrap()", "EVENT_WAIT", this.#waiters, true);
      hush(wait.promise);
      this.#waiters.enroll(wait);
      here.add(wait);
      void wait.promise.then(
        (value) => answer(link, "answer", first, value),
        (error) => link.post("failure", first, encodeError(error, canTravel)),
      ).finally(() => here.delete(wait));
      if (this.#outcome !== null) this.#tell();
    });
    return {
      kind: "UniversalResult",
      data: [link.far, this.#word],
      transfer: [link.far.port, link.far.bell],
      release: () => {
        link.close();
        for (const wait of here) if (wait.pending) this.#waiters.remove(wait);
      },
    };
  }

  #claim(): void {
    if (Atomics.compareExchange(this.#word, 0, 0, 1) === 0) return;
    throw new CurioError("Cannot set a UniversalResult twice: make a new one for each outcome");
  }

  #settle(outcome: { readonly value: T } | { readonly error: unknown }): void {
    this.#outcome = outcome;
    this.#tell();
  }

  #tell(): void {
    const outcome = this.#outcome!;
    if ("error" in outcome) this.#waiters.failAll(outcome.error);
    else this.#waiters.wakeAll(outcome.value);
  }
}

/** Posts a value that may turn out not to travel. */
function answer(link: UniversalLink, kind: string, id: unknown, value: unknown): void {
  try {
    link.post(kind, id, value);
  } catch (error) {
    link.post("failure", id, encodeError(error, canTravel));
  }
}
