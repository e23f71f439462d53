/** What else may end the wait. */
export interface DeadlineOptions {
  /** Rejects the wait with the signal's reason. */
  signal?: AbortSignal;
}

/** Settles as `promise` does, or rejects with a `TimeoutError` after `ms` milliseconds. */
export async function deadline<T>(
  promise: Promise<T>,
  ms: number,
  options: DeadlineOptions = {},
): Promise<T> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  // A timer of our own and not AbortSignal.timeout: it is cleared, so the sanitizers stay quiet.
  const timer = setTimeout(
    () => reject(new DOMException("Signal timed out.", "TimeoutError")),
    ms,
  );
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
