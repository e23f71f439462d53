/** "Intertask Communication": the older tutorial's prodcons.py, and the newer one's publishers. */
import { assertEquals } from "@std/assert";
import { Queue, sleep, spawn, TaskGroup } from "@curio/core";
import { printed } from "./printed.ts";

Deno.test("The tutorial's consumer gets what the producer puts, and is done with all before it ends", async () => {
  async function producer(queue: Queue<number>) {
    for (let n = 0; n < 10; n++) await queue.put(n);
    await queue.join();
    console.log("Producer done");
  }

  async function consumer(queue: Queue<number>) {
    for (;;) {
      const item = await queue.get();
      console.log("Consumer got", item);
      await queue.taskDone();
    }
  }

  async function main() {
    const q = new Queue<number>();
    const prodTask = spawn(producer, q);
    const consTask = spawn(consumer, q);
    await prodTask.join();
    await consTask.cancel();
  }

  assertEquals(await printed(main), [
    ...Array.from({ length: 10 }, (_, n) => `Consumer got ${n}`),
    "Producer done",
  ]);
});

Deno.test("The tutorial's subscribers each get what is published, in turn", async () => {
  const messages = new Queue<number>();
  const subscribers = new Set<Queue<number>>();

  // Dispatch task that forwards incoming messages to subscribers
  async function dispatcher() {
    for await (const msg of messages) {
      for (const q of [...subscribers]) await q.put(msg);
    }
  }

  // Publish a message
  async function publish(msg: number) {
    await messages.put(msg);
  }

  // A sample subscriber task
  async function subscriber(name: string) {
    const queue = new Queue<number>();
    subscribers.add(queue);
    try {
      for await (const msg of queue) console.log(name, "got", msg);
    } finally {
      subscribers.delete(queue);
    }
  }

  // A sample producer task
  async function producer() {
    for (let i = 0; i < 10; i++) {
      await publish(i);
      await sleep(0.1);
    }
  }

  async function main() {
    await new TaskGroup().run(async (g) => {
      g.spawn(dispatcher);
      g.spawn(subscriber, "child1");
      g.spawn(subscriber, "child2");
      g.spawn(subscriber, "child3");
      const ptask = g.spawn(producer);
      await ptask.join();
      await g.cancelRemaining();
    });
  }

  assertEquals(
    await printed(main),
    Array.from({ length: 10 }, (_, i) => [1, 2, 3].map((n) => `child${n} got ${i}`)).flat(),
  );
  assertEquals(subscribers.size, 0);
});
