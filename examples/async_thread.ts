// Synchronous code that blocks on a task's queue:  deno run examples/async_thread.ts
import { AWAIT, CancelledError, Event, Queue, run, sleep, spawnThread } from "@curio/core";

// Ordinary synchronous code, in a thread of its own. Where a task would await, it blocks.
function consumer(queue: Queue<number>, ready: Event) {
  let total = 0;
  ready.set();
  try {
    for (;;) {
      const item = AWAIT(queue.get());
      console.log("Consumer got", item);
      total += item;
      AWAIT(sleep(0.05));
      queue.taskDone();
    }
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    console.log("Consumer goodbye");
    return total;
  }
}

async function main() {
  const queue = new Queue<number>();
  const ready = new Event();
  const thread = spawnThread(consumer, queue, ready);
  await ready.wait();
  for (let n = 0; n < 10; n++) await queue.put(n);
  await queue.join();
  await thread.cancel();
  console.log("Total", await thread.join());
}

await run(main);
