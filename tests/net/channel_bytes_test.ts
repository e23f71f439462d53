import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async";
import {
  CurioError,
  ReadResourceBusy,
  TaskCancelled,
  TaskTimeout,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import type { Connection } from "../../net/channel_connection.ts";
import {
  frame,
  longFrame,
  MessagePair,
  pattern,
  RawPair,
  readFrame,
  writeAll,
} from "./channel_support.ts";
import { inKernel, text, until } from "./support.ts";

/** More than the system's buffers for a connection take. */
const HUGE = 32 * 1024 * 1024;

for (const length of [0, 1, 4, 16 * 1024, 16 * 1024 + 1, 5_000_000]) {
  Deno.test(`Connection carries a message of ${length} bytes, both ways`, () =>
    inKernel(async () => {
      await using pair = await MessagePair.open();
      const message = pattern(length);
      for (const [from, to] of [[pair.left, pair.right], [pair.right, pair.left]]) {
        const sending = spawn(() => from.sendBytes(message));
        assertEquals(await to.recvBytes(), message);
        await sending.join();
      }
    }));
}

Deno.test("Connection keeps messages apart, and in order", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const lengths = Array.from({ length: 200 }, (_, index) => index * index);
    const sending = spawn(async () => {
      for (const length of lengths) await pair.left.sendBytes(pattern(length));
    });
    for (const length of lengths) assertEquals(await pair.right.recvBytes(), pattern(length));
    await sending.join();
  }));

Deno.test("Connection.sendBytes() sends a part, a string as UTF-8", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    await pair.left.sendBytes("zwölf", 1);
    await pair.left.sendBytes(new Uint8Array([1, 2, 3, 4]), 1, 2);
    await pair.left.sendBytes(new Uint8Array([1, 2, 3, 4]), 4);
    assertEquals(text(await pair.right.recvBytes()), "wölf");
    assertEquals([...await pair.right.recvBytes()], [2, 3]);
    assertEquals([...await pair.right.recvBytes()], []);
  }));

Deno.test("Connection.sendBytes() refuses a part that is not there", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const bytes = new Uint8Array(4);
    for (const [offset, size] of [[5, undefined], [0, 5], [2, 3], [-1, 1], [0, -1], [0.5, 1]]) {
      await assertRejects(() => pair.left.sendBytes(bytes, offset, size), RangeError);
    }
    await assertRejects(() => pair.left.sendBytes(1 as unknown as string), TypeError, "bytes");
  }));

Deno.test("Connection.recvBytes() gives each message an array of its own", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    await pair.left.sendBytes("first");
    await pair.left.sendBytes("second");
    const first = await pair.right.recvBytes();
    const second = await pair.right.recvBytes();
    first.fill(0);
    assertEquals(text(second), "second");
  }));

Deno.test("Connection.recvBytes() puts a message together however it is cut up", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    const bytes = new Uint8Array([...frame("one"), ...longFrame(3n, new Uint8Array([7, 8, 9]))]);
    const receiving = spawn(async () => [
      text(await pair.connection.recvBytes()),
      [...await pair.connection.recvBytes()],
    ]);
    for (const byte of bytes) {
      await pair.raw.write(new Uint8Array([byte]));
      await sleep(0.001);
    }
    assertEquals(await receiving.join(), ["one", [7, 8, 9]]);
  }));

Deno.test("Connection.recvBytes() refuses a message that is longer, and closes the connection", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    await writeAll(pair.raw, frame("12345"));
    await assertRejects(() => pair.connection.recvBytes(4), CurioError, "5 bytes");
    await assertRejects(() => pair.connection.recvBytes(), CurioError, "has been closed");
    assertEquals(await pair.raw.read(new Uint8Array(1)), null);
  }));

Deno.test("Connection.recvBytes() takes a message that is just as long", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    await writeAll(pair.raw, frame("1234"));
    assertEquals(text(await pair.connection.recvBytes(4)), "1234");
  }));

Deno.test("Connection.recvBytes() refuses 256 MiB and a byte unless told, and takes what it is told", () =>
  inKernel(async () => {
    const length = 256 * 1024 * 1024 + 1;
    await using refused = await RawPair.open();
    await writeAll(refused.raw, frame("", length));
    await assertRejects(() => refused.connection.recvBytes(), CurioError, `${length} bytes`);
    await using taken = await RawPair.open();
    await writeAll(taken.raw, frame("", length));
    await assertRejects(
      () => timeoutAfter(0.02, () => taken.connection.recvBytes(Infinity)),
      TaskTimeout,
    );
  }));

Deno.test("Connection.recvBytes() refuses a negative length, and closes the connection", () =>
  inKernel(async () => {
    for (const length of [-2, -0x80000000]) {
      await using pair = await RawPair.open();
      await writeAll(pair.raw, frame("", length));
      await assertRejects(() => pair.connection.recvBytes(), CurioError, "no length");
      await assertRejects(() => pair.connection.sendBytes("x"), CurioError, "closed");
    }
  }));

