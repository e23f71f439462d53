import { FakeTime } from "@std/testing/time";

/**
 * Runs `body` while the host's timers go fast: a tenth of a second passes with every turn of the
 * event loop. For what a kernel does "after a second". The kernel's own clock is not sped up.
 */
export async function whileSecondsPass<T>(body: () => Promise<T>): Promise<T> {
  using time = new FakeTime();
  let done = false;
  const outcome = Promise.allSettled([body()]).then(([result]) => {
    done = true;
    return result;
  });
  while (!done) {
    await new Promise((resolve) => void setImmediate(resolve));
    time.tick(100);
  }
  const result = await outcome;
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
