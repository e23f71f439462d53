import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async";
import { CurioError, ReadResourceBusy, TaskCancelled, TaskTimeout } from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { assertQuiet } from "../../kernel/testing/assert_quiet.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { Channel } from "../../net/channel.ts";
import type { Connection } from "../../net/channel_connection.ts";
import { dial, KEY } from "./channel_support.ts";
import { inKernel, text, until } from "./support.ts";

Deno.test("Channel.bind() reserves a port that the system picks, and address tells it", async () => {
  await using channel = new Channel(["127.0.0.1", 0]);
  assertEquals(channel.address, { transport: "tcp", hostname: "127.0.0.1", port: 0 });
  const bound = channel.bind();
  assert(bound.port > 0);
  assertEquals(channel.address, bound);
  assertEquals(channel.bind(), bound);
  const other = new Channel(bound);
  assertThrows(() => other.bind(), Deno.errors.AddrInUse);
  await other.close();
});

Deno.test("Channel refuses an address that is none", () => {
  assertThrows(() => new Channel(["localhost", 65536]), RangeError, "port");
  assertThrows(() => new Channel(7 as unknown as [string, number]), TypeError, "address");
  assertThrows(() => new Channel(""), TypeError, "path");
});

Deno.test("Channel.accept() binds by itself, and connects two tasks with or without a key", () =>
  inKernel(async () => {
    for (const authkey of [undefined, KEY, new Uint8Array([0, 255])]) {
      await using channel = new Channel(["127.0.0.1", 0]);
      const accepting = spawn(() => channel.accept({ authkey }));
      await schedule();
      await using client = await channel.connect({ authkey });
      await using server = await accepting.join();
      await client.sendBytes("hello");
      assertEquals(text(await server.recvBytes()), "hello");
      await server.sendBytes("goodbye");
      assertEquals(text(await client.recvBytes()), "goodbye");
    }
  }));

Deno.test("Channel refuses a key that is empty, or none", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    await assertRejects(() => channel.accept({ authkey: "" }), RangeError, "empty key");
    await assertRejects(() => channel.connect({ authkey: "" }), RangeError, "empty key");
    const authkey = 1 as unknown as string;
    await assertRejects(() => channel.accept({ authkey }), TypeError, "bytes");
    await assertRejects(() => channel.connect({ authkey }), TypeError, "bytes");
  }));

/**
 * An address where nobody listens. Its port is held on another one, so that nobody else gets it.
 */
class VacantAddress implements Disposable {
  readonly #holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly address = ["127.0.0.3", this.#holder.addr.port] as const;

  [Symbol.dispose](): void {
    this.#holder.close();
  }
}

Deno.test({
  name: "Channel.connect() tries until somebody listens",
  // Only there does the loopback interface have more than one address.
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inKernel(async () => {
      using vacant = new VacantAddress();
      await using there = new Channel(vacant.address);
      const connecting = spawn(() => there.connect({ authkey: KEY }));
      await sleep(0.1);
      assert(!connecting.terminated);
      await using here = new Channel(vacant.address);
      await using server = await here.accept({ authkey: KEY });
      await using client = await connecting.join();
      await client.sendBytes("at last");
      assertEquals(text(await server.recvBytes()), "at last");
    }),
});

Deno.test("Channel.connect() cancelled in its pause gives up", () =>
  inKernel(async () => {
    using vacant = new VacantAddress();
    await using channel = new Channel(vacant.address);
    await assertRejects(() => timeoutAfter(0.1, () => channel.connect()), TaskTimeout);
  }));

Deno.test("Channel.connect() cancelled in the handshake closes the connection", () =>
  inKernel(async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using channel = new Channel(listener.addr);
    const task = spawn(() => channel.connect({ authkey: KEY }));
    const conn = await listener.accept();
    await until(() => task.state === "READ_WAIT");
    await task.cancel();
    assertEquals(await conn.read(new Uint8Array(1)), null);
    conn.close();
  }));

Deno.test("Channel.connect() cancelled before it begins connects to nobody", () =>
  inKernel(async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using channel = new Channel(listener.addr);
    const task = spawn(() => channel.connect());
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
  }));

Deno.test("Channel.connect() refuses port 0, and passes on what will not pass", () =>
  inKernel(async () => {
    await using channel = new Channel(["localhost", 0]);
    await assertRejects(() => channel.connect(), RangeError, "port 0");
    await using nowhere = new Channel(["name.invalid", 1]);
    await assertRejects(() => nowhere.connect(), Deno.errors.NotFound, "name.invalid");
  }));

Deno.test("Channel.accept() and connect() outside a task are CurioErrors", async () => {
  await using channel = new Channel(["127.0.0.1", 0]);
  await assertRejects(() => channel.accept(), CurioError, "outside a task");
  await assertRejects(() => channel.connect(), CurioError, "outside a task");
});

Deno.test("Channel.accept() of a second task at the same time is ReadResourceBusy", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    const first = spawn(() => channel.accept({ authkey: KEY }));
    await schedule();
    assertEquals(first.state, "ACCEPT_WAIT");
    await assertRejects(() => channel.accept(), ReadResourceBusy, "Channel.accept()");
    await first.cancel();
  }));

Deno.test("Channel.accept() cancelled leaves the client to the next", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    await assertRejects(() => timeoutAfter(0.02, () => channel.accept()), TaskTimeout);
    await using client = await channel.connect();
    await client.sendBytes("early");
    await sleep(0.02);
    await using server = await channel.accept();
    assertEquals(text(await server.recvBytes()), "early");
  }));

