/** A turn of the host's event loop: every microtask is done by then. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}

/** Runs `body`, and gives what was rejected meanwhile without anybody looking after it. */
export async function unhandledRejections(body: () => Promise<unknown>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reasons.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  try {
    await body();
    await hostTurn();
    return reasons;
  } finally {
    globalThis.removeEventListener("unhandledrejection", listener);
  }
}
