/** The worker's side of a pool; it travels as text: see `far_text.ts`. */
import { type Callable, callableKey, resolveCallable, type Resolved } from "./callable.ts";
import { encodeError } from "./error_codec.ts";
import type { Down, FarPort } from "./far_protocol.ts";
import { farErrorClass, farErrorParents } from "./thread_errors.ts";

/**
 * Answers the calls that come through `port`, one at a time.
 *
 * While a call runs, `checkCancellation()` and `currentSignal()` tell it whether the task that waits
 * for it was cancelled: code that asks now and then can end itself.
 */
export function serveCalls(port: FarPort): void {
  const MAX_KNOWN = 1000;
  const known = new Map<string, Resolved>();
  /** The number of the call that runs, or 0. */
  let current = 0;
  let controller: AbortController | null = null;

  function isCancelled(): boolean {
    return current !== 0 && Atomics.load(port.cancelled, 0) === current;
  }

  function cancellation(): Error {
    return new (farErrorClass("TaskCancelled"))("the task that waits for this call was cancelled");
  }

  function checkCancellation(): null {
    if (isCancelled()) throw cancellation();
    return null;
  }

  function currentSignal(): AbortSignal {
    controller ??= new AbortController();
    if (isCancelled()) controller.abort(cancellation());
    return controller.signal;
  }

  const scope = { checkCancellation, currentSignal };
  Object.defineProperty(globalThis, Symbol.for("@curio/core worker"), { value: scope });

  async function find(callable: Callable): Promise<Resolved> {
    const key = callableKey(callable);
    let fn = known.get(key);
    if (fn === undefined) {
      fn = await resolveCallable(callable, scope);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(key, fn);
    }
    return fn;
  }

  async function answer(call: Down & { kind: "call" }): Promise<void> {
    const { args, baggage, callable, id } = call;
    current = id;
    controller = null;
    let found = false;
    try {
      const fn = await find(callable);
      found = true;
      const values = [...args];
      for (const { index, kind, data } of baggage) values[index] = port.unpackers[kind](data);
      const value = await fn(...values);
      current = 0;
      port.post({ kind: "value", id, value });
    } catch (error) {
      current = 0;
      const parcel = encodeError(error, port.canTravel);
      port.post({ kind: found ? "error" : "unloadable", id, parcel });
    }
  }

  function stray(event: Event, reason: unknown): void {
    event.preventDefault();
    port.post({ kind: "stray", id: current, parcel: encodeError(reason, port.canTravel) });
  }

  addEventListener("unhandledrejection", (event) => stray(event, event.reason));
  addEventListener("error", (event) => stray(event, event.error));
  port.listen((message) => {
    if (message.kind === "call") void answer(message);
    else if (message.id === current) controller?.abort(cancellation());
  });
  port.post({ kind: "ready" });
}

/** The functions that make up the worker's side of a pool. */
export const FAR_CALLS = [
  farErrorParents,
  farErrorClass,
  callableKey,
  encodeError,
  resolveCallable,
  serveCalls,
] as const;
