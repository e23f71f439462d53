import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type CancelledError,
  CurioError,
  ReadResourceBusy,
  TaskCancelled,
  TaskError,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { CancelScope } from "../../kernel/cancel_scope.ts";
import { spawn } from "../../kernel/spawn.ts";
import type { Task } from "../../kernel/task.ts";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import { aopen } from "../../io/aopen.ts";
import { reach } from "../helpers/reach.ts";
import { text, until } from "../net/support.ts";
import { bytes, withPath, withPipe } from "./file_support.ts";

type Progress = CancelledError & {
  bytesRead: string;
  linesRead: string[];
  bytesWritten: number;
};

/** Cancels `task` once it waits, and gives the error it ended with. */
async function cancelWaiting(task: Task, state: "READ_WAIT" | "WRITE_WAIT"): Promise<Progress> {
  await reach(task, state);
  await task.cancel();
  return task.exception as Progress;
}

/** The error of `operation` in a scope that is cancelled `when`. */
async function cancelled(
  operation: () => Promise<unknown>,
  when: "before" | "during",
): Promise<Progress> {
  let seen: unknown;
  await new CancelScope().run(async (scope) => {
    if (when === "before") scope.cancel();
    const promise = operation();
    if (when === "during") scope.cancel();
    await promise.catch((error) => seen = error);
  });
  assert(seen instanceof TaskCancelled);
  return seen as Progress;
}

for (const when of ["before", "during"] as const) {
  Deno.test(`AsyncFile.read() cancelled ${when} its wait loses nothing`, () =>
    withPath("0123456789", async (path) => {
      await using file = await aopen(path);
      await cancelled(() => file.read(4), when);
      assertEquals(await file.tell(), 0);
      assertEquals(await file.read(), "0123456789");
    }));

  Deno.test(`AsyncFile.readline() cancelled ${when} its wait loses nothing`, () =>
    withPath("one\ntwo\n", async (path) => {
      await using file = await aopen(path);
      await cancelled(() => file.readline(), when);
      assertEquals(await file.readlines(), ["one\n", "two\n"]);
    }));

  Deno.test(`AsyncFile.readall() cancelled ${when} its wait has what it read on the error`, () =>
    withPath("one\ntwo\n", async (path) => {
      await using file = await aopen(path);
      const { bytesRead } = await cancelled(() => file.readall(), when);
      assertEquals(bytesRead + await file.readall(), "one\ntwo\n");
    }));

  Deno.test(`AsyncFile.readlines() cancelled ${when} its wait has the lines it read on the error`, () =>
    withPath("one\ntwo\n", async (path) => {
      await using file = await aopen(path);
      const { linesRead } = await cancelled(() => file.readlines(), when);
      assertEquals([...linesRead, ...await file.readlines()], ["one\n", "two\n"]);
    }));

  Deno.test(`AsyncFile.readinto() cancelled ${when} its wait leaves its array alone`, () =>
    withPath("0123456789", async (path) => {
      await using file = await aopen(path, "rb");
      const target = new Uint8Array(4);
      await cancelled(() => file.readinto(target), when);
      assertEquals(text(await file.read()), "0123456789");
      assertEquals(target, new Uint8Array(4));
    }));

  Deno.test(`AsyncFile.write() cancelled ${when} its wait tells how much the file has`, () =>
    withPath(null, async (path) => {
      const file = await aopen(path, "wb");
      const { bytesWritten } = await cancelled(() => file.write(new Uint8Array(3_000_000)), when);
      await file.close();
      assertEquals((await Deno.stat(path)).size, bytesWritten);
      if (when === "before") assertEquals(bytesWritten, 0);
    }));

  Deno.test(`AsyncFile.writelines() cancelled ${when} its wait tells how much the file has`, () =>
    withPath(null, async (path) => {
      const file = await aopen(path, "w");
      const lines = Array.from({ length: 200_000 }, (_, i) => `line ${i}\n`);
      const { bytesWritten } = await cancelled(() => file.writelines(lines), when);
      await file.flush();
      assertEquals((await Deno.stat(path)).size, bytesWritten);
      await file.close();
    }));

  Deno.test(`AsyncFile.seek(), tell(), truncate() and flush() cancelled ${when} leave a good file`, () =>
    withPath("0123456789", async (path) => {
      await using file = await aopen(path, "r+");
      await file.read(2);
      await cancelled(() => file.seek(5), when);
      await cancelled(() => file.tell(), when);
      await cancelled(() => file.truncate(8), when);
      assertEquals(await file.seek(1), 1);
      await file.write("x");
      assertEquals(await file.read(3), "234");
    }));

  Deno.test(`aopen() cancelled ${when} its wait leaves nothing open`, () =>
    withPath("text", async (path) => {
      await cancelled(() => aopen(path), when);
      // The host may be opening it still: this one comes after.
      await (await aopen(path)).close();
    }));
}

Deno.test("AsyncFile.read() that has completed is not undone by a cancellation right after", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path);
    let read = "";
    await new CancelScope().run(async (scope) => {
      read = await file.read(4);
      scope.cancel();
      await assertRejects(() => file.readall(), TaskCancelled);
    });
    assertEquals(read, "0123");
  }));

