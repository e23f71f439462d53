import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type CancelledError,
  CurioError,
  ReadResourceBusy,
  TaskTimeout,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { Stream } from "../../io/stream.ts";
import { inKernel, Pair, receiveAll, text } from "../net/support.ts";

type Progress<T> = CancelledError & { bytesRead: T; linesRead: T[]; bytesWritten: number };

/** The error of `operation`, cancelled after a moment. */
async function cancelled<T>(operation: () => Promise<unknown>): Promise<Progress<T>> {
  return await assertRejects(() => timeoutAfter(0.02, operation), TaskTimeout) as Progress<T>;
}

Deno.test("Stream.read() returns what has come, up to max, and empty at the end", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    await pair.left.sendall("hello world");
    assertEquals(text(await stream.read(5)), "hello");
    assertEquals((await stream.read(0)).length, 0);
    assertEquals(text(await stream.read()), " world");
    await pair.left.close();
    assertEquals((await stream.read()).length, 0);
  }));

Deno.test("Stream.read() refuses a count that is none", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => pair.left.asStream().read(-2), RangeError, "Stream.read()");
    await assertRejects(() => pair.left.asStream().readExactly(-1), RangeError, "readExactly()");
  }));

Deno.test("Stream.readall() reads to the end, however much", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const data = new Uint8Array(3_000_000).map((_, i) => i * 31);
    spawn(async () => {
      await pair.left.sendall(data);
      await pair.left.close();
    });
    const all = await pair.right.asStream().readall();
    assertEquals(all.length, data.length);
    assert(all.every((byte, i) => byte === data[i]));
  }));

Deno.test("Stream.readall() cancelled has what it read on the error", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    await pair.left.sendall("so far");
    const { bytesRead } = await cancelled<Uint8Array>(() => stream.readall());
    assertEquals(text(bytesRead), "so far");
    await pair.left.sendall(", so good");
    assertEquals(text(await stream.read()), ", so good");
  }));

Deno.test("Stream.readExactly() waits for as much as it was told, and takes no more", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    const task = spawn(() => stream.readExactly(6));
    await pair.left.sendall("abc");
    await schedule();
    await pair.left.sendall("defgh");
    assertEquals(text(await task.join()), "abcdef");
    assertEquals(text(await stream.read()), "gh");
  }));

Deno.test("Stream.readExactly() at the end of the input is UnexpectedEof with what there was", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("abc");
    await pair.left.close();
    const error = await assertRejects(
      () => pair.right.asStream().readExactly(5),
      Deno.errors.UnexpectedEof,
      "exactly 5 bytes because the input ended after 3",
    ) as Error & { bytesRead: Uint8Array };
    assertEquals(text(error.bytesRead), "abc");
  }));

Deno.test("Stream.readExactly() cancelled has what it read on the error", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("abc");
    const { bytesRead } = await cancelled<Uint8Array>(() => pair.right.asStream().readExactly(5));
    assertEquals(text(bytesRead), "abc");
  }));

Deno.test("Stream.readline() gives lines with their newlines, the rest, and then empty", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    await pair.left.sendall("one\r\n\ntwo\nrest");
    await pair.left.close();
    const lines: string[] = [];
    do lines.push(text(await stream.readline())); while (lines.at(-1) !== "");
    assertEquals(lines, ["one\r\n", "\n", "two\n", "rest", ""]);
  }));

Deno.test("Stream.readline() cancelled leaves an unfinished line in the stream", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    await pair.left.sendall("unfin");
    await cancelled(() => stream.readline());
    await pair.left.sendall("ished\n");
    assertEquals(text(await stream.readline()), "unfinished\n");
  }));

Deno.test("Stream.readline() of a line longer than maxLine is a RangeError that takes nothing", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ maxLine: 5 });
    assertEquals(stream.maxLine, 5);
    await pair.left.sendall("12345\n123456\n");
    assertEquals(text(await stream.readline()), "12345\n");
    await assertRejects(() => stream.readline(), RangeError, "more than 5 bytes");
    stream.maxLine = 6;
    assertEquals(text(await stream.readline()), "123456\n");
  }));

Deno.test("Stream.readline() does not wait for the end of a line that is too long already", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ maxLine: 100_000 });
    const sender = spawn(() => pair.left.sendall(new Uint8Array(150_000).fill(120)));
    await assertRejects(() => stream.readline(), RangeError, "more than 100000 bytes");
    await sender.join();
    assertEquals((await stream.readExactly(150_000)).length, 150_000);
  }));

Deno.test("Stream.maxLine is a positive number", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    assertEquals(pair.left.asStream().maxLine, 1024 * 1024);
    assertThrows(() => pair.left.asStream({ maxLine: 0 }), RangeError, "maxLine");
    assertThrows(() => void (pair.left.asStream().maxLine = NaN), RangeError, "maxLine");
  }));

Deno.test("Stream.readline() takes time in proportion to the line, not to its square", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ maxLine: Infinity });
    const length = 8 * 1024 * 1024;
    spawn(async () => {
      await pair.left.sendall(new Uint8Array(length).fill(120));
      await pair.left.sendall("\n");
    });
    assertEquals((await stream.readline()).length, length + 1);
  }));

Deno.test("Stream.readlines() reads all lines to the end", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("a\nb\nc");
    await pair.left.close();
    assertEquals((await pair.right.asStream().readlines()).map(text), ["a\n", "b\n", "c"]);
  }));

Deno.test("Stream.readlines() cancelled has its lines on the error, and leaves the unfinished one", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    await pair.left.sendall("a\nb\nc");
    const { linesRead } = await cancelled<Uint8Array>(() => stream.readlines());
    assertEquals(linesRead.map(text), ["a\n", "b\n"]);
    await pair.left.sendall("d\n");
    assertEquals(text(await stream.readline()), "cd\n");
  }));

