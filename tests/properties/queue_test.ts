import { assertEquals } from "@std/assert";
import {
  ignoreAfter,
  isCancelled,
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  sleep,
  spawn,
  type Task,
} from "../../mod.ts";
import { virtually } from "../helpers/virtually.ts";
import { check, fc } from "./check.ts";

/** A kind of queue, and where in an array of its items, oldest first, the next one to give out is. */
interface Kind {
  readonly name: string;
  readonly make: (maxsize: number) => Queue<number>;
  readonly next: (items: number[]) => number;
}

const KINDS: Kind[] = [
  { name: "Queue", make: (maxsize) => new Queue(maxsize), next: () => 0 },
  {
    name: "LifoQueue",
    make: (maxsize) => new LifoQueue(maxsize),
    next: (items) => items.length - 1,
  },
  {
    name: "PriorityQueue",
    make: (maxsize) => new PriorityQueue(maxsize),
    next: (items) => items.indexOf(Math.min(...items)),
  },
];

/** The simplest queue there is: an array. */
class Model {
  readonly items: number[] = [];

  constructor(readonly kind: Kind, readonly maxsize: number) {}

  get full(): boolean {
    return this.maxsize > 0 && this.items.length >= this.maxsize;
  }

  take(): number {
    return this.items.splice(this.kind.next(this.items), 1)[0];
  }
}

/** `null` gets an item, a number puts it. */
const nowaitCalls = fc.array(fc.option(fc.integer({ min: 0, max: 9 })), { maxLength: 60 });
const maxsizes = fc.integer({ min: 0, max: 3 });

function caught(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return (error as Error).constructor;
  }
}

for (const kind of KINDS) {
  Deno.test(`${kind.name}.putNowait() and getNowait() do what an array does`, async () => {
    await check(fc.tuple(maxsizes, nowaitCalls), ([maxsize, calls]) => {
      const queue = kind.make(maxsize);
      const model = new Model(kind, maxsize);
      for (const item of calls) {
        if (item === null) {
          const expected = model.items.length === 0 ? QueueEmpty : model.take();
          assertEquals(caught(() => queue.getNowait()), expected);
        } else {
          const expected = model.full ? QueueFull : void model.items.push(item);
          assertEquals(caught(() => queue.putNowait(item)), expected);
        }
        assertEquals(
          [queue.size(), queue.empty(), queue.full()],
          [model.items.length, model.items.length === 0, model.full],
        );
      }
    });
  });
}

/** A task that puts `item`, or gets one for `null`, and what ends its patience, if anything does. */
interface Call {
  readonly item: number | null;
  readonly impatience: "none" | "timeout" | "cancel";
  readonly patience: number;
}

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    item: fc.option(fc.integer({ min: 0, max: 9 })),
    impatience: fc.constantFrom("none", "timeout", "cancel"),
    patience: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 25 },
);

/** Calls begin at whole seconds, one a second, and lose their patience in between. */
const beginOf = (index: number) => index + 1;
const endOf = (index: number, call: Call) => beginOf(index) + call.patience + 0.5;

/** What each call comes to: an item for a get, "put", "gave up", or "waits" to the end. */
function predict(kind: Kind, maxsize: number, given: Call[]): (number | string)[] {
  const model = new Model(kind, maxsize);
  const outcomes: (number | string)[] = given.map(() => "waits");
  let [getters, putters]: [number[], number[]] = [[], []];
  const begin = (index: number) => {
    const { item } = given[index];
    if (item === null) {
      if (model.items.length === 0) return void getters.push(index);
      outcomes[index] = model.take();
      const putter = putters.shift();
      if (putter === undefined) return;
      model.items.push(given[putter].item!);
      outcomes[putter] = "put";
    } else if (model.full) {
      putters.push(index);
    } else {
      const getter = getters.shift();
      if (getter === undefined) model.items.push(item);
      else outcomes[getter] = item;
      outcomes[index] = "put";
    }
  };
  const end = (index: number) => {
    if (outcomes[index] === "waits") outcomes[index] = "gave up";
    getters = getters.filter((other) => other !== index);
    putters = putters.filter((other) => other !== index);
  };
  const moments: { at: number; happens: () => void }[] = given.flatMap((call, index) => [
    { at: beginOf(index), happens: () => begin(index) },
    { at: call.impatience === "none" ? Infinity : endOf(index, call), happens: () => end(index) },
  ]);
  moments.sort((a, b) => a.at - b.at);
  for (const { at, happens } of moments) if (at < Infinity) happens();
  return outcomes;
}

async function perform(queue: Queue<number>, call: Call, index: number): Promise<number | string> {
  await sleep(beginOf(index));
  const operate = async () => {
    if (call.item === null) return await queue.get();
    await queue.put(call.item);
    return "put";
  };
  try {
    if (call.impatience !== "timeout") return await operate();
    const options = { after: call.patience + 0.5, timeoutResult: "gave up" };
    return await ignoreAfter(options, operate);
  } catch (error) {
    if (isCancelled(error)) return "gave up";
    throw error;
  }
}

async function cancelAt(task: Task, seconds: number): Promise<void> {
  await sleep(seconds);
  await task.cancel({ blocking: false });
}

/** What each call came to. */
async function observe(queue: Queue<number>, given: Call[]): Promise<(number | string)[]> {
  const tasks = given.map((call, index) => spawn(perform, queue, call, index));
  given.forEach((call, index) => {
    if (call.impatience === "cancel") spawn(cancelAt, tasks[index], endOf(index, call));
  });
  await sleep(1000);
  const waiting = tasks.filter((task) => !task.terminated);
  assertEquals(queue.statistics().waiting, waiting.length);
  const outcomes = tasks.map((task) => task.terminated ? task.result : "waits");
  for (const task of waiting) await task.cancel();
  assertEquals(queue.statistics().waiting, 0);
  return outcomes;
}

for (const kind of KINDS) {
  Deno.test(`${kind.name}.put() and get() with cancellations and timeouts do what the model predicts`, async () => {
    await check(fc.tuple(maxsizes, calls), async ([maxsize, given]) => {
      const outcomes = await virtually(() => observe(kind.make(maxsize), given));
      assertEquals(outcomes, predict(kind, maxsize, given));
    });
  });
}

Deno.test("Queue.join() returns once each item is done, and taskDone() never before", async () => {
  await check(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }), async (durations) => {
    await virtually(async () => {
      const queue = new Queue<number>(2);
      const workers = [1, 2, 3].map(() =>
        spawn(async () => {
          for await (const seconds of queue) {
            await sleep(seconds);
            queue.taskDone();
          }
        })
      );
      for (const seconds of durations) await queue.put(seconds);
      await queue.join();
      assertEquals([queue.size(), queue.statistics().unfinished], [0, 0]);
      await sleep(1);
      for (const worker of workers) assertEquals(worker.state, "QUEUE_GET");
    });
  });
});
