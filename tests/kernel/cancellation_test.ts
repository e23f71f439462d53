import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  CancelScope,
  checkCancellation,
  CurioError,
  currentSignal,
  currentTask,
  disableCancellation,
  Event,
  ignoreAfter,
  KeyboardInterrupt,
  Queue,
  run,
  schedule,
  setCancellation,
  sleep,
  spawn,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
  TimeoutCancellationError,
} from "../../mod.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { hog, virtually } from "../helpers/virtually.ts";

/** Runs `work` as a task that is cancelled before it starts, and gives that task once it has ended. */
function cancelledAtBirth<R>(work: () => Promise<R> | R) {
  return run(async () => {
    const task = spawn(work);
    await task.cancel();
    return { task };
  });
}

// -- disableCancellation

Deno.test("disableCancellation() passes arguments and the result on", async () => {
  await run(async () => {
    assertEquals(await disableCancellation((a: number, b: number) => a + b, 2, 3), 5);
    assertEquals(await disableCancellation(() => sleep(0).then(() => "x")), "x");
  });
});

Deno.test("disableCancellation() passes on what the function threw", async () => {
  await run(async () => {
    const thrown = new Error("mine");
    const work = () => disableCancellation(() => Promise.reject(thrown));
    assertStrictEquals(await assertRejects(work), thrown);
  });
});

Deno.test("disableCancellation() keeps out a cancellation that arrives inside", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      await disableCancellation(async () => {
        await sleep(0.001);
        await schedule();
        trace.push("saved");
      });
      trace.push("outside");
      await schedule();
      trace.push("never");
    });
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["saved", "outside"]);
});

Deno.test("disableCancellation() keeps out a cancellation that was pending before", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const saved = await disableCancellation(() => sleep(0.001).then(() => "saved"));
    const delivered = await sleep(0).catch((error) => error.name);
    return [saved, delivered];
  });
  assertEquals(task.result, ["saved", "TaskCancelled"]);
});

Deno.test("disableCancellation() left delivers nothing by itself: a task without waits returns", async () => {
  await virtually(async () => {
    const task = spawn(() => disableCancellation(() => sleep(0.001).then(() => "done")));
    await schedule();
    await task.cancel();
    assertEquals([task.result, task.cancelled], ["done", true]);
  });
});

Deno.test("disableCancellation() keeps out an outer deadline, delivered after it", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    await assertRejects(() =>
      timeoutAfter(0.001, async () => {
        await disableCancellation(() => sleep(0.004));
        trace.push("after the shield");
        await sleep(0);
        trace.push("never");
      }), TaskTimeout);
  });
  assertEquals(trace, ["after the shield"]);
});

Deno.test("disableCancellation() around all of a timeoutAfter() that ran late: it returns", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(
      0.001,
      () => disableCancellation(() => sleep(0.004).then(() => "late")),
    );
    assertEquals(result, "late");
  });
});

Deno.test("disableCancellation() keeps out an outer CancelScope, which recovers afterwards", async () => {
  await virtually(async () => {
    const scope = new CancelScope();
    const trace: string[] = [];
    spawn(() => scope.cancel());
    const result = await scope.run(async () => {
      await disableCancellation(() => sleep(0.001));
      trace.push("shield left");
      await sleep(0);
      return "never";
    });
    assertEquals([trace, result], [["shield left"], undefined]);
  });
});

Deno.test("disableCancellation() lets timeouts and scopes inside it work", async () => {
  await virtually(async () => {
    await disableCancellation(async () => {
      await assertRejects(() => timeoutAfter(0.001, sleep, 20), TaskTimeout);
      assertEquals(await ignoreAfter(0.001, sleep, 20), null);
      const scope = new CancelScope();
      spawn(() => scope.cancel());
      assertEquals(await scope.run(() => sleep(20)), undefined);
    });
  });
});

Deno.test("disableCancellation() nested: leaving the inner one does not lift the outer", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      await disableCancellation(async () => {
        await disableCancellation(() => sleep(0.001));
        await sleep(0);
        trace.push("still shielded");
      });
      await sleep(0);
      trace.push("never");
    });
    await schedule();
    await task.cancel();
  });
  assertEquals(trace, ["still shielded"]);
});

