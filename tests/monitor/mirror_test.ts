/** The task table in shared memory, written and read in one thread. */
import { assertEquals } from "@std/assert";
import {
  Event,
  Kernel,
  type KernelOptions,
  Lock,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  timeoutAfter,
} from "../../mod.ts";
import { schedulerOfKernel } from "../../kernel/kernel.ts";
import { VirtualClock } from "../../kernel/testing/mod.ts";
import { Mirror } from "../../monitor/mirror.ts";
import type { Snapshot, TaskView } from "../../monitor/snapshot.ts";
import { TableReader } from "../../monitor/table_reader.ts";
import { SchedFIFO } from "../../sync/traps.ts";
import { settle } from "../helpers/settle.ts";

/** Runs `main` on a kernel with a mirror; `look` reads it. */
async function mirrored(
  main: (look: () => Snapshot, mirror: Mirror) => Promise<void>,
  options: KernelOptions = {},
): Promise<void> {
  await using kernel = new Kernel(options);
  const scheduler = schedulerOfKernel(kernel);
  const mirror = new Mirror(scheduler, (chunk) => reader.addChunk(chunk));
  const reader: TableReader = new TableReader(mirror.shared, "program.ts", 1);
  scheduler.observe(mirror);
  try {
    await kernel.run(main, () => reader.snapshot(), mirror);
  } finally {
    scheduler.observe(null);
  }
}

/** What the mirror says of `task`. */
function viewOf(snapshot: Snapshot, task: Task): TaskView | undefined {
  return snapshot.tasks.find(({ id }) => id === task.id);
}

Deno.test("Mirror shows each state as it is, without being told to look", () =>
  mirrored(async (look) => {
    const event = new Event();
    const waiter = spawn(() => event.wait());
    assertEquals(viewOf(look(), waiter)?.state, "INITIAL");
    const seen: (string | undefined)[] = [];
    const watcher: Task = spawn(() => seen.push(viewOf(look(), watcher)?.state));
    await watcher.wait();
    assertEquals(seen, ["RUNNING"]);
    assertEquals(viewOf(look(), watcher), undefined);
    assertEquals(viewOf(look(), waiter)?.state, "EVENT_WAIT");
    event.set();
    assertEquals(viewOf(look(), waiter)?.state, "READY");
    await waiter.wait();
    assertEquals(viewOf(look(), waiter), undefined);
  }));

Deno.test("Mirror shows what a task is", () =>
  mirrored(async (look) => {
    const kid = spawn({ name: "kid", daemon: true }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await timeoutAfter(20, () => timeoutAfter(30, sleep, 40));
    });
    const state = (): string | undefined => viewOf(look(), kid)?.state;
    while (state() !== "TIME_SLEEP") await sleep(0.001);
    const { timeout, sleep: left, ...rest } = viewOf(look(), kid)!;
    assertEquals(rest, {
      id: kid.id,
      parentId: kid.parentId,
      name: "kid",
      state: "TIME_SLEEP",
      cycles: 1,
      daemon: true,
      cancelled: false,
      group: null,
      operation: "sleep()",
      waitsFor: null,
      waitsForId: null,
    });
    assertEquals([Math.round(timeout!), Math.round(left!)], [20, 40]);
    await kid.cancel();
  }));

Deno.test("Mirror shows who waits for whom", () =>
  mirrored(async (look, mirror) => {
    const lock = new Lock();
    const holder = spawn({ name: "holder" }, () => lock.run(sleep, 1000));
    const second = spawn({ name: "second" }, () => lock.acquire());
    const joiner = spawn(() => second.wait());
    await settle();
    assertEquals(viewOf(look(), joiner)?.waitsFor, `task ${second.id} 'second'`);
    const before = viewOf(look(), second);
    assertEquals(before?.waitsFor, `a lock held by task ${holder.id} 'holder'`);
    assertEquals(mirror.locks.size, 1);
    await holder.cancel();
    await joiner.join();
    lock.release();
    assertEquals(mirror.locks.size, 0);
  }));

Deno.test("Mirror.refresh() brings up a name, a group and a moved owner", () =>
  mirrored(async (look, mirror) => {
    const group = new TaskGroup();
    await group.run(async (g) => {
      const member = g.spawn(sleep, 1000);
      const guest = spawn(sleep, 1000);
      await settle();
      assertEquals(viewOf(look(), member)?.group, 1);
      g.addTask(guest);
      guest.name = "renamed, with a name that is much longer than what a row has room for: sixty";
      mirror.refresh();
      assertEquals(viewOf(look(), guest)?.group, 1);
      assertEquals(
        viewOf(look(), guest)?.name,
        "renamed, with a name that is much longer than what a row ha…",
      );
      await member.cancel();
      await guest.cancel();
    });
  }));

Deno.test("Mirror uses rows again, and adds more when they run out", () =>
  mirrored(async (look) => {
    for (const count of [600, 5, 1300]) {
      const tasks = Array.from(
        { length: count },
        (_, n) => spawn({ name: `task ${n}` }, sleep, 1000),
      );
      assertEquals(look().tasks.slice(1).map(({ name }) => name), tasks.map(({ name }) => name));
      await settle();
      for (const task of tasks) void task.cancel({ blocking: false });
      for (const task of tasks) await task.wait();
      assertEquals(look().tasks.length, 1);
    }
  }));

Deno.test("Mirror tells a virtual clock's time", () =>
  mirrored(async (look, mirror) => {
    const kid = spawn(sleep, 3600);
    await sleep(600);
    mirror.refresh();
    const snapshot = look();
    assertEquals([snapshot.time, viewOf(snapshot, kid)?.sleep], [600, 3000]);
    await kid.cancel();
  }, { clock: new VirtualClock() }));

Deno.test("Mirror shows a state that a primitive of the program's made up", () =>
  mirrored(async (look) => {
    const line = new SchedFIFO();
    const kid = spawn(() => line.suspend("FLIGHT_WAIT"));
    await settle();
    const view = viewOf(look(), kid);
    assertEquals([view?.state, view?.operation], ["FLIGHT_WAIT", "SchedFIFO.suspend()"]);
    await kid.cancel();
  }));