Deno.test("AsyncFile.read() cancelled half-way keeps what had come for the next", () =>
  withPipe(async (path, end) => {
    await using file = await aopen(path);
    await end.write(bytes("abc"));
    const task = spawn(() => file.read(10));
    await cancelWaiting(task, "READ_WAIT");
    await end.write(bytes("def\nghi"));
    assertEquals(await file.readline(), "abcdef\n");
    assertEquals(await file.read(3), "ghi");
  }));

Deno.test("AsyncFile.readlines() cancelled half-way has its lines, and leaves the unfinished one", () =>
  withPipe(async (path, end) => {
    await using file = await aopen(path);
    await end.write(bytes("one\ntwo\nunfin"));
    assertEquals(await file.readline(), "one\n");
    const task = spawn(() => file.readlines());
    const { linesRead } = await cancelWaiting(task, "READ_WAIT");
    assertEquals(linesRead, ["two\n"]);
    await end.write(bytes("ished\n"));
    assertEquals(await file.readline(), "unfinished\n");
  }));

Deno.test("AsyncFile.readall() cancelled half-way has what it read on the error", () =>
  withPipe(async (path, end) => {
    await using file = await aopen(path);
    await end.write(bytes("a\nso far"));
    assertEquals(await file.readline(), "a\n");
    const { bytesRead } = await cancelWaiting(spawn(() => file.readall()), "READ_WAIT");
    assertEquals(bytesRead, "so far");
    await end.write(bytes("more"));
    assertEquals(await file.read(4), "more");
  }));

Deno.test("AsyncFile.read() takes what is buffered while a cancelled read is on its way", () =>
  withPipe(async (path, end) => {
    await using file = await aopen(path);
    await end.write(bytes("a\nbcd"));
    assertEquals(await file.readline(), "a\n");
    await cancelWaiting(spawn(() => file.readline()), "READ_WAIT");
    assertEquals(await file.read(2), "bc");
    await end.write(bytes("ef"));
    assertEquals(await file.read(3), "def");
  }));

Deno.test("AsyncFile.write() to a pipe that is full, cancelled, tells what went out", () =>
  withPipe(async (path, end) => {
    const file = await aopen(path, "wb");
    const task = spawn(() => file.write(new Uint8Array(1_000_000)));
    const buffer = new Uint8Array(65536);
    let received = await end.read(buffer) ?? 0;
    const { bytesWritten } = await cancelWaiting(task, "WRITE_WAIT");
    while (received < bytesWritten) received += await end.read(buffer) ?? 0;
    await file.flush();
    assertEquals(received, bytesWritten);
    assert(bytesWritten > 0 && bytesWritten < 1_000_000);
    await file.close();
  }));

Deno.test("AsyncFile.flush() tells what the last piece of a cancelled write failed with", () =>
  withPipe(async (path, end) => {
    const file = await aopen(path, "wb");
    const task = spawn(() => file.write(new Uint8Array(1_000_000)));
    await end.read(new Uint8Array(1));
    await cancelWaiting(task, "WRITE_WAIT");
    end.close();
    await assertRejects(() => file.flush(), Deno.errors.BrokenPipe);
    await file.flush();
    await file.close();
  }));

Deno.test("AsyncFile.close() ends the read of another task with CurioError", () =>
  withPipe(async (path) => {
    const file = await aopen(path);
    const task = spawn(() => file.read());
    await reach(task, "READ_WAIT");
    const joined = assertRejects(() => task.join(), TaskError);
    await file.close();
    const { cause } = await joined;
    assert(cause instanceof CurioError && cause.message.includes("closed while a task waited"));
  }));

Deno.test("AsyncFile.close() ends the write of another task with CurioError", () =>
  withPipe(async (path) => {
    const file = await aopen(path, "wb");
    const task = spawn(() => file.write(new Uint8Array(1_000_000)));
    await reach(task, "WRITE_WAIT");
    const joined = assertRejects(() => task.join(), TaskError);
    await file.close();
    const { cause } = await joined;
    assert(cause instanceof CurioError && "bytesWritten" in cause);
  }));

Deno.test("AsyncFile refuses a second reader and a second writer", () =>
  withPath("0123456789", async (path) => {
    await using file = await aopen(path, "r+");
    const reader = spawn(() => file.read());
    await reach(reader, "READ_WAIT");
    await assertRejects(() => file.readline(), ReadResourceBusy, "AsyncFile.read()");
    await assertRejects(() => file.write("x"), ReadResourceBusy, "AsyncFile.read()");
    assertEquals(await reader.join(), "0123456789");
    const writer = spawn(() => file.write("x"));
    await reach(writer, "WRITE_WAIT");
    await assertRejects(() => file.write("y"), WriteResourceBusy, "AsyncFile.write()");
    await writer.join();
    assertEquals(await Deno.readTextFile(path), "0123456789x");
  }));

Deno.test("AsyncFile left open shows in assertQuiet", () =>
  withPath("text", async (path) => {
    const file = await aopen(path);
    const complaint = (): string => {
      try {
        assertQuiet();
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    await until(() => complaint().includes(path));
    await file.close();
    assert(!complaint().includes(path));
  }));