Deno.test("disableCancellation() is not inherited by tasks spawned inside", async () => {
  await run(async () => {
    const task = await disableCancellation(async () => {
      const task = spawn(sleep, Infinity);
      await schedule();
      return { task };
    });
    await task.task.cancel();
    assertInstanceOf(task.task.exception, TaskCancelled);
  });
});

Deno.test("disableCancellation() shields one branch of Promise.all and not the other", async () => {
  await virtually(async () => {
    const task = spawn(() =>
      Promise.allSettled([disableCancellation(() => sleep(0.001)), sleep(Infinity)])
    );
    await schedule();
    await task.cancel();
    assertEquals(task.result.map((each) => each.status), ["fulfilled", "rejected"]);
  });
});

Deno.test("disableCancellation() has a fresh signal, though the task is cancelled", async () => {
  await run(async () => {
    const task = spawn(() =>
      sleep(Infinity).catch(() =>
        disableCancellation(async () => {
          const signal = currentSignal();
          await sleep(0);
          return signal.aborted;
        })
      )
    );
    await schedule();
    await task.cancel();
    assertEquals(task.result, false);
  });
});

Deno.test("disableCancellation()'s signal is not aborted by a cancellation during it", async () => {
  await virtually(async () => {
    const task = spawn(() =>
      disableCancellation(async () => {
        const signal = currentSignal();
        await sleep(0.001);
        return signal.aborted;
      })
    );
    await schedule();
    await task.cancel();
    assertEquals(task.result, false);
  });
});

Deno.test("disableCancellation() inside a clean-up: a second cancel does not reach it either", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const task = spawn(() =>
      sleep(Infinity).finally(() =>
        disableCancellation(async () => {
          await event.wait();
          trace.push("cleaned up");
        })
      )
    );
    await schedule();
    await task.cancel({ blocking: false });
    await task.cancel({ blocking: false });
    await schedule();
    event.set();
    await task.cancel();
  });
  assertEquals(trace, ["cleaned up"]);
});

Deno.test("disableCancellation() refuses what is no function, and rejects outside a task", async () => {
  await assertRejects(() => disableCancellation(() => {}), CurioError, "outside a task");
  await run(() => {
    const fn = 5 as unknown as () => void;
    return assertRejects(() => disableCancellation(fn), TypeError, "Cannot run 5");
  });
});

Deno.test("disableCancellation() never awaited, with a throw of what was pending, is no unhandled rejection", async () => {
  const reasons = await unhandledRejections(() =>
    run({ log: new RecordingLog() }, async () => {
      const task = spawn(async () => {
        void timeoutAfter(1, () => void checkCancellation());
        void new CancelScope().run(() => void checkCancellation());
        await schedule();
      });
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

// -- checkCancellation

Deno.test("checkCancellation() is null when nothing is pending", async () => {
  await run(async () => {
    assertEquals(checkCancellation(), null);
    assertEquals(checkCancellation(TaskCancelled), null);
    assertEquals(await disableCancellation(() => checkCancellation()), null);
  });
});

Deno.test("checkCancellation() throws what is pending where cancellation is enabled", async () => {
  const { task } = await cancelledAtBirth(() => {
    checkCancellation();
    return "not thrown";
  });
  assertInstanceOf(task.exception, TaskCancelled);
});

Deno.test("checkCancellation() that threw has delivered it: later waits proceed", async () => {
  const { task } = await cancelledAtBirth(async () => {
    assertThrows(() => checkCancellation(), TaskCancelled);
    assertEquals(checkCancellation(), null);
    await sleep(0);
    return "went on";
  });
  assertEquals(task.result, "went on");
});

Deno.test("checkCancellation() returns what is pending behind a shield, and leaves it pending", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const seen = await disableCancellation(() => [checkCancellation(), checkCancellation()]);
    const delivered = await sleep(0).catch((error) => error);
    return [seen[0] === seen[1], seen[0] === delivered, delivered instanceof TaskCancelled];
  });
  assertEquals(task.result, [true, true, true]);
});

Deno.test("checkCancellation(cls) returns and clears a match where enabled", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const cleared = checkCancellation(TaskCancelled);
    await sleep(0);
    return cleared instanceof TaskCancelled;
  });
  assertEquals(task.result, true);
});

