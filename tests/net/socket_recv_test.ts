import { createServer } from "node:net";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async";
import { CurioError, ReadResourceBusy, TaskCancelled, TaskTimeout } from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { openConnection } from "../../net/open_connection.ts";
import { inKernel, Pair, settle, text } from "./support.ts";

Deno.test("Socket.recv() returns what has come, up to max", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("hello");
    assertEquals(text(await pair.right.recv(3)), "hel");
    assertEquals(text(await pair.right.recv(100)), "lo");
  }));

Deno.test("Socket.recv() returns empty once the peer has ended its side, again and again", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.close();
    assertEquals((await pair.right.recv(10)).length, 0);
    assertEquals((await pair.right.recv(10)).length, 0);
  }));

Deno.test("Socket.recv() of zero bytes returns at once", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    assertEquals((await pair.left.recv(0)).length, 0);
  }));

Deno.test("Socket.recv() refuses a count that is none", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    for (const max of [-1, 1.5, NaN]) {
      await assertRejects(() => pair.left.recv(max), RangeError, "count");
    }
    await assertRejects(
      () => pair.left.recv("9" as unknown as number),
      TypeError,
      "number",
    );
  }));

Deno.test("Socket.recv() gives each result an array of its own", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("abcdef");
    const first = await pair.right.recv(3);
    const second = await pair.right.recv(3);
    assert(first.buffer !== second.buffer);
    first.fill(0);
    assertEquals(text(second), "def");
  }));

Deno.test("Socket.recv() works outside any task", async () => {
  await using pair = await Pair.open();
  const received = pair.right.recv(100);
  await pair.left.sendall("outside");
  assertEquals(text(await received), "outside");
});

Deno.test("Socket.recv() cancelled before it begins reads nothing", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() => pair.right.recv(100));
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    await pair.left.sendall("kept");
    assertEquals(text(await pair.right.recv(100)), "kept");
  }));

Deno.test("Socket.recv() cancelled while it waits leaves the bytes to the next", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => timeoutAfter(0.01, () => pair.right.recv(100)), TaskTimeout);
    await pair.left.sendall("first ");
    assertEquals(text(await pair.right.recv(2)), "fi");
    await pair.left.sendall("second");
    assertEquals(text(await pair.right.recv(100)), "rst ");
    assertEquals(text(await pair.right.recv(100)), "second");
  }));

Deno.test("Socket.recv() cancelled after its bytes have come keeps them", async () => {
  await using kernel = new Kernel();
  await using pair = await Pair.open();
  const trace: string[] = [];
  async function receive(): Promise<void> {
    trace.push(text(await pair.right.recv(100)));
    await sleep(60);
    trace.push("not reached");
  }
  const task = await kernel.run(async () => {
    const task = spawn(receive);
    await schedule();
    return task;
  });
  // Between runs the task is frozen: it is handed its bytes, and has not gone on, when it is cancelled.
  await pair.left.sendall("mine");
  while (task.state !== "READY") await delay(1);
  await task.cancel({ blocking: false });
  await kernel.run(() => task.wait());
  assertEquals(trace, ["mine"]);
});

Deno.test("Socket.recv() cancelled with the bytes on their way loses none of them", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    let received = "";
    const total = 300;
    const sender = spawn(async () => {
      for (let i = 0; i < total; i++) {
        await pair.left.sendall(String.fromCharCode(97 + i % 26));
        if (i % 3 === 0) await schedule();
      }
      await pair.left.close();
    });
    for (let ended = false; !ended;) {
      const task = spawn(async () => {
        const data = await pair.right.recv(2);
        received += text(data);
        ended = data.length === 0;
      });
      await schedule();
      await task.cancel();
    }
    await sender.join();
    assertEquals(
      received,
      Array.from({ length: total }, (_, i) => String.fromCharCode(97 + i % 26)).join(""),
    );
  }));

Deno.test("Socket.recv() gives the end to the next if it came to a cancelled one", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => timeoutAfter(0.01, () => pair.right.recv(100)), TaskTimeout);
    await pair.left.close();
    await settle();
    assertEquals((await pair.right.recv(100)).length, 0);
  }));

