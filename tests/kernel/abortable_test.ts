import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  abortable,
  CancelScope,
  CurioError,
  currentSignal,
  currentTask,
  disableCancellation,
  Kernel,
  run,
  schedule,
  sleep,
  spawn,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
  TimeoutCancellationError,
} from "../../mod.ts";
import { heapGrowth } from "../helpers/heap_growth.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { hostTurn, unhandledRejections } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

const forever = new Promise<never>(() => {});

Deno.test("abortable(promise) gives what the promise brings", async () => {
  await run(async () => {
    assertEquals(await abortable(Promise.resolve("now")), "now");
    const later = new Promise((resolve) => setTimeout(resolve, 1, "later"));
    assertEquals(await abortable(later), "later");
  });
});

Deno.test("abortable(promise) rejects with the very error of the promise", async () => {
  await run(async () => {
    const thrown = new Error("mine");
    assertStrictEquals(await assertRejects(() => abortable(Promise.reject(thrown))), thrown);
  });
});

Deno.test("abortable(fn) calls it with a signal, and gives what its promise brings", async () => {
  await run(async () => {
    const result = await abortable((signal) => {
      assertEquals(signal instanceof AbortSignal, true);
      assertFalse(signal.aborted);
      return Promise.resolve("value");
    });
    assertEquals(result, "value");
  });
});

Deno.test("abortable(fn) rejects when the function throws, at once or later", async () => {
  await run(async () => {
    const thrown = new Error("mine");
    const sync = () => {
      throw thrown;
    };
    assertStrictEquals(await assertRejects(() => abortable(sync)), thrown);
    assertStrictEquals(await assertRejects(() => abortable(() => Promise.reject(thrown))), thrown);
  });
});

Deno.test("abortable() shows as FUTURE_WAIT, and lets other tasks run", async () => {
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const task = spawn(() => abortable(promise));
    await schedule();
    assertEquals(task.state, "FUTURE_WAIT");
    resolve("done");
    assertEquals(await task.join(), "done");
  });
});

Deno.test("abortable(promise) cancelled just before: it rejects, and the promise is looked after", async () => {
  const reasons = await unhandledRejections(() =>
    run(async () => {
      const task = spawn(() => abortable(Promise.reject(new Error("unseen"))));
      await task.cancel();
      assertInstanceOf(task.exception, TaskCancelled);
    })
  );
  assertEquals(reasons, []);
});

Deno.test("abortable(fn) cancelled just before: the function is not called", async () => {
  await run(async () => {
    let called = false;
    const task = spawn(() => abortable(() => (called = true, forever)));
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
    assertFalse(called);
  });
});

Deno.test("abortable(promise) cancelled during: it rejects at once, what comes is dropped", async () => {
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const task = spawn(() => abortable(promise));
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
    resolve("too late");
    await schedule();
    assertThrows(() => task.result, TaskCancelled);
  });
});

Deno.test("abortable(promise) cancelled during: a later rejection of the promise is looked after", async () => {
  const reasons = await unhandledRejections(() =>
    run(async () => {
      const { promise, reject } = Promise.withResolvers<string>();
      const task = spawn(() => abortable(promise));
      await schedule();
      await task.cancel();
      reject(new Error("unseen"));
      await hostTurn();
    })
  );
  assertEquals(reasons, []);
});

Deno.test("abortable(promise) cancelled just after it settled: it returns, the next wait rejects", async () => {
  const trace: string[] = [];
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const task = spawn(async () => {
      trace.push(await abortable(promise));
      await schedule();
      trace.push("never");
    });
    await schedule();
    resolve("value");
    // A microtask later the wait has its value and is ready, but has not run.
    await promise;
    await Promise.resolve();
    assertEquals(task.state, "READY");
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["value"]);
});

Deno.test("abortable(fn) cancelled: its signal aborts with the cancellation error as reason", async () => {
  await run(async () => {
    let signal!: AbortSignal;
    const task = spawn(() =>
      abortable((given) => {
        signal = given;
        return forever;
      })
    );
    await schedule();
    await task.cancel();
    await schedule();
    assert(signal.aborted);
    assertStrictEquals(signal.reason, task.exception);
  });
});

Deno.test("abortable(fn) timed out: the reason is the TaskTimeout that timeoutAfter() rejects with", async () => {
  await run(async () => {
    let signal!: AbortSignal;
    const error = await assertRejects(() =>
      timeoutAfter(0.001, () =>
        abortable((given) => {
          signal = given;
          return forever;
        })), TaskTimeout);
    assertStrictEquals(signal.reason, error);
  });
});

Deno.test("abortable() in an inner timeout, the outer expires: TimeoutCancellationError", async () => {
  await run(async () => {
    let inside: unknown;
    await assertRejects(
      () =>
        timeoutAfter(0.001, () =>
          timeoutAfter(5, () => abortable(forever)).catch((error) => {
            inside = error;
            throw error;
          })),
      TaskTimeout,
    );
    assertInstanceOf(inside, TimeoutCancellationError);
  });
});

Deno.test("abortable(fn)'s abort listeners run after the cancel() that caused them has returned", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(() =>
      abortable((signal) => {
        signal.addEventListener("abort", () => trace.push("listener"));
        return forever;
      })
    );
    await schedule();
    void task.cancel({ blocking: false });
    trace.push("cancel returned");
    await task.wait();
    await schedule();
  });
  assertEquals(trace, ["cancel returned", "listener"]);
});

Deno.test("abortable(fn) that finished does not abort its signal, at once or later", async () => {
  await run(async () => {
    let signal!: AbortSignal;
    const task = spawn(async () => {
      await abortable((given) => {
        signal = given;
        return Promise.resolve();
      });
      await sleep(Infinity);
    });
    await sleep(0.001);
    await task.cancel();
    await hostTurn();
    assertFalse(signal.aborted);
  });
});

