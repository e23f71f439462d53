import { assertEquals, assertRejects } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import {
  blockInThread,
  checkCancellation,
  CurioError,
  MAX_WORKER_THREADS,
  run,
  runBlocking,
  runInThread,
  spawn,
  TaskGroup,
  workerModule,
} from "../../mod.ts";
import { flagIs, sharedFlag } from "./shared_flag.ts";

const jobs = workerModule<typeof import("./jobs.ts")>(import.meta.resolve("./jobs.ts"));

/** Blocks the thread until the flag is 2; says that it has begun, and has ended. */
function block(flag: Int32Array): string {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  Atomics.wait(flag, 0, 1);
  Atomics.store(flag, 0, 3);
  Atomics.notify(flag, 0);
  return "unblocked";
}

function release(flag: Int32Array): void {
  Atomics.store(flag, 0, 2);
  Atomics.notify(flag, 0);
}

Deno.test("runInThread() lets other tasks run while its code blocks", async () => {
  await run(async () => {
    const flag = sharedFlag();
    const caller = spawn(runInThread, block, flag);
    await flagIs(flag, (value) => value === 1);
    release(flag);
    assertEquals(await caller.join(), "unblocked");
  });
  assertQuiet();
});

Deno.test("runInThread() cancelled lets its code run to the end, unseen", async () => {
  await run(async () => {
    const flag = sharedFlag();
    const caller = spawn(() => runInThread(block, flag));
    await flagIs(flag, (value) => value === 1);
    await caller.cancel();
    assertEquals(await runInThread(() => 1), 1);
    release(flag);
    await flagIs(flag, (value) => value === 3);
  });
  assertQuiet();
});

Deno.test("runInThread() ends with its kernel what was set aside", async () => {
  await run(async () => {
    const flag = sharedFlag();
    const caller = spawn(() => runInThread(block, flag));
    await flagIs(flag, (value) => value === 1);
    await caller.cancel();
  });
  assertQuiet();
});

Deno.test("runInThread() cancelled tells code that asks checkCancellation()", async () => {
  await run(async () => {
    const counter = sharedFlag();
    const caller = spawn(() => runInThread(jobs.countUntilCancelled, counter));
    await flagIs(counter, (value) => value > 0);
    await caller.cancel();
    await flagIs(counter, (value) => value === -1);
    assertEquals(await runInThread(() => checkCancellation()), null);
  });
  assertQuiet();
});

Deno.test("runInThread() cancelled aborts the currentSignal() of its code", async () => {
  await run(async () => {
    const flag = sharedFlag();
    const caller = spawn(() => runInThread(jobs.waitUntilCancelled, flag));
    await flagIs(flag, (value) => value === 1);
    await caller.cancel();
    await flagIs(flag, (value) => value === 2);
  });
  assertQuiet();
});

Deno.test("runInThread() shows checkCancellation() and currentSignal() to code that is source", async () => {
  await run(async () => {
    const { currentSignal } = { currentSignal: () => AbortSignal.any([]) };
    const ask = () => [checkCancellation(), currentSignal().aborted];
    assertEquals(await runInThread(ask), [null, false]);
  });
});

Deno.test("runInThread() shares memory", async () => {
  await run(async () => {
    const flag = sharedFlag();
    await runInThread((given: Int32Array) => void (given[0] = 5), flag);
    assertEquals(flag[0], 5);
  });
});

Deno.test("runInThread() copies its arguments when it is called", async () => {
  await run(async () => {
    const list = [1];
    const caller = spawn(() => {
      const result = runInThread((given: number[]) => given.length, list);
      list.push(2);
      return result;
    });
    assertEquals(await caller.join(), 1);
  });
});

Deno.test("runInThread() survives a thread that runs out of memory", async () => {
  const fill = () => {
    const hoard: number[][] = [];
    for (;;) hoard.push(new Array(100_000).fill(1.5));
  };
  // With little to fill, it does not take long.
  const program = `
    import { run, runInThread } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
    await run(async () => {
      await runInThread(${fill}).catch((error) => console.log(error.message));
      console.log(await runInThread(() => "and goes on"));
    });
  `;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--v8-flags=--max-old-space-size=100", program],
    stderr: "null",
  }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\n").slice(-3), [
    "Cannot finish 'anonymous' in runInThread() because its worker ran out of memory",
    "and goes on",
    "",
  ]);
  assertEquals(success, true);
});

Deno.test("runInThread() inside a crashed or cancelled group leaves no thread", async () => {
  await run(async () => {
    const group = new TaskGroup();
    await assertRejects(() =>
      group.run((g) => {
        for (let i = 0; i < 5; i++) g.spawn(() => runInThread(() => new Promise(() => {})));
        throw new CurioError("never mind");
      })
    );
  });
  assertQuiet();
});

Deno.test("blockInThread() has one thread for a function, whoever calls", async () => {
  const next = () => {
    const scope = globalThis as { count?: number };
    return scope.count = (scope.count ?? 0) + 1;
  };
  await run(async () => {
    const callers = Array.from({ length: 20 }, () => spawn(() => blockInThread(next)));
    const results = [];
    for (const caller of callers) results.push(await caller.join());
    assertEquals(results, callers.map((_, i) => i + 1));
  });
  assertQuiet();
});

Deno.test("blockInThread() has another thread for another function", async () => {
  await run(async () => {
    const flag = sharedFlag();
    const caller = spawn(() => blockInThread(block, flag));
    await flagIs(flag, (value) => value === 1);
    assertEquals(await blockInThread(jobs.add, 1), 41);
    release(flag);
    await caller.join();
  });
});

Deno.test("blockInThread() cancelled does not keep the next caller waiting", async () => {
  await run(async () => {
    const flag = sharedFlag();
    const caller = spawn(() => blockInThread(block, flag));
    await flagIs(flag, (value) => value === 1);
    await caller.cancel();
    const next = sharedFlag();
    const other = spawn(() => blockInThread(block, next));
    await flagIs(next, (value) => value === 1);
    release(next);
    assertEquals(await other.join(), "unblocked");
  });
  assertQuiet();
});

Deno.test("runBlocking() is runInThread(), of which there are 64", () => {
  assertEquals([runBlocking === runInThread, MAX_WORKER_THREADS], [true, 64]);
});
