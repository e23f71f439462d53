import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { abortable } from "../../kernel/abortable.ts";
import { CurioError, TaskTimeout } from "../../kernel/errors.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { Stream } from "../../io/stream.ts";
import { inKernel, Pair, receiveAll, text } from "../net/support.ts";

/** A readable stream of the web that gives `parts`. */
function readableOf(...parts: (Uint8Array | string)[]): ReadableStream<Uint8Array | string> {
  return ReadableStream.from(parts);
}

Deno.test("Stream.from() reads a body line by line", () =>
  inKernel(async () => {
    const { body } = new Response("one\ntwö\nrest");
    await using stream = Stream.from(body, null, { encoding: "utf-8" });
    const lines: string[] = [];
    for await (const line of stream) lines.push(line);
    assertEquals(lines, ["one\n", "twö\n", "rest"]);
  }));

Deno.test("Stream.from() reads parts of any size, empty ones and strings too", () =>
  inKernel(async () => {
    const large = new Uint8Array(300_000).fill(120);
    const stream = Stream.from(readableOf("a", new Uint8Array(0), large, "z"));
    assertEquals(text(await stream.readExactly(2)), "ax");
    assertEquals((await stream.readall()).length, 300_000);
    assertEquals((await stream.read()).length, 0);
    await stream.close();
  }));

Deno.test("Stream.from() loses nothing to a cancelled read", () =>
  inKernel(async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    await using stream = Stream.from(readable);
    await assertRejects(() => timeoutAfter(0.01, () => stream.read()), TaskTimeout);
    await writer.write(new Uint8Array([1, 2]));
    assertEquals(await stream.read(), new Uint8Array([1, 2]));
  }));

Deno.test("Stream.from() passes on the error of its source", () =>
  inKernel(async () => {
    const failure = new Error("the cable is cut");
    const stream = Stream.from(
      new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(failure) }),
    );
    await assertRejects(() => stream.read(), Error, "the cable is cut");
    await stream.close();
  }));

Deno.test("Stream.from() refuses parts that are no bytes", () =>
  inKernel(async () => {
    const stream = Stream.from(readableOf(3 as unknown as string));
    await assertRejects(() => stream.read(), TypeError, "takes bytes");
    await stream.close();
  }));

Deno.test("Stream.from() writes, and close() ends the output", () =>
  inKernel(async () => {
    const zip = new CompressionStream("gzip");
    const stream = Stream.from(null, zip.writable as WritableStream<Uint8Array>);
    const unzipped = new Response(zip.readable.pipeThrough(new DecompressionStream("gzip"))).text();
    assertEquals(await stream.write("hello "), 6);
    await stream.writelines(["wor", "ld"]);
    await stream.close();
    await stream.close();
    assertEquals(await unzipped, "hello world");
    await assertRejects(() => stream.write("more"), CurioError, "has been closed");
  }));

Deno.test("Stream.from() has given away its own copy of what was written", () =>
  inKernel(async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(
      undefined,
      { highWaterMark: 4 },
      { highWaterMark: 4 },
    );
    const stream = Stream.from(null, writable);
    const data = new Uint8Array([1, 2]);
    await stream.write(data);
    data.fill(0);
    const { value } = await readable.getReader().read();
    assertEquals(value, new Uint8Array([1, 2]));
    await stream.close();
  }));

Deno.test("Stream.close() cancels what Stream.from() reads, and breaks off what nobody takes", () =>
  inKernel(async () => {
    const trace: string[] = [];
    const readable = new ReadableStream<Uint8Array>({ cancel: () => void trace.push("cancel") });
    const writable = new WritableStream<Uint8Array>({
      write: (_part, { signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      abort: () => void trace.push("abort"),
    });
    const stream = Stream.from(readable, writable);
    await assertRejects(() => timeoutAfter(0.01, () => stream.write("x")), TaskTimeout);
    await stream.close();
    assertEquals(trace.sort(), ["abort", "cancel"]);
  }));

Deno.test("Stream.from() has the directions it was given", () =>
  inKernel(async () => {
    const reading = Stream.from(readableOf("x"));
    await assertRejects(() => reading.write("x"), CurioError, "reading only");
    const locked = new ReadableStream<Uint8Array>();
    locked.getReader();
    assertThrows(() => Stream.from(locked), TypeError);
    await reading.close();
  }));

Deno.test("Stream.readable and writable are views of the stream both ways", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    const echo = stream.readable.pipeTo(stream.writable);
    await pair.left.sendall("hello");
    assertEquals(text(await pair.left.recv(10)), "hello");
    pair.left.shutdown(1);
    await echo;
    assertEquals(await receiveAll(pair.left), "");
  }));

Deno.test("Stream.readable takes only what is read, and is the same each time", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ encoding: "utf-8" });
    assertEquals(stream.readable === stream.readable, true);
    await pair.left.sendall("one\ntwo\n");
    const reader = stream.readable.getReader();
    assertEquals(await stream.readline(), "one\n");
    assertEquals((await reader.read()).value, "two\n");
    await pair.left.close();
    assertEquals((await reader.read()).done, true);
  }));

Deno.test("Stream.readable survives a task that is cancelled in its read", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const reader = pair.right.asStream().readable.getReader();
    await assertRejects(() => timeoutAfter(0.01, () => abortable(reader.read())), TaskTimeout);
    const task = spawn(() => reader.read());
    await pair.left.sendall("lost");
    await pair.left.close();
    // The read that was begun first gets what came first.
    assertEquals((await task.join()).done, true);
  }));

Deno.test("Stream.readable cancelled closes the stream", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    const reader = stream.readable.getReader();
    const pending = reader.read();
    await reader.cancel();
    assertEquals((await pending).done, true);
    await assertRejects(() => stream.read(), CurioError, "has been closed");
  }));

Deno.test("Stream.writable closed closes the stream", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ encoding: "utf-8" });
    const writer = stream.writable.getWriter();
    await writer.write("bye");
    await writer.close();
    assertEquals(await receiveAll(pair.left), "bye");
    await assertRejects(() => stream.write("x"), CurioError, "has been closed");
  }));
