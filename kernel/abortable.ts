import { currentScope, outsideError } from "./current.ts";
import { type CancelledError, TaskCancelled } from "./errors.ts";
import { suspend } from "./suspend.ts";
import { explainUnbound } from "./unbound_method.ts";
import { hush, type Wait, type WaitOwner } from "./wait.ts";

/**
 * Who waits for which promise. A promise is followed once, however many waits come and go: a reaction
 * cannot be taken back, and those of a long-lived promise would pile up.
 */
const followers = new WeakMap<Promise<unknown>, Set<Wait>>();

function follow<T>(promise: Promise<T>): Set<Wait> {
  let waits = followers.get(promise);
  if (waits === undefined) {
    const known = waits = new Set();
    followers.set(promise, known);
    promise.then(
      (value) => {
        followers.delete(promise);
        for (const wait of known) wait.complete(value);
      },
      (error) => {
        followers.delete(promise);
        for (const wait of known) wait.completeWith(error);
      },
    );
  }
  return waits;
}

/** A wait for a promise that the kernel knows nothing of. */
class ForeignWait implements WaitOwner {
  readonly controller: AbortController | null;
  /** Where it is noted. */
  waits: Set<Wait> | null = null;

  constructor(controller: AbortController | null) {
    this.controller = controller;
  }

  remove(wait: Wait, error?: CancelledError): void {
    this.waits?.delete(wait);
    const { controller } = this;
    if (controller === null) return;
    const reason = error ?? new TaskCancelled("the task that called abortable() ended without it");
    // Listeners are user code: none runs inside what cancels.
    queueMicrotask(() => controller.abort(reason));
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
  const foreign = new ForeignWait(controller);
  const wait = suspend<T>("abortable()", "FUTURE_WAIT", foreign, true);
  if (wait.pending) {
    foreign.waits = follow(
      typeof work === "function" ? call(work, controller!.signal) : Promise.resolve(work),
    );
    foreign.waits.add(wait);
  } else if (typeof work !== "function") {
    hush(Promise.resolve(work));
  }
  return wait.promise;
}

function call<T>(
  work: (signal: AbortSignal) => Promise<T> | T,
  signal: AbortSignal,
): Promise<T> {
  try {
    return Promise.resolve(work(signal));
  } catch (error) {
    return Promise.reject(explainUnbound(work, error));
  }
}
