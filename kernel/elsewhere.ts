/** Code that runs in a worker, for a task that waits for it: what stands in for the task there. */
export interface Elsewhere {
  /** Throws if the task was cancelled. */
  checkCancellation(): null;
  /** Aborts when the task is cancelled. */
  currentSignal(): AbortSignal;
}

const ELSEWHERE = Symbol.for("@curio/core worker");

/** Where we are if that is such a worker, else `null`. */
export function elsewhere(): Elsewhere | null {
  return (globalThis as { [ELSEWHERE]?: Elsewhere })[ELSEWHERE] ?? null;
}