Deno.test("checkCancellation(cls) returns and clears a match behind a shield", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const cleared = await disableCancellation(() => checkCancellation(CancelledError));
    await sleep(0);
    return cleared instanceof TaskCancelled;
  });
  assertEquals(task.result, true);
});

Deno.test("checkCancellation(cls) leaves what does not match pending", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const seen = await disableCancellation(() => checkCancellation(TaskTimeout));
    return [seen, await sleep(0).catch((error) => error.name)];
  });
  assertEquals(task.result, [null, "TaskCancelled"]);
});

Deno.test("checkCancellation() behind a shield sees an outer deadline that passed", async () => {
  await virtually(async () => {
    const seen = await ignoreAfter(0.001, () =>
      disableCancellation(async () => {
        await sleep(0.003);
        return checkCancellation();
      }));
    assertInstanceOf(seen, TimeoutCancellationError);
  });
});

Deno.test("checkCancellation() throws the TaskTimeout of a deadline that passed in a busy loop", async () => {
  await virtually(() =>
    assertRejects(() =>
      timeoutAfter(0.001, () => {
        hog(0.004);
        checkCancellation();
        return "late";
      }), TaskTimeout)
  );
});

Deno.test("checkCancellation(cls) that cleared a timeout: timeoutAfter() returns the result", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(0.001, async () => {
      const cleared = await disableCancellation(async () => {
        await sleep(0.003);
        return checkCancellation(TimeoutCancellationError);
      });
      await sleep(0);
      return cleared?.name;
    });
    assertEquals(result, "TimeoutCancellationError");
  });
});

Deno.test("checkCancellation() throws CurioError outside a task", () => {
  assertThrows(() => checkCancellation(), CurioError, "checkCancellation() outside a task");
});

// -- setCancellation

Deno.test("setCancellation(null) clears what is pending and returns it", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const pending = setCancellation(null);
    await sleep(0);
    return [pending instanceof TaskCancelled, setCancellation(null)];
  });
  assertEquals(task.result, [true, null]);
});

Deno.test("setCancellation() is null when nothing is pending", async () => {
  await run(() => assertEquals(setCancellation(null), null));
});

Deno.test("setCancellation(exc) makes the next blocking point reject with that very object", async () => {
  await run(async () => {
    const exc = new TaskCancelled("by hand");
    assertEquals(setCancellation(exc), null);
    assertStrictEquals(await assertRejects(() => sleep(0)), exc);
    await sleep(0);
  });
});

Deno.test("setCancellation(exc) is no blocking point, and delivered at none that completes at once", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    setCancellation(new TaskCancelled("by hand"));
    await queue.put("item");
    assertEquals(await queue.get(), "item");
    await assertRejects(() => queue.get(), TaskCancelled, "by hand");
  });
});

Deno.test("setCancellation() round trip puts a cancellation off, and it is the same object", async () => {
  await virtually(async () => {
    const task = spawn(async () => {
      const pending = setCancellation(null);
      await sleep(0.001);
      setCancellation(pending);
      return [pending, await sleep(0).catch((error) => error)];
    });
    await task.cancel();
    const [pending, delivered] = task.result;
    assertInstanceOf(pending, TaskCancelled);
    assertStrictEquals(pending, delivered);
  });
});

Deno.test("setCancellation(exc) replaces what was pending", async () => {
  const { task } = await cancelledAtBirth(async () => {
    const replacement = new KeyboardInterrupt("instead");
    const before = setCancellation(replacement);
    const delivered = await sleep(0).catch((error) => error);
    await sleep(0);
    return [before instanceof TaskCancelled, delivered === replacement];
  });
  assertEquals(task.result, [true, true]);
});

Deno.test("setCancellation(exc) behind a shield is delivered after it", async () => {
  await run(async () => {
    const exc = new TaskCancelled("later");
    await disableCancellation(async () => {
      setCancellation(exc);
      await sleep(0);
      assertStrictEquals(checkCancellation(), exc);
    });
    assertStrictEquals(await assertRejects(() => sleep(0)), exc);
  });
});

