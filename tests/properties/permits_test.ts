import { assertEquals } from "@std/assert";
import {
  BoundedSemaphore,
  clock,
  isCancelled,
  Lock,
  RLock,
  Semaphore,
  sleep,
  spawn,
  type Task,
  timeoutAfter,
} from "../../mod.ts";
import { virtually } from "../helpers/virtually.ts";
import { check, fc } from "./check.ts";

/** Something of which a number can be held at a time: a lock, or permits. */
interface Permits {
  acquire(): Promise<unknown>;
  release(): void;
  locked(): boolean;
  statistics(): { readonly waiting: number };
}

/** A task that comes, waits for its turn, stays and goes; or loses its patience, in line or inside. */
interface Visit {
  readonly begin: number;
  readonly stay: number;
  readonly impatience: "none" | "timeout" | "cancel";
  readonly patience: number;
}

const visits: fc.Arbitrary<Visit[]> = fc.array(
  fc.record({
    begin: fc.integer({ min: 1, max: 12 }),
    stay: fc.integer({ min: 0, max: 6 }),
    impatience: fc.constantFrom("none", "timeout", "cancel"),
    patience: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 12 },
);

/** Fractions of a second of which no sums are equal, so that no two things happen at once. */
const stayOf = (index: number, visit: Visit) => visit.stay + 2 ** (index - 16);
const patienceOf = (index: number, visit: Visit) => visit.patience + 0.5 + (index + 1) * 2 ** -22;

type Line = { readonly at: number; readonly index: number; readonly what: "in" | "out" };

/** Who is in and out when, by counters and a list. */
function predict(count: number, given: Visit[]): Line[] {
  const lines: Line[] = [];
  const inside = new Map<number, number>();
  let line: number[] = [];
  let free = count;
  let pending = given.map((visit, index) => ({ at: visit.begin, index, kind: "begin" }));
  const at = (moment: number, index: number, kind: string) => {
    pending.push({ at: moment, index, kind });
  };
  const enter = (now: number) => {
    while (free > 0 && line.length > 0) {
      const index = line.shift()!;
      free--;
      inside.set(index, now);
      lines.push({ at: now, index, what: "in" });
      at(now + stayOf(index, given[index]), index, "leave");
    }
  };
  const leave = (now: number, index: number) => {
    if (!inside.delete(index)) return;
    free++;
    lines.push({ at: now, index, what: "out" });
  };
  while (pending.length > 0) {
    pending.sort((a, b) => a.at - b.at);
    const [{ at: now, index, kind }] = pending;
    pending = pending.slice(1);
    if (kind === "begin") {
      line.push(index);
      if (given[index].impatience !== "none") {
        at(now + patienceOf(index, given[index]), index, "end");
      }
    } else {
      leave(now, index);
      line = line.filter((other) => other !== index);
    }
    enter(now);
  }
  return lines;
}

async function stay(
  permits: Permits,
  depth: number,
  visit: Visit,
  index: number,
  lines: Line[],
): Promise<void> {
  for (let n = 0; n < depth; n++) await permits.acquire();
  lines.push({ at: clock(), index, what: "in" });
  try {
    await sleep(stayOf(index, visit));
  } finally {
    lines.push({ at: clock(), index, what: "out" });
    for (let n = 0; n < depth; n++) permits.release();
  }
}

async function cancelLater(task: Task, seconds: number): Promise<void> {
  await sleep(seconds);
  await task.cancel({ blocking: false });
}

/** Who was in and out when. */
async function observe(permits: Permits, depth: number, given: Visit[]): Promise<Line[]> {
  const lines: Line[] = [];
  const tasks = given.map((visit, index) =>
    spawn(async () => {
      await sleep(visit.begin);
      const body = () => stay(permits, depth, visit, index, lines);
      await (visit.impatience === "timeout" ? timeoutAfter(patienceOf(index, visit), body) : body())
        .catch((error) => {
          if (!isCancelled(error)) throw error;
        });
    })
  );
  given.forEach((visit, index) => {
    if (visit.impatience !== "cancel") return;
    spawn(cancelLater, tasks[index], visit.begin + patienceOf(index, visit));
  });
  for (const task of tasks) await task.join();
  assertEquals([permits.locked(), permits.statistics().waiting], [false, 0]);
  return lines;
}

const KINDS: [name: string, count: number, depth: number, make: () => Permits][] = [
  ["Lock", 1, 1, () => new Lock()],
  ["RLock", 1, 1, () => new RLock()],
  ["RLock held three deep", 1, 3, () => new RLock()],
  ["Semaphore(1)", 1, 1, () => new Semaphore(1)],
  ["Semaphore(3)", 3, 1, () => new Semaphore(3)],
  ["BoundedSemaphore(2)", 2, 1, () => new BoundedSemaphore(2)],
];

for (const [name, count, depth, make] of KINDS) {
  Deno.test(`${name} with cancellations and timeouts is held by whom a counter and a list predict`, async () => {
    await check(visits, async (given) => {
      const lines = await virtually(() => observe(make(), depth, given));
      assertEquals(lines, predict(count, given));
    });
  });
}

Deno.test("Semaphore.value follows a counter through acquire() and release() in any order", async () => {
  const steps = fc.array(fc.boolean(), { maxLength: 40 });
  await check(fc.tuple(fc.integer({ min: 0, max: 3 }), steps), async ([initial, releases]) => {
    await virtually(async () => {
      const permits = new Semaphore(initial);
      let balance = initial;
      for (const release of releases) {
        balance += release ? 1 : -1;
        if (release) permits.release();
        else spawn(() => permits.acquire());
        await sleep(1);
        const { value, waiting } = permits.statistics();
        assertEquals([value, waiting], [Math.max(balance, 0), Math.max(-balance, 0)]);
        assertEquals(permits.locked(), balance <= 0);
      }
    });
  });
});
