import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  CurioError,
  isCancelled,
  run,
  schedule,
  setCancellation,
  spawn,
  TaskCancelled,
} from "../../mod.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { call, fakePool, withPool } from "./fake_transport.ts";

Deno.test("Pool starts a worker for a call, and posts the call once it is ready", async () => {
  await withPool({}, async ({ pool, transport: { links } }) => {
    const caller = spawn(call, pool, "work");
    await reach(caller, "WORKER_WAIT");
    assertEquals([links.length, links[0].posted.length], [1, 0]);
    links[0].ready();
    assertEquals(links[0].posted, [{ id: 1, name: "work" }]);
    links[0].answer("done");
    assertEquals(await caller.join(), "done");
  });
});

Deno.test("Pool gives the next call to the worker that is idle", async () => {
  await withPool({}, async ({ pool, transport: { links } }) => {
    const first = spawn(call, pool, "first");
    await reach(first, "WORKER_WAIT");
    links[0].ready();
    links[0].answer(1);
    await first.join();
    const second = spawn(call, pool, "second");
    await reach(second, "WORKER_WAIT");
    links[0].answer(2);
    await second.join();
    assertEquals(links.map(({ posted }) => posted.map(({ name }) => name)), [["first", "second"]]);
  });
});

Deno.test("Pool queues calls, first come, first served, when all workers are busy", async () => {
  await withPool({ max: 2 }, async ({ pool, transport: { links } }) => {
    const callers = ["a", "b", "c", "d"].map((name) => spawn(call, pool, name));
    await reachAll(callers, "WORKER_WAIT");
    assertEquals(pool.statistics, { workers: 2, aside: 0, queued: 4 });
    for (const link of links) link.ready();
    assertEquals(pool.statistics, { workers: 2, aside: 0, queued: 2 });
    links[1].answer("B");
    links[0].answer("A");
    links[0].answer("D");
    links[1].answer("C");
    const results = [];
    for (const caller of callers) results.push(await caller.join());
    assertEquals(results, ["A", "B", "C", "D"]);
    assertEquals(links[1].posted.map(({ name }) => name), ["b", "c"]);
  });
});

Deno.test("Pool never makes a call that was cancelled while it queued", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { discarded, links } }) => {
    const callers = ["a", "b", "c"].map((name) => spawn(call, pool, name));
    await reachAll(callers, "WORKER_WAIT");
    links[0].ready();
    await callers[1].cancel();
    links[0].answer("A");
    links[0].answer("C");
    assertEquals([await callers[0].join(), await callers[2].join()], ["A", "C"]);
    assertEquals(links[0].posted.map(({ name }) => name), ["a", "c"]);
    assertEquals(discarded, ["b"]);
  });
});

Deno.test("Pool keeps the worker of a call that was cancelled while it started, for the next", async () => {
  await withPool({}, async ({ pool, transport }) => {
    const victim = spawn(call, pool, "victim");
    await reach(victim, "WORKER_WAIT");
    await victim.cancel();
    const next = spawn(call, pool, "next");
    await reach(next, "WORKER_WAIT");
    transport.links[0].ready();
    transport.links[0].answer("done");
    assertEquals(await next.join(), "done");
    assertEquals([transport.links.length, transport.discarded], [1, ["victim"]]);
  });
});

Deno.test("Pool ends the worker of a cancelled call, and starts another for who queues", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { links } }) => {
    const victim = spawn(call, pool, "victim");
    const next = spawn(call, pool, "next");
    await reachAll([victim, next], "WORKER_WAIT");
    links[0].ready();
    await victim.cancel();
    assertEquals(links.map(({ ended }) => ended), [true, false]);
    links[1].ready();
    links[1].answer("done");
    assertEquals(await next.join(), "done");
  });
});

Deno.test("Pool that leaves cancelled calls be takes their worker back when it is done", async () => {
  await withPool({ max: 1, manner: "leave" }, async ({ pool, transport: { links } }) => {
    const victim = spawn(call, pool, "victim");
    await reach(victim, "WORKER_WAIT");
    links[0].ready();
    await victim.cancel();
    assertEquals(pool.statistics, { workers: 0, aside: 1, queued: 0 });
    assertEquals(links[0].cancelled, [1]);
    links[0].answer("unseen");
    assertEquals(pool.statistics, { workers: 1, aside: 0, queued: 0 });
  });
});

