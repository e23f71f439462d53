import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import {
  type CancelledError,
  CurioError,
  isCancelled,
  TaskTimeout,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import type { Socket } from "../../net/socket.ts";
import { inKernel, Pair, receiveAll, until } from "./support.ts";

type Progress = CancelledError & { bytesSent: number };

/** More than the system's buffers take without a reader. */
const HUGE = 16 * 1024 * 1024;

/** Bytes that tell where they were: no 64 KiB of them is like the next. */
function pattern(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(length / 4);
  for (let i = 0; i < words.length; i++) words[i] = seed + i;
  return new Uint8Array(words.buffer);
}

/** Reads everything to the end. */
async function drain(sock: Socket): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let part; (part = await sock.recv(65536)).length > 0;) parts.push(part);
  return parts;
}

async function assertReceived(sock: Socket, expected: Uint8Array[]): Promise<void> {
  const join = (parts: Uint8Array[]) => new Blob(parts as BlobPart[]).bytes();
  const [received, wanted] = [await join(await drain(sock)), await join(expected)];
  assertEquals(received.length, wanted.length);
  assert(received.every((byte, i) => byte === wanted[i]));
}

/** Sends until cancelled by a timeout, and returns how many bytes are gone. */
async function sendAndGiveUp(sock: Socket, data: Uint8Array): Promise<number> {
  const error = await assertRejects(
    () => timeoutAfter(0.05, () => sock.sendall(data)),
    TaskTimeout,
  ) as Progress;
  return error.bytesSent;
}

Deno.test("Socket.sendall() sends bytes and strings whole", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    assertEquals(await pair.left.sendall(new Uint8Array([104, 105, 32])), undefined);
    await pair.left.sendall("zwölf");
    await pair.left.close();
    assertEquals(await receiveAll(pair.right), "hi zwölf");
  }));

Deno.test("Socket.sendall() sends more than fits into the system's buffers", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = pattern(HUGE);
    spawn(async () => {
      await pair.left.sendall(data);
      await pair.left.close();
    });
    await assertReceived(pair.right, [data]);
  }));

Deno.test("Socket.sendall() of nothing is done at once", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("");
    assertEquals(await pair.left.send(new Uint8Array(0)), 0);
  }));

Deno.test("Socket.sendall() refuses what has no bytes", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const wrong = 7 as unknown as string;
    await assertRejects(
      () => pair.left.sendall(wrong),
      TypeError,
      "Cannot give 7 to Socket.sendall()",
    );
    await assertRejects(() => pair.left.send(wrong), TypeError, "Cannot give 7 to Socket.send()");
  }));

Deno.test("Socket.sendall() cancelled before it begins has sent nothing", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() => pair.left.sendall("never"));
    await task.cancel();
    assertEquals((task.exception as Progress).bytesSent, 0);
    await pair.left.close();
    assertEquals(await receiveAll(pair.right), "");
  }));

Deno.test("Socket.sendall() cancelled part-way tells what the peer will have received", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = pattern(HUGE);
    const gone = await sendAndGiveUp(pair.left, data);
    assertGreater(gone, 0);
    assertLess(gone, data.length);
    const rest = spawn(async () => {
      await pair.left.sendall("|tail");
      await pair.left.close();
    });
    const tail = new TextEncoder().encode("|tail");
    await assertReceived(pair.right, [data.subarray(0, gone), tail]);
    await rest.join();
  }));

Deno.test("Socket.sendall() can be resumed from bytesSent, however often it is cancelled", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = pattern(HUGE);
    let sent = 0;
    for (let round = 0; round < 3; round++) {
      sent += await sendAndGiveUp(pair.left, data.subarray(sent));
    }
    const rest = spawn(async () => {
      await pair.left.sendall(data.subarray(sent));
      await pair.left.close();
    });
    await assertReceived(pair.right, [data]);
    await rest.join();
  }));

Deno.test("Socket.sendall() cancelled while an earlier piece is in flight has sent nothing of its own", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await sendAndGiveUp(pair.left, pattern(HUGE));
    assertEquals(await sendAndGiveUp(pair.left, pattern(1024)), 0);
  }));

Deno.test("Socket.send() cancelled counts the piece in flight whole", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = pattern(HUGE);
    let sent = 0;
    const sender = spawn(async () => {
      try {
        for (;;) sent += await pair.left.send(data.subarray(sent));
      } catch (error) {
        if (!isCancelled(error)) throw error;
        sent += (error as Progress).bytesSent;
      }
      await pair.left.shutdown(1);
    });
    await assertRejects(() => timeoutAfter(0.05, () => sender.wait()), TaskTimeout);
    await sender.cancel({ blocking: false });
    const parts = await drain(pair.right);
    await sender.join();
    assertEquals(parts.reduce((sum, part) => sum + part.length, 0), sent);
  }));

Deno.test("Socket.send() of a second task at the same time is WriteResourceBusy", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() => pair.left.sendall(pattern(HUGE)));
    await schedule();
    assertEquals(task.state, "WRITE_WAIT");
    await assertRejects(() => pair.left.send("x"), WriteResourceBusy, "is in Socket.sendall()");
    await task.cancel();
  }));

Deno.test("Socket.sendall() fails when another task closes the socket", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() =>
      assertRejects(() => pair.left.sendall(pattern(HUGE)), CurioError, "closed while")
    );
    await schedule();
    await pair.left.close();
    await task.join();
  }));

Deno.test("Socket.sendall() to a peer that is gone is the system's refusal, with its code", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.right.close();
    const error = await assertRejects(async () => {
      for (;;) await pair.left.sendall("x");
    });
    assert(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset);
    assert(["EPIPE", "ECONNRESET"].includes((error as Error & { code: string }).code));
  }));

Deno.test("Socket.sendall() to a peer that resets mid-write is the system's refusal, with bytesSent", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = new Uint8Array(50_000_000);
    const task = spawn(() => assertRejects(() => pair.left.sendall(data)));
    await until(() => task.state === "WRITE_WAIT");
    await pair.right.recv(100);
    pair.right.detach().close(); // With bytes unread: a reset.
    const error = await task.join() as Error & { code: string; bytesSent: number };
    assert(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset);
    assert(["EPIPE", "ECONNRESET"].includes(error.code));
    assert(error.bytesSent < data.length);
  }));

Deno.test("Socket.close() lets what was sent arrive, though the peer's own bytes were not read", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = pattern(1024 * 1024);
    await pair.right.sendall(pattern(8 * 1024));
    await pair.left.sendall(data);
    await pair.left.close();
    await assertReceived(pair.right, [data]);
  }));

Deno.test("Socket.shutdown() of the sending side tells the peer, and can still receive", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("question");
    await pair.left.shutdown(1);
    assertEquals(await receiveAll(pair.right), "question");
    await pair.right.sendall("answer");
    await pair.right.close();
    assertEquals(await receiveAll(pair.left), "answer");
    await assertRejects(() => pair.left.sendall("more"), Deno.errors.BrokenPipe);
  }));

Deno.test("Socket.shutdown() of the receiving side ends a recv that waits, and those after it", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const task = spawn(() => pair.left.recv(10));
    await schedule();
    await pair.left.shutdown(0);
    assertEquals((await task.join()).length, 0);
    assertEquals((await pair.left.recv(10)).length, 0);
  }));

Deno.test("Socket.shutdown() refuses a direction that is none", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => pair.left.shutdown(3), RangeError, "Cannot shut down 3");
  }));
