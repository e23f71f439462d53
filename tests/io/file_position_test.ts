import { assertEquals, assertRejects } from "@std/assert";
import { CurioError } from "../../kernel/errors.ts";
import { aopen } from "../../io/aopen.ts";
import { withPath, withPipe } from "./file_support.ts";

Deno.test("AsyncFile.tell() is the position after what was returned, not what was buffered", () =>
  withPath("zwölf\nzwei\n€", async (path) => {
    await using file = await aopen(path);
    assertEquals(await file.tell(), 0);
    await file.read(3);
    assertEquals(await file.tell(), 4);
    await file.readline();
    assertEquals(await file.tell(), 7);
    await file.readall();
    assertEquals(await file.tell(), 15);
  }));

Deno.test("AsyncFile.seek() goes by bytes from the start, from here, from the end", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path, "rb");
    assertEquals(await file.seek(4), 4);
    assertEquals(await file.read(2).then(String), "52,53");
    assertEquals(await file.seek(-1, 1), 5);
    assertEquals(await file.seek(1, Deno.SeekMode.Current), 6);
    assertEquals(await file.seek(-2, 2), 8);
    assertEquals(await file.readall().then(String), "56,57");
    assertEquals(await file.seek(0, Deno.SeekMode.Start), 0);
  }));

Deno.test("AsyncFile.seek() before the start is a RangeError and moves nothing", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path);
    await file.read(3);
    await assertRejects(() => file.seek(-1), RangeError, "before the start");
    await assertRejects(() => file.seek(-4, 1), RangeError, "before the start");
    await assertRejects(() => file.seek(-11, 2), RangeError, "before the start");
    assertEquals(await file.read(2), "34");
  }));

Deno.test("AsyncFile.seek() refuses what is no offset and no whence", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path);
    await assertRejects(() => file.seek(0.5), RangeError, "whole number");
    await assertRejects(() => file.seek("1" as unknown as number), TypeError, "number of bytes");
    await assertRejects(() => file.seek(0, 3 as 0), RangeError, "whence");
  }));

Deno.test("AsyncFile.write() after a read writes where the reader is", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path, "r+");
    assertEquals(await file.read(2), "01");
    await file.write("ab");
    assertEquals(await file.tell(), 4);
    assertEquals(await file.read(2), "45");
    await file.write("c");
    assertEquals(await file.read(), "789");
    assertEquals(await Deno.readTextFile(path), "01ab45c789");
  }));

Deno.test("AsyncFile in a+ starts at the end, reads anywhere and writes at the end", () =>
  withPath("one\ntwo\n", async (path) => {
    await using file = await aopen(path, "a+");
    assertEquals(await file.tell(), 8);
    assertEquals(await file.read(), "");
    await file.seek(0);
    assertEquals(await file.readline(), "one\n");
    await file.write("three\n");
    assertEquals(await file.tell(), 14);
    await file.seek(4);
    assertEquals(await file.read(), "two\nthree\n");
  }));

Deno.test("AsyncFile.tell() in mode a is the size of the file", () =>
  withPath("one", async (path) => {
    await using file = await aopen(path, "a");
    assertEquals(await file.tell(), 3);
    await file.write("ü");
    assertEquals(await file.tell(), 5);
  }));

Deno.test("AsyncFile.truncate() cuts where the reader is unless told, and stays there", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path, "r+");
    await file.read(4);
    assertEquals(await file.truncate(8), 8);
    assertEquals(await file.read(2), "45");
    assertEquals(await file.truncate(), 6);
    assertEquals(await file.read(), "");
    assertEquals(await Deno.readTextFile(path), "012345");
    assertEquals(await file.truncate(7), 7);
    assertEquals(await file.read(), "\0");
  }));

Deno.test("AsyncFile.truncate() drops what was read ahead", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path, "r+");
    assertEquals(await file.read(2), "01");
    await file.truncate(4);
    assertEquals(await file.read(), "23");
  }));

Deno.test("AsyncFile.truncate() refuses a size that is none, and a file to be read", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path, "r+");
    await assertRejects(() => file.truncate(-1), RangeError, "truncate()");
    await using reader = await aopen(path);
    await assertRejects(() => reader.truncate(0), CurioError, "reading only");
  }));

Deno.test("AsyncFile sees what is added after it read to the end", () =>
  withPath("one\n", async (path) => {
    await using file = await aopen(path);
    assertEquals(await file.readlines(), ["one\n"]);
    assertEquals(await file.readline(), "");
    await Deno.writeTextFile(path, "two\n", { append: true });
    assertEquals(await file.readline(), "two\n");
  }));

Deno.test("AsyncFile.seek() and tell() of a pipe are NotSupported", () =>
  withPipe(async (path) => {
    await using file = await aopen(path);
    await assertRejects(() => file.seek(0), Deno.errors.NotSupported, "is a pipe or a terminal");
    await assertRejects(() => file.tell(), Deno.errors.NotSupported, "is a pipe or a terminal");
  }));