Deno.test("Channel.accept() cancelled leaves the client to the next, who asks for a key", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    await assertRejects(() => timeoutAfter(0.02, () => channel.accept()), TaskTimeout);
    const connecting = spawn(() => channel.connect({ authkey: KEY }));
    await sleep(0.02);
    await using server = await channel.accept({ authkey: KEY });
    await using client = await connecting.join();
    await client.sendBytes("known");
    assertEquals(text(await server.recvBytes()), "known");
  }));

Deno.test("Channel.accept() cancelled loses no client that is through its handshake", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    await schedule();
    const conn = await dial(channel);
    await conn.read(new Uint8Array(4)); // the handshake has begun
    conn.close();
    const connecting = spawn(() => channel.connect({ authkey: KEY }));
    await until(() => connecting.state === "READ_WAIT" || connecting.terminated);
    await accepting.cancel();
    await using client = await connecting.join();
    await client.sendBytes("still here");
    await using server = accepting.exception === undefined
      ? accepting.result
      : await channel.accept({ authkey: KEY });
    assertEquals(text(await server.recvBytes()), "still here");
  }, { debug() {}, info() {}, warn() {}, error: console.error }));

Deno.test("Channel.accept() gets a client that authenticated only with the key it authenticated with", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() => channel.accept({ authkey: "old" }));
    const connecting = spawn(() => channel.connect({ authkey: "old" }));
    await until(() => connecting.state === "READ_WAIT" || connecting.terminated);
    await accepting.cancel();
    if (accepting.exception === undefined) await accepting.result.close();
    const client = await connecting.join();
    await assertRejects(
      () => timeoutAfter(0.05, () => channel.accept({ authkey: "new" })),
      TaskTimeout,
    );
    await client.close();
  }));

Deno.test("Channel.accept() cancelled after a client was handed over keeps it", async () => {
  await using kernel = new Kernel();
  await using channel = new Channel(["127.0.0.1", 0]);
  channel.bind();
  let accepted: Connection | undefined;
  const task = await kernel.run(async () => {
    const task = spawn(async () => {
      accepted = await channel.accept();
      await sleep(60);
    });
    await schedule();
    return task;
  });
  // Between runs the task is frozen: it is handed its client, and has not gone on, when it is cancelled.
  const conn = await dial(channel);
  while (task.state !== "READY") await delay(1);
  await task.cancel({ blocking: false });
  await kernel.run(() => task.wait());
  assert(accepted !== undefined);
  await accepted.close();
  conn.close();
});

Deno.test("Channel.accept() cancelled before it begins leaves the client to the next", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const task = spawn(() => channel.accept());
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    await using client = await channel.connect();
    await using server = await channel.accept();
    await client.sendBytes("x");
    assertEquals(text(await server.recvBytes()), "x");
  }));

Deno.test("Channel.close() interrupts accept, and frees the port", () =>
  inKernel(async () => {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() =>
      assertRejects(() => channel.accept({ authkey: KEY }), CurioError, "closed while")
    );
    await schedule();
    const silent = await dial(channel);
    await silent.read(new Uint8Array(4)); // its handshake has begun
    await channel.close();
    await channel.close();
    await accepting.join();
    await assertRejects(() => dial(channel), Deno.errors.ConnectionRefused);
    silent.close();
  }));

Deno.test("Channel.close() interrupts connect, in its pause and in the handshake", () =>
  inKernel(async () => {
    using vacant = new VacantAddress();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    for (const address of [vacant.address, listener.addr]) {
      const channel = new Channel(address);
      const connecting = spawn(() =>
        assertRejects(() => channel.connect({ authkey: KEY }), CurioError, "closed while")
      );
      await sleep(0.02);
      await channel.close();
      await connecting.join();
    }
    (await listener.accept()).close();
  }));

Deno.test("Channel refuses everything after close", () =>
  inKernel(async () => {
    const channel = new Channel(["127.0.0.1", 0]);
    await channel.close();
    assertThrows(() => channel.bind(), CurioError, "has been closed");
    await assertRejects(() => channel.accept(), CurioError, "has been closed");
    await assertRejects(() => channel.connect(), CurioError, "has been closed");
  }));

Deno.test("Channel leaves the connections it gave open when it is closed", () =>
  inKernel(async () => {
    const channel = new Channel(["127.0.0.1", 0]);
    const accepting = spawn(() => channel.accept());
    await schedule();
    await using client = await channel.connect();
    await using server = await accepting.join();
    await channel.close();
    await client.sendBytes("open");
    assertEquals(text(await server.recvBytes()), "open");
  }));

Deno.test("Channel shows its address and its state", async () => {
  const channel = new Channel(["127.0.0.1", 25000]);
  assertEquals(Deno.inspect(channel), "Channel [at 127.0.0.1:25000]");
  await channel.close();
  assertEquals(Deno.inspect(channel), "Channel [closed 127.0.0.1:25000]");
  await using bound = new Channel(["127.0.0.1", 0]);
  const { port } = bound.bind();
  assertEquals(Deno.inspect(bound), `Channel [listening on 127.0.0.1:${port}]`);
});

Deno.test("Channel that is left open is named by assertQuiet()", async () => {
  const program = new Channel(["127.0.0.1", 0]);
  program.bind();
  const error = assertThrows(() => assertQuiet(), Error) as Error;
  assert(/a channel that listens on 127\.0\.0\.1/.test(error.message));
  await program.close();
});
