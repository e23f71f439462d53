// Publish and subscribe with queues:  deno run examples/pubsub.ts
import { Queue, run, sleep, TaskGroup } from "@curio/core";

const messages = new Queue<number>();
const subscribers = new Set<Queue<number>>();

// Forwards incoming messages to subscribers.
async function dispatcher() {
  for await (const message of messages) {
    for (const queue of subscribers) await queue.put(message);
  }
}

async function publish(message: number) {
  await messages.put(message);
}

async function subscriber(name: string) {
  const queue = new Queue<number>();
  subscribers.add(queue);
  try {
    for await (const message of queue) console.log(name, "got", message);
  } finally {
    subscribers.delete(queue);
  }
}

async function producer() {
  for (let i = 0; i < 10; i++) {
    await publish(i);
    await sleep(0.1);
  }
}

async function main() {
  await new TaskGroup().run(async (group) => {
    group.spawn(dispatcher);
    group.spawn(subscriber, "child1");
    group.spawn(subscriber, "child2");
    group.spawn(subscriber, "child3");
    await group.spawn(producer).join();
    await group.cancelRemaining();
  });
}

await run(main);
