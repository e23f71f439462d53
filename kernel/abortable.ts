import { currentScope, outsideError } from "./current.ts";
import { type CancelledError, TaskCancelled } from "./errors.ts";
import { suspend } from "./suspend.ts";
import { hush, type Wait, type WaitOwner } from "./wait.ts";

/** A wait for a promise that the kernel knows nothing of. */
class ForeignWait<T> implements WaitOwner {
  readonly controller: AbortController | null;
  wait!: Wait<T>;

  constructor(controller: AbortController | null) {
    this.controller = controller;
  }

  remove(_wait: Wait, error?: CancelledError): void {
    const { controller } = this;
    if (controller === null) return;
    const reason = error ?? new TaskCancelled("the task that called abortable() ended without it");
    // Listeners are user code: none runs inside what cancels.
    queueMicrotask(() => controller.abort(reason));
  }

  follow(promise: Promise<T>): void {
    const { wait } = this;
    promise.then(
      (value) => {
        if (wait.pending) wait.complete(value);
      },
      (error) => {
        if (wait.pending) wait.completeWith(error);
      },
    );
  }
}

/**
 * Waits for a promise from elsewhere so that a cancellation can interrupt the wait (a plain `await`
 * cannot be interrupted). Given a function, it calls it with a signal that aborts on cancellation, so
 * that the work itself stops too. A blocking point; after a cancellation, what the promise brings is
 * dropped, and its rejection is looked after.
 *
 * @example
 * ```ts no-run
 * import { abortable, run, timeoutAfter } from "@curio/core";
 *
 * await run(async () => {
 *   const response = await timeoutAfter(5, () =>
 *     abortable((signal) => fetch("https://example.com", { signal })));
 *   console.log(response.status);
 * });
 * ```
 */
export function abortable<T>(
  work: Promise<T> | ((signal: AbortSignal) => Promise<T> | T),
): Promise<T> {
  if (currentScope() === null) {
    if (typeof work !== "function") hush(Promise.resolve(work));
    return Promise.reject(outsideError("abortable()"));
  }
  const controller = typeof work === "function" ? new AbortController() : null;
  const foreign = new ForeignWait<T>(controller);
  const wait = foreign.wait = suspend<T>("abortable()", "FUTURE_WAIT", foreign, true);
  if (typeof work !== "function") {
    foreign.follow(Promise.resolve(work));
  } else if (wait.pending) {
    foreign.follow(callAsync(work, controller!.signal));
  }
  return wait.promise;
}

async function callAsync<T>(
  work: (signal: AbortSignal) => Promise<T> | T,
  signal: AbortSignal,
): Promise<T> {
  return await work(signal);
}
