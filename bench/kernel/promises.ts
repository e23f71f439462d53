import { batches, type Contestant, serve } from "./contestant.ts";

// deno-lint-ignore require-await -- what is measured is an async function
async function answer(): Promise<number> {
  return 42;
}

/** The least that is a queue: an endless one that hands items to promises. */
class PromiseQueue<T> {
  readonly #items: T[] = [];
  readonly #getters: ((item: T) => void)[] = [];

  put(item: T): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(item);
    else getter(item);
  }

  get(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift()!);
    return new Promise((resolve) => this.#getters.push(resolve));
  }
}

async function echo(
  incoming: PromiseQueue<number>,
  outgoing: PromiseQueue<number>,
  n: number,
): Promise<void> {
  for (let i = 0; i < n; i++) outgoing.put(await incoming.get());
}

async function withTimeout<T>(milliseconds: number, fn: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("timed out")), milliseconds);
  });
  try {
    return await Promise.race([fn(), expired]);
  } finally {
    clearTimeout(timer);
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * The baseline: what one would write in JavaScript without any library. It is no kernel: nothing here
 * can cancel what was not made cancellable, and `await null` lets no timer or socket in.
 */
export const promises: Contestant = {
  name: "bare promises",

  async spawnJoin(n) {
    const start = performance.now();
    for (let i = 0; i < n; i++) await answer();
    return performance.now() - start;
  },

  async yieldTurn(n) {
    const start = performance.now();
    for (let i = 0; i < n; i++) await null;
    return performance.now() - start;
  },

  async pingPong(n) {
    const ping = new PromiseQueue<number>();
    const pong = new PromiseQueue<number>();
    const start = performance.now();
    const task = echo(ping, pong, n);
    for (let i = 0; i < n; i++) {
      ping.put(i);
      await pong.get();
    }
    await task;
    return performance.now() - start;
  },

  async timeout(n) {
    const start = performance.now();
    for (let i = 0; i < n; i++) await withTimeout(1000, answer);
    return performance.now() - start;
  },

  async cancel(n) {
    let elapsed = 0;
    for (const size of batches(n)) {
      const tasks: { controller: AbortController; sleeping: Promise<void> }[] = [];
      for (let i = 0; i < size; i++) {
        const controller = new AbortController();
        tasks.push({ controller, sleeping: sleep(1_000_000, controller.signal) });
      }
      const start = performance.now();
      for (const { controller, sleeping } of tasks) {
        controller.abort();
        await sleeping.catch(() => {});
      }
      elapsed += performance.now() - start;
    }
    return elapsed;
  },
};

if (import.meta.main) await serve(promises);
