import { currentRecord, currentScope, outsideError, requireScope } from "./current.ts";
import { type Duration, toTimeout } from "./duration.ts";
import { elsewhere } from "./elsewhere.ts";
import { CancelledError, CurioError, owningScope, setOrigin, TaskCancelled } from "./errors.ts";
import { notAFunction } from "./not_a_function.ts";
import { runIn } from "./run_in.ts";
import { Scope } from "./scope.ts";
import { shown } from "./shown.ts";
import { taskOf } from "./task.ts";

/** What a {@linkcode CancelScope} is bounded by. */
export interface CancelScopeOptions {
  /** How long the body may take from the start of `run`: seconds, or a `Temporal.Duration`-like object. */
  timeout?: Duration;
  /** When the body must be done, in seconds of the kernel's clock (see `clock()`). */
  deadline?: number;
  /** Whether cancellations from outside are kept out until the scope is left. */
  shield?: boolean;
  /** Cancels the scope when it aborts. */
  signal?: AbortSignal;
}

/**
 * A part of a task that can be cancelled on its own. Its own cancellation, by `cancel()`, by its
 * deadline or by the outside signal, is delivered once, to every blocking call pending inside or
 * else to the next one, and stops at the scope: `run` resolves with `undefined`. Any other error
 * passes through.
 *
 * @example Stop waiting when a button is pressed
 * ```ts
 * import { CancelScope, run, sleep } from "@curio/core";
 *
 * await run(async () => {
 *   const scope = new CancelScope({ timeout: 5 });
 *   setTimeout(() => scope.cancel("the user gave up"), 20);
 *   const result = await scope.run(async () => {
 *     await sleep(60);
 *     return "done";
 *   });
 *   console.log(result, scope.cancelCalled, scope.expired); // undefined true false
 * });
 * ```
 */
export class CancelScope {
  readonly #timeout: number;
  readonly #shield: boolean;
  readonly #outside: AbortSignal | undefined;
  #deadline: number;
  #scope: Scope | null = null;
  #cancelCalled = false;
  /** Cancelled before it ran. */
  #early: { reason: string | undefined; by: AbortSignal | null } | null = null;
  #unborn: AbortController | null = null;

  /**
   * A scope that has yet to run.
   *
   * @throws {RangeError} If the timeout is negative or `NaN`, or the deadline is `NaN`.
   */
  constructor(options: CancelScopeOptions = {}) {
    this.#timeout = options.timeout === undefined
      ? Infinity
      : toTimeout(options.timeout, "the timeout of a CancelScope");
    this.#deadline = checkDeadline(options.deadline ?? Infinity);
    this.#shield = options.shield ?? false;
    this.#outside = options.signal;
  }

  /** When the body must be done, in seconds of the kernel's clock; `Infinity` without limit. It may be moved. */
  get deadline(): number {
    return this.#deadline;
  }

