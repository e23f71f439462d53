import {
  AWAIT,
  Queue,
  run,
  runInThread,
  schedule,
  spawn,
  spawnThread,
  UniversalQueue,
} from "../../mod.ts";
import { formatCount, formatNanoseconds, printTable } from "../table.ts";
import { portFromWorker, portToWorker, roundTripsToWorker } from "./ports.ts";

const MESSAGES = 1_000_000;
const ROUND_TRIPS = 20_000;

/** Measures the universal queue and `AWAIT` beside bare message ports. */
export async function compareUniversal(): Promise<void> {
  console.log(`\nUniversal: ${formatCount(MESSAGES)} messages between a worker and a task\n`);
  const rows = [["", "messages/s", "each"]];
  const note = (name: string, seconds: number) =>
    rows.push([
      name,
      formatCount(MESSAGES / seconds),
      formatNanoseconds(seconds / MESSAGES * 1e9),
    ]);
  note("UniversalQueue, worker to task", await run(fromWorker));
  note("bare port, worker to main thread", await portFromWorker(MESSAGES));
  note("UniversalQueue, task to worker", await run(toWorker));
  note("bare port, main thread to worker", await portToWorker(MESSAGES));
  printTable(rows);

  console.log(`\nAWAIT: a round trip from a thread to the kernel, of ${ROUND_TRIPS}\n`);
  const trips = [["", "each"]];
  const time = (name: string, ms: number) =>
    trips.push([name, formatNanoseconds(ms / ROUND_TRIPS * 1e6)]);
  time("AWAIT(schedule())", await run(() => spawnThread(yields, ROUND_TRIPS).join()));
  time("AWAIT(queue.get())", await run(gets));
  time("bare port and Atomics.wait", await roundTripsToWorker(ROUND_TRIPS));
  printTable(trips);
}

async function fromWorker(): Promise<number> {
  const queue = new UniversalQueue<number>();
  await runInThread(() => {});
  const start = performance.now();
  const producing = spawn(() =>
    runInThread(
      async (queue, count) => {
        for (let n = 0; n < count; n++) await queue.put(n);
      },
      queue,
      MESSAGES,
    )
  );
  for (let n = 0; n < MESSAGES; n++) {
    if (await queue.get() !== n) throw new Error("An item was lost");
  }
  const seconds = (performance.now() - start) / 1000;
  await producing.join();
  return seconds;
}

async function toWorker(): Promise<number> {
  const queue = new UniversalQueue<number>();
  await runInThread(() => {});
  const start = performance.now();
  const consuming = spawn(() =>
    runInThread(
      async (queue, count) => {
        for (let n = 0; n < count; n++) {
          if (await queue.get() !== n) throw new Error("An item was lost");
        }
      },
      queue,
      MESSAGES,
    )
  );
  for (let n = 0; n < MESSAGES; n++) await queue.put(n);
  await consuming.join();
  return (performance.now() - start) / 1000;
}

function yields(count: number): number {
  for (let n = 0; n < count; n++) AWAIT(schedule());
  const start = performance.now();
  for (let n = 0; n < count; n++) AWAIT(schedule());
  return performance.now() - start;
}

async function gets(): Promise<number> {
  const queue = new Queue<number>();
  for (let n = 0; n < ROUND_TRIPS * 2; n++) queue.putNowait(n);
  const thread = spawnThread(
    (queue, count) => {
      for (let n = 0; n < count; n++) AWAIT(queue.get());
      const start = performance.now();
      for (let n = 0; n < count; n++) AWAIT(queue.get());
      return performance.now() - start;
    },
    queue,
    ROUND_TRIPS,
  );
  return await thread.join();
}
