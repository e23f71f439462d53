const METHODS = ["debug", "info", "log", "warn", "error"] as const;

/** Runs `body`, and gives the calls of `console` meanwhile, none of which prints anything. */
export async function consoleOutput(body: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  const originals = METHODS.map((method) => console[method]);
  for (const method of METHODS) {
    console[method] = (...parts: unknown[]) => {
      calls.push(`${method}: ${parts.join(" ")}`);
    };
  }
  try {
    await body();
    return calls;
  } finally {
    METHODS.forEach((method, n) => console[method] = originals[n]);
  }
}
