import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CancelScope } from "../../kernel/cancel_scope.ts";
import { CurioError, ReadResourceBusy } from "../../kernel/errors.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { PIPE, PipeStream, Popen } from "../../io/subprocess.ts";
import { Stream } from "../../io/stream.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import {
  cancelledBefore,
  cancelledDuring,
  inKernel,
  isRunning,
  MUCH,
  text,
  until,
  withProcess,
} from "./processes.ts";

const BOTH = { stdin: PIPE, stdout: PIPE } as const;
const ALL = { ...BOTH, stderr: PIPE } as const;

Deno.test("Popen.stdin and stdout are streams", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    assert(cat.stdin instanceof PipeStream && cat.stdout instanceof Stream);
    assertEquals(await cat.stdin.write("hello\n"), 6);
    assertEquals(text(await cat.stdout.readline()), "hello\n");
    await cat.stdin.close();
    assertEquals((await cat.stdout.read()).length, 0);
    assertEquals((await cat.stdout.read()).length, 0);
  }));

Deno.test("Popen.stdout gives line after line, as they are written", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const lines: string[] = [];
    await cat.stdin.write("first\n");
    for await (const line of cat.stdout) {
      lines.push(text(line));
      if (lines.length === 3) await cat.stdin.close();
      else await cat.stdin.write(`line ${lines.length}\n`);
    }
    assertEquals(lines, ["first\n", "line 1\n", "line 2\n"]);
  }));

Deno.test("Popen.stdout carries every byte, however many", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const data = new Uint8Array(3 * MUCH).map((_, n) => n * 31 + (n >> 8));
    const writer = spawn(async () => {
      await cat.stdin.write(data);
      await cat.stdin.close();
    });
    const all = await cat.stdout.readall();
    await writer.join();
    assertEquals(all.length, data.length);
    assert(all.every((byte, n) => byte === data[n]));
  }));

Deno.test("Popen.stdout refuses a line longer than maxLine, and keeps it", () =>
  inKernel(async () => {
    await using p = new Popen(["echo", "a long line"], { stdout: PIPE, maxLine: 4 });
    await assertRejects(() => p.stdout.readline(), RangeError, "4 bytes");
    p.stdout.maxLine = 100;
    assertEquals(text(await p.stdout.readline()), "a long line\n");
  }));

Deno.test("Popen.stdout cannot be written, nor stdin be read", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    await assertRejects(() => cat.stdout.write("x"), CurioError, "for reading only");
    await assertRejects(() => cat.stdin.read(), CurioError, "for writing only");
  }));

Deno.test("Popen.stdout has one reader at a time", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const reader = spawn(() => cat.stdout.read());
    await until(() => reader.state === "READ_WAIT");
    await assertRejects(() => cat.stdout.read(), ReadResourceBusy);
    await cat.stdin.write("x");
    assertEquals(text(await reader.join()), "x");
  }));

Deno.test("Popen.stdout.read() with a cancellation pending loses nothing", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    await cancelledBefore(() => cat.stdout.read());
    await cat.stdin.write("kept");
    assertEquals(text(await cat.stdout.read()), "kept");
  }));

Deno.test("Popen.stdout.read() cancelled leaves what comes later to the next", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    for (const part of ["one", "two", "three"]) {
      await cancelledDuring(() => cat.stdout.read());
      await cat.stdin.write(part);
      assertEquals(text(await cat.stdout.readExactly(part.length)), part);
    }
  }));

Deno.test({
  name: "Popen.stdout.read() cancelled just after something came returns it",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withProcess("read x; echo out; echo err >&2", { shell: true, ...ALL }, async (p) => {
      // Whichever read is first to return cancels both.
      const scopes = [new CancelScope(), new CancelScope()];
      const trace: string[] = [];
      const heard = ["", ""];
      const streams = [p.stdout, p.stderr];
      const readers = streams.map((stream, n) =>
        spawn(() =>
          scopes[n].run(async () => {
            heard[n] = text(await stream.read());
            for (const scope of scopes) scope.cancel();
            await schedule();
            trace.push("not cancelled");
          })
        )
      );
      await until(() => readers.every((task) => task.state === "READ_WAIT"));
      await p.stdin.write("\n");
      // Without a turn of the event loop until both pipes have something: both reads return at once.
      while (isRunning(p.pid));
      for (const reader of readers) await reader.join();
      // Should the host have told of one alone, the other is cancelled, and loses nothing.
      for (const n of [0, 1]) heard[n] ||= text(await streams[n].read());
      assertEquals([heard, trace], [["out\n", "err\n"], []]);
    }),
});

Deno.test("Popen.stdout closed while a task reads ends the read with CurioError", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const reader = spawn(() => assertRejects(() => cat.stdout.read(), CurioError, "closed while"));
    await until(() => reader.state === "READ_WAIT");
    await cat.stdout.close();
    await reader.join();
  }));

Deno.test("Popen.stdin.write() waits while the pipe is full", () =>
  withProcess(["sh", "-c", "read go; cat >/dev/null"], BOTH, async (p) => {
    await p.stdin.write("\n");
    assertEquals(await p.stdin.write(new Uint8Array(MUCH)), MUCH);
  }));

Deno.test("Popen.stdin.write() with a cancellation pending writes nothing", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const { bytesWritten } = await cancelledBefore(() => cat.stdin.write("lost"));
    assertEquals(bytesWritten, 0);
    await cat.stdin.write("kept");
    assertEquals(text(await cat.stdout.read()), "kept");
  }));

