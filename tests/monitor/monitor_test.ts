import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import { Kernel, Lock, run, schedule, sleep, spawn, timeoutAfter } from "../../mod.ts";
import { Monitor } from "../../monitor/mod.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { settle } from "../helpers/settle.ts";
import { Client, monitored } from "./support.ts";

Deno.test("Monitor greets as Curio's does", () =>
  monitored(async (port) => {
    const [client, banner] = await Client.connect(port);
    await using _ = client;
    assertEquals(banner, "\nCurio Monitor: 1 tasks running\nType help for commands\n");
  }));

Deno.test("Monitor.ps shows Curio's columns, to the last blank", () =>
  monitored(async (port) => {
    const kid = spawn(async function kid() {
      await timeoutAfter(500, sleep, 1000);
    });
    const [client] = await Client.connect(port);
    await using _ = client;
    const lines = (await client.ask("ps")).split("\n");
    assertEquals(lines.slice(0, 2), [
      "Task   State        Cycles     Timeout Sleep   Task                                               ",
      "------ ------------ ---------- ------- ------- --------------------------------------------------",
    ]);
    assertMatch(lines[2], /^\d+ +PROMISE_WAIT \d+ +None {4}None {4}main {46}$/);
    assertMatch(lines[3], /^\d+ +TIME_SLEEP {3}1 {10}499\.\d{3} 999\.\d{3} kid {47}$/);
    assertEquals(lines.slice(4), [""]);
    await kid.cancel();
  }));

Deno.test("Monitor.where shows the user's own lines, most recent call last", () =>
  monitored(async (port) => {
    async function inner() {
      await sleep(1000);
    }
    async function middle() {
      await timeoutAfter(900, inner);
    }
    const kid = spawn(async function kid() {
      await middle();
    });
    const [client] = await Client.connect(port);
    await using _ = client;
    const reply = await client.ask(`where ${kid.id}`);
    const [head, ...frames] = reply.split("\n");
    assertEquals(
      head,
      `Stack for Task(id=${kid.id}, name='kid', state='TIME_SLEEP') (most recent call last):`,
    );
    assertEquals(frames.filter((_, line) => line % 2 === 1).map((line) => line.trim()), [
      "await middle();",
      "await timeoutAfter(900, inner);",
      "await sleep(1000);",
      "",
    ]);
    assertMatch(frames[0], /^ {2}File ".*tests\/monitor\/monitor_test\.ts", line \d+, in kid$/);
    assertMatch(frames[4], /, in inner$/);
    await kid.cancel();
  }));

Deno.test("Monitor.cancel cancels a task, and says so", () =>
  monitored(async (port, log) => {
    const kid = spawn(async function kid() {
      await sleep(1000);
    });
    const [client] = await Client.connect(port);
    await using _ = client;
    assertEquals(await client.ask(`cancel ${kid.id}`), `Cancelling task ${kid.id}\n`);
    await kid.wait();
    const { origin, message } = kid.exception as { origin: unknown; message: string };
    assertEquals(origin, { kind: "cancel", by: null, reason: "the monitor" });
    assertEquals(message, `task ${kid.id} 'kid' cancelled from the monitor`);
    assertEquals(await client.ask(`cancel ${kid.id}`), `No task ${kid.id}\n`);
    assertEquals(log.texts("warn"), []);
  }));

Deno.test("Monitor serves several clients at once", () =>
  monitored(async (port) => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => Client.connect(port)));
    const replies = await Promise.all(clients.map(([client]) => client.ask("tree")));
    for (const reply of replies) assertMatch(reply, /^\d+ main {2}PROMISE_WAIT\n$/);
    for (const [client] of clients) await client[Symbol.asyncDispose]();
  }));

Deno.test("Monitor.held shows who holds a lock and who awaits it", () =>
  monitored(async (port) => {
    const lock = new Lock();
    using _held = await lock.acquire();
    const kid = spawn(async function kid() {
      await lock.acquire();
    });
    await settle();
    const [client] = await Client.connect(port);
    await using _ = client;
    assertMatch(
      await client.ask("held"),
      new RegExp(`^Lock #1 +held by task \\d+ 'main'; awaited by task ${kid.id} 'kid'\n$`),
    );
    await kid.cancel();
  }));

Deno.test("Monitor.scopes shows what surrounds a wait, innermost first", () =>
  monitored(async (port) => {
    const kid = spawn(function kid() {
      return timeoutAfter(50, () => timeoutAfter(20, sleep, 1000));
    });
    await settle();
    const [client] = await Client.connect(port);
    await using _ = client;
    const lines = (await client.ask(`scopes ${kid.id}`)).split("\n");
    assertMatch(lines[1], /^ {2}timeout of 20 s: 19\.\d{3} s left$/);
    assertMatch(lines[2], /^ {2}timeout of 50 s: 49\.\d{3} s left$/);
    assertEquals(lines[3], "  task");
    await kid.cancel();
  }));

