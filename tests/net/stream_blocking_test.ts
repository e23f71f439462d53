import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ReadResourceBusy, ResourceBusy, WriteResourceBusy } from "../../kernel/errors.ts";
import { spawn } from "../../kernel/spawn.ts";
import { reach } from "../helpers/reach.ts";
import { inKernel, Pair, text } from "./support.ts";

Deno.test("SocketStream.blocking() hands out the connection, and refuses its stream meanwhile", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const [stream, other] = [pair.left.asStream(), pair.right.asStream({ encoding: "utf-8" })];
    {
      using lent = stream.blocking();
      await lent.conn.write(new TextEncoder().encode("hello\n"));
      await assertRejects(() => stream.read(), ReadResourceBusy, "Stream.blocking()");
      await assertRejects(() => stream.write("x"), WriteResourceBusy, "Stream.blocking()");
      await assertRejects(() => pair.left.recv(1), ReadResourceBusy);
      assertThrows(() => stream.blocking(), ResourceBusy);
    }
    assertEquals(await other.readline(), "hello\n");
    await stream.write("back\n");
    assertEquals(await other.readline(), "back\n");
  }));

Deno.test("SocketStream.blocking() gives what has been read already first", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    await pair.left.sendall("one\ntwo");
    assertEquals(text(await stream.readline()), "one\n");
    using lent = stream.blocking();
    const bytes = new Uint8Array(10);
    assertEquals(await lent.conn.read(bytes), 3);
    assertEquals(text(bytes.subarray(0, 3)), "two");
  }));

Deno.test("SocketStream.blocking() is refused while a task reads", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream();
    const reader = spawn(() => stream.readline());
    await reach(reader, "READ_WAIT");
    assertThrows(() => stream.blocking(), ReadResourceBusy, "Stream.readline()");
    await pair.left.sendall("line\n");
    assertEquals(text(await reader.join()), "line\n");
    stream.blocking()[Symbol.dispose]();
  }));