Deno.test("Connection.recvBytes() refuses what claims to be 4 GiB or more", () =>
  inKernel(async () => {
    for (const length of [2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]) {
      await using pair = await RawPair.open();
      await writeAll(pair.raw, longFrame(length, new Uint8Array(10)));
      await assertRejects(() => pair.connection.recvBytes(), CurioError, "bytes");
    }
  }));

Deno.test("Connection.recvBytes() uses memory for what arrives, not for what is announced", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    const before = Deno.memoryUsage();
    await writeAll(pair.raw, longFrame(2n ** 32n, pattern(100_000)));
    await assertRejects(
      () => timeoutAfter(0.05, () => pair.connection.recvBytes(Infinity)),
      TaskTimeout,
    );
    const after = Deno.memoryUsage();
    assert(after.external - before.external < 4 * 1024 * 1024);
  }));

Deno.test("Connection.recvBytes() refuses a maxLength that is none", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    for (const max of [-1, 1.5, NaN]) {
      await assertRejects(() => pair.connection.recvBytes(max), RangeError, "count");
    }
    await writeAll(pair.raw, frame(""));
    assertEquals((await pair.connection.recvBytes(0)).length, 0);
  }));

Deno.test("Connection.recvBytes() is UnexpectedEof when the peer has closed, again and again", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    await writeAll(pair.raw, frame("last"));
    pair.raw.close();
    assertEquals(text(await pair.connection.recvBytes()), "last");
    for (let i = 0; i < 2; i++) {
      await assertRejects(
        () => pair.connection.recvBytes(),
        Deno.errors.UnexpectedEof,
        "closed the connection",
      );
    }
  }));

Deno.test("Connection.recvBytes() says where a message was cut off", () =>
  inKernel(async () => {
    for (
      const [bytes, where] of [[frame("abc", 9), "after 3 of the 9"], [
        new Uint8Array(2),
        "in the header",
      ]] as const
    ) {
      await using pair = await RawPair.open();
      await writeAll(pair.raw, bytes);
      pair.raw.close();
      await assertRejects(() => pair.connection.recvBytes(), Deno.errors.UnexpectedEof, where);
    }
  }));

Deno.test("Connection.recvBytes() cancelled before it begins takes nothing", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const task = spawn(() => pair.right.recvBytes());
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    await pair.left.sendBytes("kept");
    assertEquals(text(await pair.right.recvBytes()), "kept");
  }));

Deno.test("Connection.recvBytes() cancelled at any byte of a message keeps what it has", () =>
  inKernel(async () => {
    const message = pattern(9);
    const bytes = new Uint8Array([...longFrame(9n, message), ...frame("next")]);
    for (let cut = 0; cut < bytes.length - 8; cut++) {
      await using pair = await RawPair.open();
      await writeAll(pair.raw, bytes.subarray(0, cut));
      const error = timeoutAfter(0.005, () => pair.connection.recvBytes());
      await assertRejects(() => error, TaskTimeout);
      await writeAll(pair.raw, bytes.subarray(cut));
      assertEquals(await pair.connection.recvBytes(), message);
      assertEquals(text(await pair.connection.recvBytes()), "next");
    }
  }));

Deno.test("Connection.recvBytes() cancelled again and again while a long message arrives loses none of it", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const message = pattern(5_000_000);
    const sending = spawn(async () => {
      await pair.left.sendBytes(message);
      await pair.left.sendBytes("end");
    });
    const received: Uint8Array[] = [];
    while (received.length < 2) {
      const task = spawn(async () => {
        received.push(await pair.right.recvBytes());
      });
      for (let turn = 0; turn < 20; turn++) await schedule();
      await task.cancel();
    }
    await sending.join();
    assertEquals(received[0], message);
    assertEquals(text(received[1]), "end");
  }));

Deno.test("Connection.recvBytes() cancelled after its message has come keeps it", async () => {
  await using kernel = new Kernel();
  await using pair = await kernel.run(() => MessagePair.open());
  const trace: string[] = [];
  const task = await kernel.run(async () => {
    const task = spawn(async () => {
      trace.push(text(await pair.right.recvBytes()));
      await sleep(60);
      trace.push("not reached");
    });
    await schedule();
    return task;
  });
  // Between runs the task is frozen: it is handed its message, and has not gone on, when it is cancelled.
  await pair.left.sendBytes("mine");
  while (task.state !== "READY") await delay(1);
  await task.cancel({ blocking: false });
  await kernel.run(() => task.wait());
  assertEquals(trace, ["mine"]);
});

Deno.test("Connection.sendBytes() cancelled before it begins sends nothing", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const task = spawn(() => pair.left.sendBytes("never"));
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    await pair.left.sendBytes("only");
    assertEquals(text(await pair.right.recvBytes()), "only");
  }));

/** The error of a send that is cancelled while the peer does not read. */
async function cancelSend(connection: Connection, message: Uint8Array): Promise<unknown> {
  const error = await assertRejects(
    () => timeoutAfter(0.05, () => connection.sendBytes(message)),
    TaskTimeout,
  );
  return (error as TaskTimeout & { bytesSent: number }).bytesSent;
}