Deno.test("Socket.recv() of a second task at the same time is ReadResourceBusy", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const first = spawn(() => pair.right.recv(100));
    await schedule();
    await assertRejects(() => pair.right.recv(100), ReadResourceBusy, "in Socket.recv()");
    await pair.left.sendall("x");
    assertEquals(text(await first.join()), "x");
  }));

Deno.test("Socket.recv() and recvInto() that are refused leave the first task what it asked for", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const [mine, others] = [new Uint8Array(5), new Uint8Array(5)];
    const receiver = spawn(() => pair.right.recv(100));
    await schedule();
    await assertRejects(() => pair.right.recv(1), ReadResourceBusy);
    await pair.left.sendall("hello");
    assertEquals(text(await receiver.join()), "hello");

    const filler = spawn(() => pair.right.recvInto(mine));
    await schedule();
    await assertRejects(() => pair.right.recvInto(others), ReadResourceBusy);
    await pair.left.sendall("world");
    assertEquals([await filler.join(), text(mine)], [5, "world"]);
    assertEquals(others, new Uint8Array(5));
  }));

Deno.test("Socket.recv() shows as READ_WAIT", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() => pair.right.recv(100));
    await schedule();
    assertEquals(task.state, "READ_WAIT");
    await task.cancel();
  }));

Deno.test("Socket.recv() fails when another task closes the socket", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() => assertRejects(() => pair.right.recv(100), CurioError, "closed while"));
    await schedule();
    await pair.right.close();
    await task.join();
  }));

Deno.test("Socket.recv() after close is a CurioError", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.right.close();
    await assertRejects(() => pair.right.recv(100), CurioError, "has been closed");
  }));

Deno.test("Socket.recvInto() fills the caller's array from its start", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("hello");
    const buffer = new Uint8Array(8);
    assertEquals(await pair.right.recvInto(buffer, 2), 2);
    assertEquals(await pair.right.recvInto(buffer.subarray(2)), 3);
    assertEquals(text(buffer), "hello\0\0\0");
    await pair.left.close();
    assertEquals(await pair.right.recvInto(buffer), 0);
  }));

Deno.test("Socket.recvInto() cancelled does not touch the caller's array later", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const buffer = new Uint8Array(4);
    await assertRejects(() => timeoutAfter(0.01, () => pair.right.recvInto(buffer)), TaskTimeout);
    await pair.left.sendall("late");
    assertEquals(text(await pair.right.recv(100)), "late");
    assertEquals([...buffer], [0, 0, 0, 0]);
  }));

/** A server that resets whoever sends something. */
class ResettingServer implements AsyncDisposable {
  readonly #server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

for (const sourceAddr of [undefined, ["127.0.0.1", 0] as const]) {
  const through = sourceAddr === undefined ? "" : ", through Node's sockets too";
  Deno.test(`Socket.recv() from a peer that resets is ConnectionReset with its code${through}`, () =>
    inKernel(async () => {
      await using server = new ResettingServer();
      await using client = await openConnection("127.0.0.1", await server.listen(), { sourceAddr });
      await client.sendall("reset me");
      const error = await assertRejects(
        () => client.recv(10),
        Deno.errors.ConnectionReset,
      ) as Error & { code: string };
      assertEquals(error.code, "ECONNRESET");
    }));

  Deno.test(`Socket.sendall() to a peer that resets mid-write tells what was sent${through}`, () =>
    inKernel(async () => {
      await using server = new ResettingServer();
      await using client = await openConnection("127.0.0.1", await server.listen(), { sourceAddr });
      const data = new Uint8Array(64 * 1024 * 1024);
      const error = await assertRejects(() => client.sendall(data)) as Error & {
        code: string;
        bytesSent: number;
      };
      assert(["ECONNRESET", "EPIPE"].includes(error.code), error.message);
      assert(error.bytesSent < data.length);
    }));
}
