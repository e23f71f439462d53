// One queue between a worker, a task and plain async code:  deno run examples/universal.ts
import { run, runInThread, TaskGroup, UniversalQueue } from "@curio/core";

const numbers = new UniversalQueue<number>(5);
const squares = new UniversalQueue<[number, number]>();

// In a worker.
async function producer(numbers: UniversalQueue<number>) {
  for (let n = 0; n < 10; n++) await numbers.put(n);
  await numbers.join();
}

// In a task.
async function squarer() {
  for await (const n of numbers) {
    await squares.put([n, n * n]);
    numbers.taskDone();
  }
}

async function main() {
  await new TaskGroup().run(async (group) => {
    group.spawn({ daemon: true }, squarer);
    await runInThread(producer, numbers);
  });
}

const program = run(main);

// Outside of any task.
for (let n = 0; n < 10; n++) {
  const [number, square] = await squares.get();
  console.log(number, "squared is", square);
}
await program;