Deno.test("Connection.sendBytes() cancelled part-way is finished all the same, before the next", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const message = pattern(HUGE);
    assertEquals(await cancelSend(pair.left, message), HUGE);
    const next = spawn(() => pair.left.sendBytes("next"));
    assertEquals(await pair.right.recvBytes(), message);
    assertEquals(text(await pair.right.recvBytes()), "next");
    await next.join();
  }));

Deno.test("Connection.sendBytes() cancelled while it waits for an earlier one sends nothing", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const message = pattern(HUGE);
    assertEquals(await cancelSend(pair.left, message), HUGE);
    assertEquals(await cancelSend(pair.left, pattern(10)), 0);
    const next = spawn(() => pair.left.sendBytes("next"));
    assertEquals((await pair.right.recvBytes()).length, HUGE);
    assertEquals(text(await pair.right.recvBytes()), "next");
    await next.join();
  }));

Deno.test("Connection.sendBytes() cancelled after its message is gone has sent it once", async () => {
  await using kernel = new Kernel();
  await using pair = await kernel.run(() => MessagePair.open());
  const trace: string[] = [];
  const task = await kernel.run(async () => {
    const task = spawn(async () => {
      await pair.left.sendBytes("once");
      trace.push("sent");
      await sleep(60);
    });
    await schedule();
    return task;
  });
  while (task.state !== "READY") await delay(1);
  await task.cancel({ blocking: false });
  await kernel.run(() => task.wait());
  assertEquals(trace, ["sent"]);
  await pair.left.sendBytes("then");
  assertEquals(text(await pair.right.recvBytes()), "once");
  assertEquals(text(await pair.right.recvBytes()), "then");
});

Deno.test("Connection of a second receiver or sender at the same time is busy", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    const { connection } = pair;
    const receiving = spawn(() => connection.recvBytes());
    const sending = spawn(() => connection.sendBytes(pattern(HUGE)));
    await until(() => receiving.state === "READ_WAIT" && sending.state === "WRITE_WAIT");
    // A lower limit of one who is refused is not the other's.
    await assertRejects(() => connection.recvBytes(1), ReadResourceBusy, "Connection.recvBytes()");
    await assertRejects(() => connection.recv(), ReadResourceBusy, "Connection.recvBytes()");
    await assertRejects(
      () => connection.sendBytes(""),
      WriteResourceBusy,
      "Connection.sendBytes()",
    );
    await assertRejects(() => connection.send(1), WriteResourceBusy, "Connection.sendBytes()");
    await writeAll(pair.raw, frame("unharmed"));
    assertEquals(text(await receiving.join()), "unharmed");
    assertEquals((await readFrame(pair.raw)).length, HUGE);
    await sending.join();
  }));

Deno.test("Connection.close() interrupts who receives and who sends", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    const receiving = spawn(() =>
      assertRejects(() => pair.left.recvBytes(), CurioError, "closed while")
    );
    const sending = spawn(async () => {
      const error = await assertRejects(
        () => pair.left.sendBytes(pattern(HUGE)),
        CurioError,
        "closed while",
      );
      assertEquals((error as CurioError & { bytesSent: number }).bytesSent, 0);
    });
    await until(() => receiving.state === "READ_WAIT" && sending.state === "WRITE_WAIT");
    await pair.left.close();
    await receiving.join();
    await sending.join();
    await assertRejects(() => pair.left.recvBytes(), CurioError, "has been closed");
    await assertRejects(() => pair.left.sendBytes(""), CurioError, "has been closed");
    await pair.left.close();
  }));

Deno.test("Connection.close() after a cancelled send leaves nothing behind", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    assertEquals(await cancelSend(pair.left, pattern(HUGE)), HUGE);
    await pair.left.close();
    await assertRejects(() => pair.right.recvBytes(), Error);
  }));

Deno.test("Connection.sendBytes() fails when the peer is gone, with the host's error", () =>
  inKernel(async () => {
    await using pair = await RawPair.open();
    pair.raw.close();
    await assertRejects(async () => {
      for (;;) await pair.connection.sendBytes(pattern(100_000));
    }, Error);
  }));

Deno.test("Connection.close() delivers what was sent", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    await pair.left.sendBytes(pattern(100_000));
    await pair.left.close();
    assertEquals((await pair.right.recvBytes()).length, 100_000);
  }));

Deno.test("Connection works outside tasks", async () => {
  await using pair = await inKernel(() => MessagePair.open());
  await pair.left.sendBytes("outside");
  assertEquals(text(await pair.right.recvBytes()), "outside");
  await pair.right.send([1]);
  assertEquals(await pair.left.recv(), [1]);
});

Deno.test("Connection shows its addresses, and that it is closed", () =>
  inKernel(async () => {
    await using pair = await MessagePair.open();
    assert(/^Connection \[127\.0\.0\.1:\d+ to 127\.0\.0\.1:\d+\]$/.test(Deno.inspect(pair.left)));
    await pair.left.close();
    assertEquals(Deno.inspect(pair.left), "Connection [closed]");
  }));
