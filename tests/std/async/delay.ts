/** What may end a delay early. */
export interface DelayOptions {
  /** Rejects the delay with the signal's reason. */
  signal?: AbortSignal;
  /** Whether the delay keeps the process alive: true unless told. */
  persistent?: boolean;
}

/** Resolves after `ms` milliseconds. Uses the global timer, so `FakeTime` reaches it. */
export async function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  if (!persistent) Deno.unrefTimer(timer);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
