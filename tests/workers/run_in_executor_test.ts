import { assertEquals, assertRejects } from "@std/assert";
import { CurioError, run, runInExecutor, spawn } from "../../mod.ts";
import { reach } from "../helpers/reach.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";

/** An executor that calls when it is told to. */
class SlowExecutor {
  readonly #calls: (() => void)[] = [];

  // deno-lint-ignore no-explicit-any -- see Executor
  submit<A extends any[], R>(fn: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    return new Promise((resolve) => this.#calls.push(() => resolve(runLater(fn, args))));
  }

  go(): void {
    for (const call of this.#calls.splice(0)) call();
  }
}

// deno-lint-ignore no-explicit-any -- see Executor
async function runLater<A extends any[], R>(fn: (...args: A) => R, args: A): Promise<Awaited<R>> {
  return await fn(...args);
}

Deno.test("runInExecutor() waits for what the executor makes of the call", async () => {
  const executor = new SlowExecutor();
  await run(async () => {
    const caller = spawn(() => runInExecutor(executor, (a: number, b: number) => a + b, 1, 2));
    await reach(caller, "WORKER_WAIT");
    executor.go();
    assertEquals(await caller.join(), 3);
  });
});

Deno.test("runInExecutor() rejects with what the call failed with", async () => {
  const executor = new SlowExecutor();
  const error = new RangeError("no");
  await run(async () => {
    const caller = spawn(() =>
      assertRejects(() =>
        runInExecutor(executor, () => {
          throw error;
        })
      )
    );
    await reach(caller, "WORKER_WAIT");
    executor.go();
    assertEquals(await caller.join() === error, true);
  });
});

Deno.test("runInExecutor() cancelled drops what comes of the call", async () => {
  const executor = new SlowExecutor();
  const unhandled = await unhandledRejections(() =>
    run(async () => {
      for (const outcome of [() => 1, () => Promise.reject(new Error("late"))]) {
        const caller = spawn(() => runInExecutor(executor, outcome));
        await reach(caller, "WORKER_WAIT");
        await caller.cancel();
        executor.go();
      }
    })
  );
  assertEquals(unhandled, []);
});

Deno.test("runInExecutor() submits nothing outside a task, or to what is no executor", async () => {
  const executor = new SlowExecutor();
  await assertRejects(() => runInExecutor(executor, () => 1), CurioError, "outside a task");
  await assertRejects(() => runInExecutor({} as never, () => 1), TypeError, "with submit()");
  const throwing = {
    submit(): never {
      throw new RangeError("full");
    },
  };
  await run(() => assertRejects(() => runInExecutor(throwing, () => 1), RangeError, "full"));
});