  set deadline(deadline: number) {
    this.#deadline = checkDeadline(deadline);
    if (this.#scope !== null && !this.#scope.closed) this.#scope.setDeadline(deadline);
  }

  /** Whether its deadline interrupted the body. */
  get expired(): boolean {
    return this.#scope !== null && this.#scope.timedOut && this.#scope.interrupted;
  }

  /** Whether `cancel()` was called, or the outside signal aborted. */
  get cancelCalled(): boolean {
    return this.#cancelCalled;
  }

  /**
   * Aborts when the scope, or one around it, is cancelled; its `reason` is the cancellation error.
   * Leaving the scope normally does not abort it.
   */
  get signal(): AbortSignal {
    if (this.#scope !== null) return this.#scope.signal;
    if (this.#unborn === null) {
      this.#unborn = new AbortController();
      if (this.#early !== null) this.#abortUnborn();
    }
    return this.#unborn.signal;
  }

  /**
   * Cancels what runs inside; harmless when nothing does any more. Anybody may call it, and no other
   * code runs before it returns.
   *
   * @param reason The message of the error raised inside.
   */
  cancel(reason?: string): void {
    this.#cancel(reason, null);
  }

  /**
   * Runs `body` in the scope, once.
   *
   * @returns What `body` returned, or `undefined` if the scope was cancelled.
   * @throws {CurioError} Outside a task, or if the scope has run before.
   */
  run<T>(body: (scope: this) => T | Promise<T>): Promise<T | undefined> {
    const outer = currentScope();
    if (outer === null) return Promise.reject(outsideError("CancelScope.run()"));
    if (typeof body !== "function") {
      return Promise.reject(notAFunction(body, "CancelScope.run()", false));
    }
    if (this.#scope !== null) {
      return Promise.reject(
        new CurioError("Cannot run a CancelScope twice: make a new one for each use"),
      );
    }
    const { task } = outer;
    const scope = this.#scope = new Scope(task, outer, this.#shield, this.#timeout);
    this.#bound(scope, task.scheduler.clock.now());
    const promise = runIn(scope, body, [this], recover);
    if (this.#outside !== undefined) scope.promise = this.#untie(promise);
    return scope.promise as Promise<T | undefined>;
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const scope = this.#scope;
    const state = scope === null ? "not run yet" : scope.closed ? "left" : "running";
    const cancelled = this.#cancelCalled ? ", cancelled" : this.expired ? ", expired" : "";
    const deadline = this.#deadline === Infinity ? "" : `, deadline ${this.#deadline}`;
    return `CancelScope [${state}${cancelled}${deadline}]`;
  }

  #bound(scope: Scope, now: number): void {
    this.#deadline = Math.min(this.#deadline, now + this.#timeout);
    if (this.#deadline !== Infinity) scope.setDeadline(this.#deadline);
    if (this.#unborn !== null) scope.adopt(this.#unborn);
    if (this.#outside?.aborted) this.#onAbort();
    else this.#outside?.addEventListener("abort", this.#onAbort);
    if (this.#early !== null) this.#cancel(this.#early.reason, this.#early.by);
  }

  readonly #onAbort = (): void => {
    this.#cancel(undefined, this.#outside!);
  };

  #cancel(reason: string | undefined, by: AbortSignal | null): void {
    const scope = this.#scope;
    if (scope === null) {
      if (this.#early !== null) return;
      this.#cancelCalled = true;
      this.#early = { reason, by };
      if (this.#unborn !== null) queueMicrotask(() => this.#abortUnborn());
      return;
    }
    if (scope.closed || scope.cancelCalled) return;
    scope.cancelCalled = this.#cancelCalled = true;
    // Its deadline was first: what runs now is the clean-up.
    if (scope.error !== null) return;
    const canceller = by === null ? currentRecord() : null;
    const error = new TaskCancelled(
      reason ??
        (by === null
          ? `a scope of ${scope.task.label} was cancelled`
          : `a scope of ${scope.task.label} was cancelled by its signal`),
      by === null ? undefined : { cause: by.reason },
    );
    setOrigin(error, {
      kind: by === null ? "scope" : "signal",
      by: canceller === null ? null : taskOf(canceller),
      reason: by === null ? reason : by.reason,
    }, scope);
    scope.cancel(error);
  }

  /** Whoever got the signal before the scope ran must hear of a cancellation before it runs, too. */
  #abortUnborn(): void {
    this.#unborn!.abort(new TaskCancelled(this.#early!.reason ?? "a scope was cancelled"));
  }

  /** Lets go of the outside signal once the body has ended: a long-lived one would gather listeners. */
  async #untie<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } finally {
      this.#outside?.removeEventListener("abort", this.#onAbort);
    }
  }
}

/** Ends the scope's own cancellation, and no other. */
function recover(scope: Scope, error: unknown): undefined {
  if (!(error instanceof CancelledError) || owningScope(error) !== scope) throw error;
  // It may have come by way of the signal, and not of a wait.
  scope.interrupted = true;
  return undefined;
}

function checkDeadline(deadline: number): number {
  if (typeof deadline !== "number" || Number.isNaN(deadline)) {
    throw new RangeError(
      `Cannot use ${
        shown(deadline)
      } as a deadline: give seconds of the kernel's clock, as clock() tells`,
    );
  }
  return deadline;
}

/**
 * The signal of the innermost scope around the caller, for `fetch()`, `Deno.Command` and the like: it
 * aborts when that scope, or one around it up to the task, is cancelled or times out. Its `reason` is
 * the cancellation error, so what is given the signal rejects with the right class. In a worker it
 * aborts when the task that waits for the call is cancelled.
 *
 * @throws {CurioError} Outside a task.
 *
 * @example
 * ```ts no-run
 * import { currentSignal, run, timeoutAfter } from "@curio/core";
 *
 * await run(async () => {
 *   const response = await timeoutAfter(
 *     5,
 *     () => fetch("https://example.com", { signal: currentSignal() }),
 *   );
 *   console.log(response.status);
 * });
 * ```
 */
export function currentSignal(): AbortSignal {
  const worker = currentScope() === null ? elsewhere() : null;
  return worker?.currentSignal() ?? requireScope("currentSignal()").signal;
}
