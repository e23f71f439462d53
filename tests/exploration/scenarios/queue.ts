import { assert, assertEquals } from "@std/assert";
import { LifoQueue, PriorityQueue, Queue, schedule, sleep, spawn } from "../../../mod.ts";
import { endAll, type Scenario } from "../scenario.ts";

const KINDS: [name: string, make: () => Queue<number>][] = [
  ["Queue", () => new Queue()],
  ["Queue(1)", () => new Queue(1)],
  ["Queue(2)", () => new Queue(2)],
  ["PriorityQueue", () => new PriorityQueue()],
  ["PriorityQueue(1)", () => new PriorityQueue(1)],
  ["LifoQueue", () => new LifoQueue()],
  ["LifoQueue(2)", () => new LifoQueue(2)],
];

const inOrder = (items: number[]) => [...items].sort((a, b) => a - b);

function scenariosOf(name: string, make: () => Queue<number>): Scenario[] {
  return [
    {
      name: `${name}.get() by three tasks loses no item`,
      async play(spawnVictim) {
        const queue = make();
        const got: number[] = [];
        const take = async () => {
          for (;;) got.push(await queue.get());
        };
        const before = spawn(take);
        const victim = spawnVictim(take);
        const after = spawn(take);
        await endAll([
          spawn(async () => {
            for (const item of [1, 2]) await queue.put(item);
          }),
          spawn(async () => {
            for (const item of [3, 4]) await queue.put(item);
          }),
        ]);
        await sleep(1); // Time passes once nobody can run: all has been handed out.
        for (const consumer of [before, victim, after]) await consumer.cancel();
        assertEquals(inOrder(got), [1, 2, 3, 4]);
        assertEquals([queue.size(), queue.statistics().waiting], [0, 0]);
      },
    },
    {
      name: `${name}.put() by three tasks puts each item or none`,
      async play(spawnVictim) {
        const queue = make();
        const put: number[] = [];
        const got: number[] = [];
        const give = async (...items: number[]) => {
          for (const item of items) {
            await queue.put(item);
            put.push(item);
          }
        };
        const others = [spawn(give, 1, 2)];
        const victim = spawnVictim(give, 3, 4);
        others.push(spawn(give, 5, 6));
        const consumer = spawn(async () => {
          for (;;) got.push(await queue.get());
        });
        await endAll([...others, victim]);
        await sleep(1);
        await consumer.cancel();
        assertEquals(inOrder(got), inOrder(put));
        assert([1, 2, 5, 6].every((item) => got.includes(item)));
        assertEquals(queue.statistics().waiting, 0);
      },
    },
    {
      name: `${name}.join() and taskDone() by workers that clean up`,
      async play(spawnVictim) {
        const queue = make();
        let done = 0;
        const work = async () => {
          for (;;) {
            await queue.get();
            try {
              await sleep(1);
            } finally {
              done++;
              queue.taskDone();
            }
          }
        };
        const other = spawn(work);
        const victim = spawnVictim(work);
        const producer = spawn(async () => {
          for (const item of [1, 2, 3]) await queue.put(item);
        });
        const joiner = spawn(async () => {
          await producer.wait();
          await queue.join();
        });
        await endAll([producer, joiner]);
        await other.cancel();
        await victim.cancel();
        assertEquals([done, queue.statistics().unfinished, queue.size()], [3, 0, 0]);
      },
    },
    {
      name: `${name}.join() cancelled leaves the others joined`,
      async play(spawnVictim) {
        const queue = make();
        const joiners = [spawn(() => queue.join())];
        const victim = spawnVictim(() => queue.join());
        joiners.push(
          spawn(() => queue.join()),
          spawn(async () => {
            for (const item of [1, 2]) {
              await queue.put(item);
              await queue.get();
            }
            await schedule();
            queue.taskDone();
            queue.taskDone();
          }),
        );
        await endAll([...joiners, victim]);
        assertEquals(queue.statistics().waiting, 0);
      },
    },
  ];
}

export const scenarios: Scenario[] = KINDS.flatMap(([name, make]) => scenariosOf(name, make));