Deno.test("Popen.stdin.write() cancelled tells how much the process will have read", () =>
  inKernel(async () => {
    // It reads only when told to.
    const script = "trap 'exec wc -c' USR1; echo up; while :; do sleep 0.01; done";
    await using p = new Popen(script, { shell: true, ...BOTH });
    assertEquals(text(await p.stdout.readline()), "up\n");
    const { bytesWritten } = await cancelledDuring(() => p.stdin.write(new Uint8Array(MUCH)));
    assert(bytesWritten > 0 && bytesWritten < MUCH);
    p.sendSignal("SIGUSR1");
    await p.stdin.flush();
    await p.stdin.close();
    assertEquals(Number(text(await p.stdout.readall())), bytesWritten);
  }));

Deno.test("Popen.stdin.write() just cancelled goes on being written before the next", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const first = new Uint8Array(MUCH).fill(1);
    const { bytesWritten } = await cancelledDuring(() => cat.stdin.write(first));
    const writer = spawn(async () => {
      await cat.stdin.write("after");
      await cat.stdin.close();
    });
    const all = await cat.stdout.readall();
    await writer.join();
    assertEquals(all.length, bytesWritten + "after".length);
    assertEquals(text(all.subarray(bytesWritten)), "after");
  }));

Deno.test("Popen.stdin.write() to a process that has ended is a broken pipe, and says so", () =>
  inKernel(async () => {
    await using p = new Popen(["true"], { stdin: PIPE });
    await p.wait();
    // A process that a test on another thread is starting may have the pipe's other end for a moment.
    while (await p.stdin.write("x").then(() => true, () => false)) await sleep(0);
    const error = await assertRejects(() => p.stdin.write("x"), Deno.errors.BrokenPipe);
    assertAdvice(error, new RegExp(`Cannot write to process ${p.pid} because it has ended`));
    assertEquals((error as Error & { code: string }).code, "EPIPE");
  }));

Deno.test("Popen.stdin closed with a write under way ends the write, and closes later", () =>
  withProcess(["sleep", "1000"], BOTH, async (p) => {
    const writer = spawn(() =>
      assertRejects(() => p.stdin.write(new Uint8Array(MUCH)), CurioError, "closed while")
    );
    await until(() => writer.state === "WRITE_WAIT");
    await p.stdin.close();
    await writer.join();
  }));

Deno.test("streams of a Popen work outside a task", async () => {
  const cat = new Popen(["cat"], BOTH);
  await cat.stdin.write("hello\n");
  assertEquals(text(await cat.stdout.readline()), "hello\n");
  await cat[Symbol.asyncDispose]();
  assertEquals(cat.returncode, 0);
});

Deno.test("Popen.stdout can be read as text, through its view of the web", () =>
  withProcess(["printf", "zw\\303\\266lf\\nelf"], { stdout: PIPE }, async (p) => {
    const stream = Stream.from(p.stdout.readable, null, { encoding: "utf-8" });
    assertEquals(await stream.readlines(), ["zwölf\n", "elf"]);
  }));

Deno.test("a pipeline of processes carries every byte, and ends with the first", () =>
  inKernel(async () => {
    await using list = new Popen(["seq", "200000"], { stdout: PIPE });
    await using reverse = new Popen(["tac"], { stdin: list.stdout, stdout: PIPE });
    await using head = new Popen(["tail", "-n", "2"], { stdin: reverse.stdout, stdout: PIPE });
    assertEquals(head.stdin, null);
    assertEquals(text((await head.communicate())[0]), "2\n1\n");
    assertEquals([await list.wait(), await reverse.wait(), head.returncode], [0, 0, 0]);
  }));

Deno.test("a pipeline passes on what was read ahead of a cancelled read", () =>
  inKernel(async () => {
    await using list = new Popen(["sh", "-c", "echo one; printf two; cat"], BOTH);
    assertEquals(text(await list.stdout.readline()), "one\n");
    await cancelledDuring(() => list.stdout.readline());
    await using cat = new Popen(["cat"], { stdin: list.stdout, stdout: PIPE });
    await list.stdin.write(" three\n");
    await list.stdin.close();
    assertEquals(text(await cat.stdout.readall()), "two three\n");
  }));

Deno.test("a pipeline whose end has gone ends its start", () =>
  inKernel(async () => {
    await using yes = new Popen(["yes"], { stdout: PIPE });
    await using head = new Popen(["head", "-n", "1"], { stdin: yes.stdout, stdout: PIPE });
    // As in Python, to leave the stream to the other process.
    await yes.stdout.close();
    assertEquals(text(await head.stdout.readall()), "y\n");
    assertEquals([await head.wait(), await yes.wait()], [0, -13]);
  }));

Deno.test("a pipeline refuses a stream that is busy, taken, closed or the wrong way round", () =>
  withProcess(["cat"], BOTH, async (cat) => {
    const join = (stdin: PipeStream) => () => new Popen(["cat"], { stdin });
    assertThrows(join(cat.stdin), TypeError, "nothing to read");
    const reader = spawn(() => cat.stdout.read());
    await until(() => reader.state === "READ_WAIT");
    assertThrows(join(cat.stdout), ReadResourceBusy, "Stream.read()");
    await reader.cancel();
    const other = new Popen(["cat"], { stdin: cat.stdout });
    assertThrows(join(cat.stdout), TypeError, "another's stdin already");
    await assertRejects(() => cat.stdout.read(), CurioError, "detached");
    await other[Symbol.asyncDispose]();
    await cat.stdout.close();
  }));