Deno.test("Stream is iterated by lines", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("a\n\nb");
    await pair.left.close();
    const lines: string[] = [];
    for await (const line of pair.right.asStream()) lines.push(text(line));
    assertEquals(lines, ["a\n", "\n", "b"]);
  }));

Deno.test("Streams and recv of one socket share what has been read", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.left.sendall("bytes\ntext\nraw");
    assertEquals(text(await pair.right.asStream().readline()), "bytes\n");
    assertEquals(await pair.right.asStream({ encoding: "utf-8" }).readline(), "text\n");
    assertEquals(text(await pair.right.recv(100)), "raw");
  }));

Deno.test("Stream.write() sends bytes and strings, and returns how many bytes", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    assertEquals(await stream.write("zwölf"), 6);
    assertEquals(await stream.write(new Uint8Array([33])), 1);
    await stream.flush();
    await stream.close();
    assertEquals(await receiveAll(pair.right), "zwölf!");
  }));

Deno.test("Stream.write() cancelled has the number of bytes on the error", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    const { bytesWritten } = await cancelled(() => stream.write(new Uint8Array(16 * 1024 * 1024)));
    const receiver = spawn(receiveAll, pair.right);
    await stream.flush();
    await stream.close();
    assertEquals((await receiver.join()).length, bytesWritten);
  }));

Deno.test("Stream.writelines() sends lines of any iterable, those before an error included", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    await stream.writelines(["a\n", new Uint8Array([98, 10])]);
    await stream.writelines([]);
    await assertRejects(
      () =>
        stream.writelines((function* () {
          yield "c\n";
          throw new Error("no more");
        })()),
      Error,
      "no more",
    );
    await stream.close();
    assertEquals(await receiveAll(pair.right), "a\nb\nc\n");
  }));

Deno.test("Stream.writelines() cancelled has the number of bytes of all lines on the error", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    const line = "x".repeat(99_999) + "\n";
    const { bytesWritten } = await cancelled(() => stream.writelines(Array(200).fill(line)));
    const receiver = spawn(receiveAll, pair.right);
    await stream.flush();
    await stream.close();
    assertEquals((await receiver.join()).length, bytesWritten);
  }));

Deno.test("Stream.writelines() lets nobody write between its lines, not even other lines", async () => {
  let written = "";
  const stream = Stream.from(
    null,
    new WritableStream({ write: (bytes: Uint8Array) => void (written += text(bytes)) }),
  );
  let other: Promise<void> | null = null;
  await stream.writelines((function* () {
    yield "a".repeat(100_000);
    other = stream.writelines(["between"]);
    other.catch(() => {});
    yield "z";
  })());
  await assertRejects(() => other!, WriteResourceBusy, "Stream.writelines()");
  assertEquals([written.length, written.at(-1)], [100_001, "z"]);
  await stream.close();
});

Deno.test("Stream.blocking() of what is no file and no connection is refused", async () => {
  const stream = Stream.from(new Response("body").body);
  assertThrows(() => stream.blocking(), CurioError, "use its readable and writable");
  await stream.close();
});

Deno.test("Stream refuses a second task that reads, or writes", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    const reader = spawn(() => stream.readline());
    const writer = spawn(() => stream.writelines(Array(99).fill("x".repeat(1_000_000))));
    await schedule();
    await assertRejects(() => stream.read(), ReadResourceBusy, "Stream.readline()");
    await assertRejects(() => stream.write("x"), WriteResourceBusy, "Stream.writelines()");
    await reader.cancel();
    await writer.cancel();
  }));

Deno.test("Stream.read() that is refused leaves the first task its maximum", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    const reader = spawn(() => stream.read(2));
    await schedule();
    await assertRejects(() => stream.read(), ReadResourceBusy, "Stream.read()");
    await pair.left.sendall("hello");
    assertEquals(text(await reader.join()), "he");
  }));

Deno.test("Stream.close() closes the socket, and fails a task that reads", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    const task = spawn(() => assertRejects(() => stream.readline(), CurioError, "closed while"));
    await schedule();
    await stream.close();
    await task.join();
    await assertRejects(() => stream.read(), CurioError, "has been closed");
    await assertRejects(() => pair.left.recv(1), CurioError, "has been closed");
    assertEquals((await pair.right.recv(1)).length, 0);
  }));

Deno.test("Stream works outside any task", async () => {
  await using pair = await Pair.open();
  await pair.left.asStream().writelines(["a\n", "b"]);
  await pair.left.close();
  const lines: string[] = [];
  for await (const line of pair.right.asStream({ encoding: "utf-8" })) lines.push(line);
  assertEquals(lines, ["a\n", "b"]);
});

Deno.test("Socket.makeStreams() closes the sending side with the writer, the socket with both", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const [reader, writer] = pair.left.makeStreams();
    await writer.write("question");
    await writer.close();
    await writer.close();
    assertEquals(await receiveAll(pair.right), "question");
    await pair.right.sendall("answer\n");
    assertEquals(text(await reader.readline()), "answer\n");
    await assertRejects(() => writer.write("x"), CurioError, "closed");
    await assertRejects(() => writer.read(), CurioError, "writing only");
    await assertRejects(() => reader.write("x"), CurioError, "reading only");
    pair.left.getpeername();
    await reader.close();
    assertThrows(() => pair.left.getpeername(), CurioError, "closed");
  }));

Deno.test("console.log shows what a stream has, and who uses it", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    assertEquals(Deno.inspect(stream), "SocketStream [0 bytes buffered, idle]");
    const task = spawn(() => stream.readline());
    await schedule();
    assertEquals(Deno.inspect(stream), "SocketStream [0 bytes buffered, in Stream.readline()]");
    await task.cancel();
  }));
