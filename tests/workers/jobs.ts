/** Functions for workers, as a program would have them in a module of their own. */
import { checkCancellation, CurioError, currentSignal, QueueEmpty } from "../../mod.ts";

const OFFSET = 40;

export function add(n: number): number {
  return n + OFFSET;
}

export async function addLater(n: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve));
  return add(n);
}

export function failWithOurs(): never {
  throw new QueueEmpty("nothing there", { cause: new CurioError("inner") });
}

/** Counts in `counter` until the caller is cancelled; then leaves -1. */
export function countUntilCancelled(counter: Int32Array): void {
  try {
    for (;;) {
      Atomics.add(counter, 0, 1);
      Atomics.notify(counter, 0);
      checkCancellation();
    }
  } finally {
    Atomics.store(counter, 0, -1);
    Atomics.notify(counter, 0);
  }
}

/** Says in `flag` that it runs, then that it heard of the cancellation. */
export async function waitUntilCancelled(flag: Int32Array): Promise<void> {
  const signal = currentSignal();
  set(flag, 1);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  set(flag, 2);
}

function set(flag: Int32Array, value: number): void {
  Atomics.store(flag, 0, value);
  Atomics.notify(flag, 0);
}

export const notAFunction = 1;
