import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  ReadResourceBusy,
  TaskTimeout,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import * as c from "../../net/constants.ts";
import { socket } from "../../net/make_socket.ts";
import { inKernel, Pair, receiveAll, settle, text } from "./support.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("Socket.blocking() lends the host's connection, and takes it back", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    {
      using raw = pair.left.blocking();
      await raw.conn.write(bytes("from outside"));
    }
    await pair.left.sendall(", from inside");
    await pair.left.close();
    assertEquals(await receiveAll(pair.right), "from outside, from inside");
  }));

Deno.test("Socket.blocking(): bytes that a cancelled recv has taken come first", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => timeoutAfter(0.01, () => pair.right.recv(100)), TaskTimeout);
    await pair.left.sendall("first");
    await settle();
    using raw = pair.right.blocking();
    const buffer = new Uint8Array(3);
    assertEquals([await raw.conn.read(buffer), text(buffer)], [3, "fir"]);
    assertEquals([await raw.conn.read(buffer), text(buffer.subarray(0, 2))], [2, "st"]);
    await pair.left.sendall("new");
    assertEquals([await raw.conn.read(buffer), text(buffer)], [3, "new"]);
  }));

Deno.test("Socket.blocking(): what the borrower has not read is there afterwards", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => timeoutAfter(0.01, () => pair.right.recv(100)), TaskTimeout);
    await pair.left.sendall("first");
    {
      using raw = pair.right.blocking();
      await raw.conn.read(new Uint8Array(2));
    }
    assertEquals(text(await pair.right.recv(100)), "rst");
    await pair.left.sendall("second");
    assertEquals(text(await pair.right.recv(100)), "second");
  }));

Deno.test("Socket.blocking(): meanwhile every operation of the socket and its streams is refused", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const { left } = pair;
    const stream = left.asStream();
    const raw = left.blocking();
    await assertRejects(() => left.recv(1), ReadResourceBusy, "Socket.blocking()");
    await assertRejects(() => left.recvInto(new Uint8Array(1)), ReadResourceBusy);
    await assertRejects(() => left.send("x"), WriteResourceBusy, "Socket.blocking()");
    await assertRejects(() => left.sendall("x"), WriteResourceBusy);
    await assertRejects(() => left.shutdown(c.SHUT_WR), WriteResourceBusy);
    await assertRejects(() => stream.read(), ReadResourceBusy);
    await assertRejects(() => stream.write("x"), WriteResourceBusy);
    assertThrows(() => left.blocking(), ReadResourceBusy);
    raw[Symbol.dispose]();
    raw[Symbol.dispose]();
    await left.sendall("free again");
    assertEquals(text(await pair.right.recv(100)), "free again");
  }));

Deno.test("Socket.blocking() is refused while a task waits", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const reading = spawn(() => pair.left.recv(10));
    await schedule();
    assertThrows(() => pair.left.blocking(), ReadResourceBusy);
    await reading.cancel();
    const writing = spawn(() => pair.left.sendall(new Uint8Array(16 * 1024 * 1024)));
    await schedule();
    assertThrows(() => pair.left.blocking(), WriteResourceBusy);
    // It was refused whole: reading is not.
    const again = spawn(() => pair.left.recv(10));
    await pair.right.sendall("x");
    assertEquals(text(await again.join()), "x");
    await writing.cancel();
  }));

Deno.test("Socket.blocking(): a write that was cancelled is seen through before the borrower's", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = new Uint8Array(16 * 1024 * 1024).fill(65);
    const error = await assertRejects(
      () => timeoutAfter(0.05, () => pair.left.sendall(data)),
      TaskTimeout,
    ) as TaskTimeout;
    using raw = pair.left.blocking();
    const writing = raw.conn.write(bytes("|tail")).then(() => raw.conn.closeWrite());
    const received = await receiveAll(pair.right);
    await writing;
    assertEquals(received.length, error.bytesSent! + 5);
    assert(received.endsWith("|tail"));
  }));

Deno.test("Socket.blocking() without a connection, and after close, is refused", async () => {
  const sock = socket();
  assertThrows(() => sock.blocking(), Deno.errors.NotConnected);
  await sock.close();
  assertThrows(() => sock.blocking(), CurioError, "has been closed");
});

Deno.test("Socket.close() while the connection is lent closes it", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    using raw = pair.left.blocking();
    await pair.left.close();
    await assertRejects(() => raw.conn.write(bytes("x")), Deno.errors.BadResource);
    assertEquals((await pair.right.recv(1)).length, 0);
  }));

Deno.test("a socket whose borrower closed the connection can still be closed", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    {
      using raw = pair.left.blocking();
      raw.conn.close();
    }
    await assertRejects(() => pair.left.recv(1), CurioError);
    await pair.left.close();
  }));