Deno.test("Pool does not count a worker that was set aside, and ends it if it comes too late", async () => {
  await withPool({ max: 1, manner: "leave" }, async ({ pool, transport: { links } }) => {
    const victim = spawn(call, pool, "victim");
    await reach(victim, "WORKER_WAIT");
    links[0].ready();
    await victim.cancel();
    const next = spawn(call, pool, "next");
    await reach(next, "WORKER_WAIT");
    links[1].ready();
    links[0].answer("too late");
    assertEquals([links[0].ended, links[1].ended], [true, false]);
    links[1].answer("done");
    assertEquals(await next.join(), "done");
  });
});

Deno.test("Pool that asks cancelled calls to stop ends a worker that does not", async () => {
  await withPool({ manner: "ask", graceMs: 1 }, async ({ pool, transport: { links } }) => {
    const victim = spawn(call, pool, "deaf");
    await reach(victim, "WORKER_WAIT");
    links[0].ready();
    await victim.cancel();
    assertEquals([links[0].cancelled, links[0].ended], [[1], false]);
    while (!links[0].ended) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(pool.statistics, { workers: 0, aside: 0, queued: 0 });
  });
});

Deno.test("Pool that asks cancelled calls to stop waits for a few of them, not for any number", async () => {
  await withPool({ manner: "ask", graceMs: 1e6, maxAsked: 2 }, async ({ pool, transport }) => {
    for (let i = 0; i < 5; i++) {
      const victim = spawn(call, pool, "deaf");
      await reach(victim, "WORKER_WAIT");
      transport.links.at(-1)!.ready();
      await victim.cancel();
    }
    assertEquals(transport.links.map(({ ended }) => ended), [true, true, true, false, false]);
    await pool.close();
    assertEquals(transport.alive, []);
  });
});

Deno.test("Pool rejects the call of a worker that dies, and replaces it", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { links } }) => {
    const unlucky = spawn(() => assertRejects(() => call(pool, "work"), CurioError));
    const next = spawn(call, pool, "next");
    await reachAll([unlucky, next], "WORKER_WAIT");
    links[0].ready();
    links[0].die(new CurioError("ran out of memory"));
    assertEquals(
      (await unlucky.join()).message,
      "Cannot finish 'work' in runInTest() because its worker ran out of memory",
    );
    links[1].ready();
    links[1].answer("done");
    assertEquals(await next.join(), "done");
  });
});

Deno.test("Pool rejects one call for each worker that dies while it starts", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { discarded, links } }) => {
    const unlucky = spawn(() => assertRejects(() => call(pool, "work"), CurioError, "exited"));
    const next = spawn(call, pool, "next");
    await reachAll([unlucky, next], "WORKER_WAIT");
    links[0].die(new CurioError("exited with status 1"));
    await unlucky.join();
    links[1].ready();
    links[1].answer("done");
    assertEquals([await next.join(), discarded], ["done", ["work"]]);
  });
});

Deno.test("Pool rejects a call for which no worker can be started with what that failed with", async () => {
  await withPool({}, async ({ pool, transport }) => {
    transport.refusal = new Deno.errors.NotFound("no such program");
    await assertRejects(() => call(pool, "work"), Deno.errors.NotFound, "no such program");
    assertEquals(pool.statistics, { workers: 0, aside: 0, queued: 0 });
  });
});

Deno.test("Pool rejects a call that cannot travel, and no other", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { links } }) => {
    await assertRejects(() => call(pool, "unpackable"), DOMException);
    assertEquals(links.length, 0);
    const unlucky = spawn(() => assertRejects(() => call(pool, "unclonable"), DOMException));
    const other = spawn(call, pool, "work");
    await reachAll([unlucky, other], "WORKER_WAIT");
    links[0].ready();
    links[0].answer("done");
    assertEquals(await other.join(), "done");
    await unlucky.join();
    await assertRejects(() => call(pool, "unclonable"), DOMException);
    assertEquals(pool.statistics, { workers: 1, aside: 0, queued: 0 });
  });
});

Deno.test("Pool blames an unhandled error on the call it belongs to", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { links }, warnings }) => {
    const unlucky = spawn(() => assertRejects(() => call(pool, "work"), CurioError));
    await reach(unlucky, "WORKER_WAIT");
    links[0].ready();
    links[0].stray(1);
    assertEquals(
      (await unlucky.join()).message,
      "Cannot finish 'work' in runInTest() because its worker died of an unhandled error: left lying about",
    );
    assertEquals([links[0].ended, warnings], [true, []]);
  });
});

