import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CurioError } from "../../kernel/errors.ts";
import { inKernel, Pair, text } from "./support.ts";

Deno.test("Socket.makefile() gives a binary file; closing it leaves the socket open", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const file = pair.right.makefile("rb");
    await pair.left.sendall("one\ntwo\nthree\n");
    assertEquals(text(await file.readline()), "one\n");
    await file.close();
    await assertRejects(() => file.readline(), CurioError, "has been closed");
    const second = pair.right.makefile("rb");
    assertEquals(text(await second.readline()), "two\n");
    assertEquals(text(await pair.right.recv(100)), "three\n");
  }));

Deno.test("Socket.makefile() for writing refuses to read, and to write once it is closed", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const file = pair.left.makefile("wb");
    assertEquals(await file.write("hello"), 5);
    await assertRejects(() => file.read(), CurioError, "for writing only");
    await file.close();
    await assertRejects(() => file.write("x"), CurioError, "has been closed");
    await assertRejects(() => file.writelines(["x"]), CurioError, "has been closed");
    await assertRejects(() => file.flush(), CurioError, "has been closed");
    await pair.left.sendall(" again");
    await pair.left.close();
    assertEquals(text(await pair.right.makefile("rwb").readall()), "hello again");
  }));

Deno.test("Socket.makefile() in a text mode is a TypeError that names asStream({ encoding })", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    for (const mode of ["r", "w", "rw", "", "xb"]) {
      assertThrows(() => pair.left.makefile(mode), TypeError, "asStream({ encoding");
    }
  }));
