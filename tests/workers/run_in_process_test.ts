import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import {
  CurioError,
  MAX_WORKER_PROCESSES,
  run,
  runCpuBound,
  runInProcess,
  sleep,
  spawn,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { Program } from "../helpers/program.ts";

const isolate = "process";

Deno.test("runInProcess() is a process of its own where the program may run Deno", async () => {
  await run(async () => {
    const pid = await runInProcess(() => Deno.pid);
    assert(pid !== Deno.pid);
    assertEquals(await runInProcess({ isolate: "process" }, () => Deno.pid), pid);
    assertEquals(await runInProcess({ isolate: "worker" }, () => Deno.pid), Deno.pid);
  });
  assertQuiet();
});

Deno.test("runInProcess() keeps timers on time while it computes", async () => {
  const spin = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return "done";
  };
  await run(async () => {
    const caller = spawn(() => runInProcess({ isolate }, spin, 200));
    let ticks = 0;
    const ticker = spawn(async () => {
      for (;; ticks++) await sleep(0.002);
    });
    assertEquals(await caller.join(), "done");
    await ticker.cancel();
    assert(ticks > 10, `${ticks} ticks`);
  });
});

Deno.test("runInProcess() that times out kills the process", async () => {
  await run(async () => {
    const pid = await runInProcess({ isolate }, () => Deno.pid);
    await assertRejects(() =>
      timeoutAfter(0.05, () =>
        runInProcess({ isolate }, () => {
          for (;;);
        })), TaskTimeout);
    assert(await runInProcess({ isolate }, () => Deno.pid) !== pid);
  });
  assertQuiet();
});

Deno.test("runInProcess() refuses shared memory in a process, that call only", async () => {
  await run(async () => {
    const shared = new SharedArrayBuffer(4);
    for (const value of [shared, new Int32Array(shared), { nested: new Int32Array(shared) }]) {
      const error = await assertRejects(
        () => runInProcess({ isolate }, (_: unknown) => 1, value),
        DOMException,
      );
      assertEquals(error.name, "DataCloneError");
    }
    assertEquals(await runInProcess({ isolate }, () => 1), 1);
  });
});

Deno.test("runInProcess() says what signal ended a process, and what that may mean", async () => {
  await run(async () => {
    for (
      const [signal, how] of [["SIGKILL", /by SIGKILL$/], ["SIGTRAP", /out of memory$/]] as const
    ) {
      await assertRejects(
        () =>
          runInProcess({ isolate }, (signal: Deno.Signal) => Deno.kill(Deno.pid, signal), signal),
        CurioError,
      ).then(({ message }) => assertMatch(message, how));
    }
    assertEquals(await runInProcess({ isolate }, () => 1), 1);
  });
});

Deno.test("runInProcess() carries megabytes", async () => {
  await run(async () => {
    const bytes = new Uint8Array(5_000_000).map((_, i) => i);
    assertEquals(await runInProcess({ isolate }, (given: Uint8Array) => given, bytes), bytes);
  });
});

Deno.test("runInProcess() prints what its code prints, and reads nothing of ours", async () => {
  await using program = new Program(`
    await curio.run(() => curio.runInProcess({ isolate: "process" }, async () => {
      console.log("a line", { a: 1 });
      await Deno.stdout.write(new TextEncoder().encode("bytes\\n"));
      const { writeSync } = await import("node:fs");
      writeSync(1, "past everything\\n");
      console.error("an error");
      console.log(await Deno.stdin.read(new Uint8Array(1)), prompt("?"));
    }));
  `);
  const { lines, errors } = await program.end();
  assertEquals(lines, ["a line { a: 1 }", "bytes", "past everything", "null null"]);
  assertEquals(errors, "an error\n");
});

Deno.test("runInProcess() does not know another way to isolate", async () => {
  await run(async () => {
    await assertRejects(
      () => runInProcess({ isolate: "container" as never }, () => 1),
      TypeError,
      'Cannot isolate by "container" in runInProcess(): give "auto", "worker" or "process"',
    );
  });
});

Deno.test("runCpuBound() is runInProcess(), of which there is one for each processor", () => {
  assertEquals(runCpuBound === runInProcess, true);
  assertEquals(MAX_WORKER_PROCESSES, navigator.hardwareConcurrency);
});