Deno.test("Pool lets a call finish whose worker has an unhandled error from before", async () => {
  await withPool({ max: 1 }, async ({ pool, transport: { links }, warnings }) => {
    const callers = ["first", "second"].map((name) => spawn(call, pool, name));
    await reachAll(callers, "WORKER_WAIT");
    links[0].ready();
    links[0].answer(1);
    links[0].stray(0);
    links[0].answer(2);
    assertEquals([await callers[0].join(), await callers[1].join()], [1, 2] as unknown);
    assertEquals(links[0].ended, true);
    assertEquals(warnings, [
      "a worker died of an unhandled error: left lying about, in no call; it is replaced",
    ]);
  });
});

Deno.test("Pool ends workers that have been idle for long", async () => {
  await withPool({ idleMs: 5 }, async ({ pool, transport }) => {
    const callers = ["a", "b"].map((name) => spawn(call, pool, name));
    await reachAll(callers, "WORKER_WAIT");
    for (const link of transport.links) link.ready();
    for (const link of transport.links) link.answer("done");
    while (transport.alive.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(pool.statistics, { workers: 0, aside: 0, queued: 0 });
  });
});

Deno.test("Pool.close() ends every worker", async () => {
  await withPool({ max: 3, manner: "leave" }, async ({ pool, transport }) => {
    const callers = ["idle", "aside", "starting"].map((name) => spawn(call, pool, name));
    await reachAll(callers, "WORKER_WAIT");
    transport.links[0].ready();
    transport.links[1].ready();
    transport.links[0].answer("done");
    transport.links[0].answer("done");
    for (const caller of callers) await caller.cancel();
    await schedule();
    await pool.close();
    assertEquals(transport.alive, []);
    assertEquals(pool.statistics, { workers: 0, aside: 0, queued: 0 });
  });
});

Deno.test("Pool.run() cancelled tells the caller why", async () => {
  await withPool({}, async ({ pool }) => {
    const victim = spawn(call, pool, "victim");
    await reach(victim, "WORKER_WAIT");
    await victim.cancel();
    assert(isCancelled(victim.exception));
  });
});

Deno.test("Pool.run() does nothing for a task whose cancellation is due", async () => {
  await withPool({}, async ({ pool, transport }) => {
    const victim = spawn(async () => {
      setCancellation(new TaskCancelled("before"));
      await call(pool, "never");
    });
    await victim.wait();
    assert(isCancelled(victim.exception));
    assertEquals([transport.links, transport.discarded], [[], []]);
  });
});

Deno.test("Pool.run() cancelled just after the answer came gives the answer", async () => {
  await withPool({}, async ({ pool, transport: { links } }) => {
    const caller = spawn(call, pool, "work");
    await reach(caller, "WORKER_WAIT");
    links[0].ready();
    links[0].answer("done");
    await caller.cancel();
    assertEquals(caller.result, "done");
    assertEquals([links[0].ended, links[0].cancelled], [false, []]);
  });
});

Deno.test("Pool forgets a worker that dies or fails while it is idle", async () => {
  await withPool({}, async ({ pool, transport: { links }, warnings }) => {
    const callers = ["a", "b"].map((name) => spawn(call, pool, name));
    await reachAll(callers, "WORKER_WAIT");
    for (const link of links) link.ready();
    for (const link of links) link.answer("done");
    links[0].die(new CurioError("exited with status 1"));
    links[1].stray(0);
    assertEquals(links.map(({ ended }) => ended), [true, true]);
    assertEquals(warnings.length, 1);
    const next = spawn(call, pool, "next");
    await reach(next, "WORKER_WAIT");
    links[2].ready();
    links[2].answer("done");
    assertEquals(await next.join(), "done");
  });
});

Deno.test("Pool undoes the call of a task that ends without awaiting it", async () => {
  const { pool, transport } = fakePool();
  await run({ log: new RecordingLog() }, async () => {
    void call(pool, "forgotten");
    await schedule();
  });
  assertEquals([pool.statistics.queued, transport.discarded], [0, ["forgotten"]]);
  await pool.close();
});