Deno.test("setCancellation(exc) does not make the task cancelled", async () => {
  await run(async () => {
    setCancellation(new TaskCancelled("by hand"));
    await sleep(0).catch(() => {});
    assertFalse(currentTask().cancelled);
  });
});

Deno.test("setCancellation(exc) leaves the task's own cancellation possible", async () => {
  await run(async () => {
    const task = spawn(async () => {
      setCancellation(new TaskCancelled("by hand"));
      await sleep(0).catch(() => {});
      await sleep(Infinity);
    });
    await schedule();
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
    assertEquals(task.exception.origin.by, currentTask());
  });
});

Deno.test("setCancellation() round trip of a timeout keeps its class: timeoutAfter() rejects with TaskTimeout", async () => {
  await virtually(() =>
    assertRejects(() =>
      timeoutAfter(0.001, async () => {
        await disableCancellation(async () => {
          await sleep(0.003);
          const pending = setCancellation(null);
          await sleep(0);
          setCancellation(pending);
        });
        await sleep(20);
      }), TaskTimeout)
  );
});

Deno.test("setCancellation() round trip of a timeout: ignoreAfter() returns null", async () => {
  await virtually(async () => {
    const result = await ignoreAfter(0.001, async () => {
      await disableCancellation(async () => {
        await sleep(0.003);
        setCancellation(setCancellation(null));
      });
      await sleep(20);
    });
    assertEquals(result, null);
  });
});

Deno.test("setCancellation() round trip of a CancelScope's cancellation: the scope recovers", async () => {
  await run(async () => {
    const result = await new CancelScope().run(async (scope) => {
      scope.cancel();
      const pending = setCancellation(null);
      await sleep(0);
      setCancellation(pending);
      await sleep(0);
      return "never";
    });
    assertEquals(result, undefined);
  });
});

Deno.test("setCancellation(null) with a timeout pending: the scope returns its result", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(0.001, async () => {
      await disableCancellation(async () => {
        await sleep(0.003);
        setCancellation(null);
      });
      await sleep(0);
      return "spared";
    });
    assertEquals(result, "spared");
  });
});

Deno.test("setCancellation() refuses what is no CancelledError, and changes nothing", async () => {
  const { task } = await cancelledAtBirth(async () => {
    for (const wrong of [new Error("x"), undefined, "x"]) {
      const exc = wrong as unknown as CancelledError;
      assertThrows(() => setCancellation(exc), TypeError, "give a CancelledError or null");
    }
    return await sleep(0).catch((error) => error.name);
  });
  assertEquals(task.result, "TaskCancelled");
});

Deno.test("setCancellation() throws CurioError outside a task", () => {
  assertThrows(() => setCancellation(null), CurioError, "setCancellation() outside a task");
});

// -- Clean-up

Deno.test("a cancelled task may spawn and join in its clean-up", async () => {
  await virtually(async () => {
    const trace: string[] = [];
    const task = spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        trace.push(await spawn(() => sleep(0.001).then(() => "helped")).join());
      }
    });
    await schedule();
    await task.cancel();
    assertEquals(trace, ["helped"]);
  });
});

Deno.test("a cancelled task may use currentSignal() in its clean-up", async () => {
  await run(async () => {
    let reason: unknown;
    const task = spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        reason = currentSignal().reason;
      }
    });
    await schedule();
    await timeoutAfter(1, () => task.cancel());
    assertStrictEquals(reason, task.exception);
  });
});

Deno.test("a task that swallows its cancellation in a shield, scope and timeout still gets it once", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      await timeoutAfter(10, () =>
        new CancelScope().run(async () => {
          await disableCancellation(() => sleep(0.001));
          await sleep(0).catch((error) => trace.push(error.name));
          await sleep(0);
          trace.push("inner");
        }));
      await sleep(0);
      trace.push("outer");
    });
    await schedule();
    await task.cancel();
    assert(task.terminated);
  });
  assertEquals(trace, ["TaskCancelled", "inner", "outer"]);
});