Deno.test("Monitor follows a table that grows and shrinks", () =>
  monitored(async (port) => {
    const [client] = await Client.connect(port);
    await using _ = client;
    for (const count of [2000, 10, 1500]) {
      const tasks = Array.from({ length: count }, () => spawn(sleep, 1000));
      await settle();
      const { tasks: shown } = JSON.parse(await client.ask("json ps"));
      assertEquals(shown.length, count + 1);
      assertEquals(shown.slice(1).map(({ id }: { id: number }) => id), tasks.map(({ id }) => id));
      for (const task of tasks) void task.cancel({ blocking: false });
      for (const task of tasks) await task.wait();
    }
  }));

Deno.test("Monitor never shows half of a change", () =>
  monitored(async (port) => {
    let offset = 0;
    let stop = false;
    // Rows are used again and again, by tasks whose name tells their id.
    const churn = spawn(async function churn() {
      for (let n = 0; !stop; n += 10) {
        const tasks = Array.from(
          { length: 10 },
          (_, k) => spawn({ name: `number ${n + k}`, daemon: true }, schedule),
        );
        offset = tasks[0].id - n;
        for (const task of tasks) await task.join();
      }
    });
    const [client] = await Client.connect(port);
    await using _ = client;
    let seen = 0;
    while (seen < 200) {
      const { tasks } = JSON.parse(await client.ask("json ps"));
      for (const { id, name, daemon } of tasks) {
        if (!name.startsWith("number ")) continue;
        assertEquals([id, daemon], [Number(name.slice(7)) + offset, true]);
        seen++;
      }
    }
    stop = true;
    await churn.join();
  }));

Deno.test("Monitor.start() logs that the port is taken, and the program goes on", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const log = new RecordingLog();
  const options = { log, withMonitor: { port: taken.addr.port } };
  assertEquals(await run(options, () => 42), 42);
  assertEquals(log.texts("warn"), [
    "Cannot start the monitor because its port is taken, perhaps by another program's monitor: give another one, or 0 for any",
  ]);
});

Deno.test("Monitor.close() drops clients, frees the port, and leaves nothing", async () => {
  await using kernel = new Kernel({ log: new RecordingLog() });
  const monitor = new Monitor(kernel, { port: 0 });
  await monitor.start();
  const { port } = monitor.address;
  const [client] = await Client.connect(port);
  await using _ = client;
  assertThrows(() => assertQuiet(), Error, `a monitor on port ${port}`);
  await monitor.close();
  assertEquals(await client.rest(), "");
  assertQuiet();
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("Monitor starts again after close()", async () => {
  await using kernel = new Kernel({ log: new RecordingLog() });
  const monitor = new Monitor(kernel, { port: 0 });
  for (let round = 0; round < 2; round++) {
    await monitor.start();
    assert(monitor.listening);
    const [client] = await Client.connect(monitor.address.port);
    await client[Symbol.asyncDispose]();
    await monitor.close();
    assert(!monitor.listening);
  }
});

Deno.test("Monitor.start() logs that the kernel has a monitor, which goes on", async () => {
  const log = new RecordingLog();
  await using kernel = new Kernel({ log });
  await using first = new Monitor(kernel, { port: 0 });
  await first.start();
  await using second = new Monitor(kernel, { port: 0 });
  await second.start();
  await second.close();
  assertEquals([first.listening, second.listening], [true, false]);
  assertMatch(
    log.texts("warn").join(),
    /^Cannot start the monitor because the kernel has one already/,
  );
  await kernel.run(async function main() {
    const [client] = await Client.connect(first.address.port);
    await using _ = client;
    assertMatch(await client.ask("ps"), /main/);
  });
});

Deno.test("Monitor.close() lets stacks be, unless they are wanted for themselves", async () => {
  for (const stacks of [undefined, true, false]) {
    await using kernel = new Kernel({ log: new RecordingLog(), stacks });
    const before = await kernel.run(hasStack);
    const monitor = new Monitor(kernel, { port: 0 });
    await monitor.start();
    const meanwhile = await kernel.run(hasStack);
    await monitor.close();
    assertEquals([before, meanwhile, await kernel.run(hasStack)], [
      stacks === true,
      stacks !== false,
      stacks === true,
    ]);
  }
});

/** Whether it is known where a task waits. */
async function hasStack(): Promise<boolean> {
  await using task = spawn(async function kid() {
    await sleep(1000);
  });
  await schedule();
  return task.where() !== null;
}

Deno.test("new Monitor() refuses an address that others reach without a token", () => {
  const kernel = new Kernel();
  for (const hostname of ["0.0.0.0", "::", "192.168.1.4", "example.com", ""]) {
    assertThrows(() => new Monitor(kernel, { hostname }), TypeError, "without a token");
  }
  new Monitor(kernel, { hostname: "0.0.0.0", token: "secret" });
});