Deno.test("abortable() behind a shield is not interrupted", async () => {
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const task = spawn(() => disableCancellation(() => abortable(promise)));
    await schedule();
    await task.cancel({ blocking: false });
    await schedule();
    resolve("kept");
    assertEquals(await task.join(), "kept");
  });
});

Deno.test("abortable() of work that uses the kernel's own waits is interrupted as a whole", async () => {
  await run(async () => {
    const task = spawn(() => abortable(() => sleep(Infinity)));
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
    assertEquals(await abortable(() => sleep(0.001).then(() => "done")), "done");
  });
});

Deno.test("abortable() forgotten by a task that ended is undone, and its signal aborts", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    let signal!: AbortSignal;
    const task = spawn(() => {
      void abortable((given) => {
        signal = given;
        return forever;
      });
    });
    await task.join();
    await schedule();
    assert(signal.aborted);
    assertEquals(log.texts("warn").length, 1);
  });
});

Deno.test("abortable() between runs: what settles then is there in the next", async () => {
  await using kernel = new Kernel();
  const { promise, resolve } = Promise.withResolvers<string>();
  const { task } = await kernel.run(async () => {
    const task = spawn(() => abortable(promise));
    await schedule();
    return { task };
  });
  resolve("between");
  await hostTurn();
  assertFalse(task.terminated);
  assertEquals(await kernel.run(() => task.join()), "between");
});

Deno.test("abortable() rejects outside a task with CurioError, and looks after the promise", async () => {
  const reasons = await unhandledRejections(async () => {
    const promise = Promise.reject(new Error("unseen"));
    await assertRejects(() => abortable(promise), CurioError, "abortable() outside a task");
    await assertRejects(() => abortable(() => forever), CurioError, "abortable() outside a task");
  });
  assertEquals(reasons, []);
});

Deno.test("abortable() never awaited and cancelled rejects nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    run({ log: new RecordingLog() }, async () => {
      const task = spawn(async () => {
        void abortable(forever);
        void abortable((signal) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        );
        await sleep(Infinity);
      });
      await schedule();
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

Deno.test("abortable() of 10 000 waits on one long-lived promise in scopes leaves no listener on its signal", async () => {
  await run(async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: unknown) => {
      listeners++;
      add(type, listener as EventListener);
    };
    signal.removeEventListener = (type: string, listener: unknown) => {
      listeners--;
      remove(type, listener as EventListener);
    };
    for (let n = 0; n < 10_000; n++) {
      await new CancelScope({ signal }).run(() => abortable(Promise.resolve()));
    }
    assertEquals(listeners, 0);
  });
});

Deno.test("abortable() of 20 000 cancelled waits on one long-lived promise leaves the heap flat", async () => {
  const setup = `const forever = new Promise(() => {});`;
  const step = `() => new curio.CancelScope().run((scope) => {
    queueMicrotask(() => scope.cancel());
    return curio.abortable(forever);
  })`;
  assertLess(await heapGrowth(20_000, step, setup), 100);
});

// -- currentSignal

Deno.test("currentSignal() of a task aborts when the task is cancelled, with its error", async () => {
  await run(async () => {
    let signal!: AbortSignal;
    const task = spawn(() => {
      signal = currentSignal();
      return sleep(Infinity);
    });
    await schedule();
    assertFalse(signal.aborted);
    await task.cancel();
    assertStrictEquals(signal.reason, task.exception);
  });
});

Deno.test("currentSignal() is the same object each time in one scope, another in each scope", async () => {
  await run(async () => {
    const outer = currentSignal();
    await sleep(0);
    assertStrictEquals(currentSignal(), outer);
    await timeoutAfter(1, () => assert(currentSignal() !== outer));
    assertStrictEquals(currentSignal(), outer);
  });
});

Deno.test("currentSignal() interrupts a foreign promise of a task in PROMISE_WAIT", async () => {
  await run(async () => {
    const task = spawn(() => {
      const signal = currentSignal();
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    });
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("currentSignal()'s abort listeners run after cancel() has returned", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(async () => {
      currentSignal().addEventListener("abort", () => trace.push("listener"));
      await sleep(Infinity);
    });
    await schedule();
    void task.cancel({ blocking: false });
    trace.push("cancel returned");
    await task.wait();
  });
  assertEquals(trace, ["cancel returned", "listener"]);
});

Deno.test("currentSignal() of a timeout that is left in time never aborts", async () => {
  await virtually(async () => {
    const signal = await timeoutAfter(0.002, () => currentSignal());
    await sleep(0.004);
    assertFalse(signal.aborted);
  });
});

Deno.test("currentSignal() of a task that has ended does not abort afterwards", async () => {
  await run(async () => {
    const task = spawn(() => currentSignal());
    const signal = await task.join();
    await task.cancel();
    await hostTurn();
    assertFalse(signal.aborted);
  });
});

Deno.test("currentSignal() of a spawned task is not aborted by the spawner's cancellation", async () => {
  await virtually(async () => {
    let signal!: AbortSignal;
    const parent = spawn(async () => {
      spawn({ name: "child" }, () => {
        signal = currentSignal();
        return sleep(0.002);
      });
      await sleep(Infinity);
    });
    await schedule();
    await schedule();
    await parent.cancel();
    assertFalse(signal.aborted);
    assertFalse(currentTask().cancelled);
  });
});

Deno.test("currentSignal() throws CurioError outside a task", () => {
  assertThrows(() => currentSignal(), CurioError, "currentSignal() outside a task");
});
