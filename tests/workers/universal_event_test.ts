import { assertEquals } from "@std/assert";
import { cancelAtEveryStep } from "../../kernel/testing/mod.ts";
import { Kernel, run, spawn, UniversalEvent } from "../../mod.ts";
import { PACK } from "../../workers/baggage.ts";
import { farUniversalEvent } from "../../workers/universal_far.ts";
import type { FarEnd } from "../../workers/universal_link.ts";
import { reach } from "../helpers/reach.ts";
import { settle } from "../helpers/settle.ts";
import { hostTurn } from "../helpers/unhandled.ts";

Deno.test("UniversalEvent.set() wakes tasks of two kernels, and code in none", async () => {
  const event = new UniversalEvent();
  await using left = new Kernel();
  await using right = new Kernel();
  const all = Promise.all([
    event.wait(),
    left.run(() => event.wait()),
    right.run(() => event.wait()),
  ]);
  while (event.statistics().waiting < 3) await hostTurn();
  assertEquals(event.isSet(), false);
  event.set();
  await all;
  assertEquals([event.isSet(), event.statistics()], [true, { waiting: 0 }]);
  await event.wait();
});

Deno.test("UniversalEvent.clear() leaves awake who was woken", async () => {
  await run(async () => {
    const event = new UniversalEvent();
    const waiter = spawn(() => event.wait());
    await reach(waiter, "EVENT_WAIT");
    event.set();
    event.clear();
    await waiter.join();
    assertEquals(event.isSet(), false);
  });
});

Deno.test("UniversalEvent.wait() that begins after a worker's set() and clear() is not woken by them", async () => {
  const event = new UniversalEvent();
  const { data, release } = event[PACK]();
  const [{ port, bell }] = data as [FarEnd];
  const there = farUniversalEvent(data as never) as UniversalEvent;
  await run(async () => {
    const before = spawn(() => event.wait());
    await reach(before, "EVENT_WAIT");
    there.set();
    there.clear();
    const after = spawn(() => event.wait());
    await before.join();
    await settle();
    assertEquals(after.state, "EVENT_WAIT");
    event.set();
    await after.join();
  });
  release();
  port.close();
  bell.close();
});

Deno.test("UniversalEvent.wait() leaves nothing behind when cancelled at any step", async () => {
  await cancelAtEveryStep(async (spawnVictim) => {
    const event = new UniversalEvent();
    const tasks = [spawn(() => event.wait()), spawnVictim(() => event.wait())];
    await settle();
    event.set();
    for (const task of tasks) await task.wait();
    assertEquals([tasks[0].exception, event.statistics()], [undefined, { waiting: 0 }]);
  });
});

Deno.test("UniversalEvent shows what it is", () => {
  const event = new UniversalEvent();
  event.set();
  assertEquals(Deno.inspect(event), "UniversalEvent [set, 0 waiting]");
});
