import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  CancelScope,
  clock,
  CurioError,
  currentSignal,
  currentTask,
  Event,
  Kernel,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
  TimeoutCancellationError,
  UncaughtTimeoutError,
} from "../../mod.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { hostTurn, unhandledRejections } from "../helpers/unhandled.ts";
import { hog, virtually } from "../helpers/virtually.ts";

/** Runs a body that waits in `scope`, and gives what its wait was interrupted with. */
async function interruption(scope: CancelScope): Promise<CancelledError> {
  let inside: unknown;
  await scope.run(() =>
    sleep(Infinity).catch((error) => {
      inside = error;
      throw error;
    })
  );
  assertInstanceOf(inside, CancelledError);
  return inside;
}

/** An outside signal that counts its listeners. */
function countingSignal(): { controller: AbortController; count: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: unknown) => {
    listeners.add(listener);
    add(type, listener as EventListener);
  };
  signal.removeEventListener = (type: string, listener: unknown) => {
    listeners.delete(listener);
    remove(type, listener as EventListener);
  };
  return { controller, count: () => listeners.size };
}

Deno.test("CancelScope.run() returns what the body returned, and passes the scope", async () => {
  await run(async () => {
    const scope = new CancelScope();
    const result = await scope.run(async (given) => {
      assertStrictEquals(given, scope);
      await sleep(0);
      return "result";
    });
    assertEquals([result, scope.expired, scope.cancelCalled], ["result", false, false]);
  });
});

Deno.test("CancelScope.run() takes a plain function", async () => {
  assertEquals(await run(() => new CancelScope().run(() => 5)), 5);
});

Deno.test("CancelScope.run() passes on what the body threw", async () => {
  await run(async () => {
    const thrown = new Error("mine");
    const scope = new CancelScope();
    const error = await assertRejects(() => scope.run(() => Promise.reject(thrown)));
    assertStrictEquals(error, thrown);
  });
});

Deno.test("CancelScope.cancel() interrupts the body, and run() resolves with undefined", async () => {
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => scope.cancel());
    assertEquals(await scope.run(() => sleep(Infinity)), undefined);
    assertEquals([scope.cancelCalled, scope.expired], [true, false]);
  });
});

Deno.test("CancelScope.cancel(reason) raises a TaskCancelled whose message is the reason", async () => {
  await run(async () => {
    const scope = new CancelScope();
    const canceller = spawn(() => scope.cancel("the user gave up"));
    const error = await interruption(scope);
    assertInstanceOf(error, TaskCancelled);
    assertEquals(error.message, "the user gave up");
    assertEquals([error.origin.kind, error.origin.reason], ["scope", "the user gave up"]);
    assertStrictEquals(error.origin.by, canceller);
  });
});

Deno.test("CancelScope.cancel() without a reason says whose scope was cancelled", async () => {
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => scope.cancel());
    const error = await interruption(scope);
    assertStringIncludes(error.message, `task ${currentTask().id}`);
    assertEquals(error.origin.reason, undefined);
  });
});

Deno.test("CancelScope.cancel() returns before any other code runs", async () => {
  const trace: string[] = [];
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => {
      scope.cancel();
      trace.push("returned");
    });
    await scope.run(async (scope) => {
      scope.signal.addEventListener("abort", () => trace.push("abort event"));
      await sleep(Infinity).finally(() => trace.push("body"));
    });
  });
  assertEquals(trace[0], "returned");
  assertEquals(trace.toSorted(), ["abort event", "body", "returned"]);
});

Deno.test("CancelScope.cancel() may be called by the body itself: its next wait is interrupted", async () => {
  const trace: string[] = [];
  await run(async () => {
    await new CancelScope().run(async (scope) => {
      scope.cancel();
      trace.push("goes on");
      await sleep(0);
      trace.push("never");
    });
    await sleep(0);
    trace.push("outside");
  });
  assertEquals(trace, ["goes on", "outside"]);
});

Deno.test("CancelScope.cancel() may be called from a host callback", async () => {
  await run(async () => {
    const scope = new CancelScope();
    setTimeout(() => scope.cancel("from the host"), 1);
    assertEquals((await interruption(scope)).message, "from the host");
  });
});

Deno.test("CancelScope.cancel() outside any task and between runs takes effect in the next run", async () => {
  await using kernel = new Kernel();
  const scope = new CancelScope();
  const { task } = await kernel.run(async () => {
    const task = spawn(() => scope.run(() => sleep(Infinity)).then(() => "recovered"));
    await schedule();
    return { task };
  });
  scope.cancel();
  await hostTurn();
  assertFalse(task.terminated);
  assertEquals(await kernel.run(() => task.join()), "recovered");
});

Deno.test("CancelScope.cancel() delivers once: waits of the clean-up proceed", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const scope = new CancelScope();
    spawn(() => scope.cancel());
    await scope.run(async () => {
      try {
        await sleep(Infinity);
      } finally {
        await sleep(0);
        await sleep(0.001);
        trace.push("cleaned up");
      }
    });
  });
  assertEquals(trace, ["cleaned up"]);
});

Deno.test("CancelScope.cancel() a second time does nothing", async () => {
  const trace: string[] = [];
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => scope.cancel("first"));
    const result = await scope.run(async (scope) => {
      try {
        await sleep(Infinity);
      } catch (error) {
        trace.push((error as Error).message);
        scope.cancel("second");
        await sleep(0);
        return "cleaned up";
      }
    });
    trace.push(String(result));
  });
  assertEquals(trace, ["first", "cleaned up"]);
});

Deno.test("CancelScope.cancel() after its deadline interrupted the body lets the clean-up proceed", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.001 });
    const inCleanUp = new Event();
    const canceller = spawn(() => inCleanUp.wait().then(() => scope.cancel("late")));
    await scope.run(async () => {
      try {
        await sleep(20);
      } finally {
        inCleanUp.set();
        await sleep(0.002);
        trace.push("cleaned up");
      }
    });
    await canceller.join();
    assert(scope.expired);
  });
  assertEquals(trace, ["cleaned up"]);
});

Deno.test("CancelScope whose deadline passes after cancel() lets the clean-up proceed", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.002 });
    spawn(() => scope.cancel());
    const result = await scope.run(async () => {
      await sleep(20).catch(() => {});
      await sleep(0.005);
      return "cleaned up";
    });
    assertEquals([result, scope.expired], ["cleaned up", false]);
  });
});

Deno.test("CancelScope.cancel() after the body has ended does nothing", async () => {
  await run(async () => {
    const scope = new CancelScope();
    await scope.run(() => sleep(0));
    scope.cancel();
    await sleep(0);
    assertFalse(currentTask().cancelled);
    assertFalse(scope.signal.aborted);
  });
});

Deno.test("CancelScope.cancel() before run(): the first wait of the body is interrupted", async () => {
  const trace: string[] = [];
  await run(async () => {
    const scope = new CancelScope();
    scope.cancel("early");
    assert(scope.cancelCalled);
    const result = await scope.run(async () => {
      trace.push("body");
      await sleep(0).catch((error) => {
        trace.push(error.message);
        throw error;
      });
    });
    assertEquals(result, undefined);
  });
  assertEquals(trace, ["body", "early"]);
});

Deno.test("CancelScope.cancel() of a body that catches it: run() gives what the body returned", async () => {
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => scope.cancel());
    assertEquals(await scope.run(() => sleep(Infinity).catch(() => "caught")), "caught");
    assert(scope.cancelCalled);
  });
});

Deno.test("CancelScope.cancel() interrupts every wait that is pending inside", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    const scope = new CancelScope();
    spawn(() => scope.cancel());
    const results = await scope.run(() =>
      Promise.allSettled([sleep(Infinity), queue.get(), new Event().wait()])
    );
    assertEquals(results?.map((each) => each.status), ["rejected", "rejected", "rejected"]);
    assertEquals(queue.statistics().waiting, 0);
  });
});

Deno.test("CancelScope.cancel() leaves the task's waits outside alone", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const scope = new CancelScope();
    const outside = queue.get();
    spawn(() => scope.cancel());
    await scope.run(() => sleep(Infinity));
    queue.putNowait("kept");
    assertEquals(await outside, "kept");
  });
});

Deno.test("CancelScope.cancel() does not reach tasks spawned inside", async () => {
  await virtually(async () => {
    const scope = new CancelScope();
    const tasks: Task<string>[] = [];
    await scope.run(async () => {
      tasks.push(spawn(() => sleep(0.002).then(() => "unharmed")));
      scope.cancel();
      await sleep(Infinity);
    });
    assertEquals(await tasks[0].join(), "unharmed");
  });
});

Deno.test("CancelScope.cancel() of an outer scope passes through the inner one", async () => {
  await run(async () => {
    const outer = new CancelScope();
    const inner = new CancelScope();
    const trace: string[] = [];
    spawn(() => outer.cancel());
    await outer.run(async () => {
      await inner.run(() => sleep(Infinity));
      trace.push("never");
    });
    assertEquals(trace, []);
    assertEquals([outer.cancelCalled, inner.cancelCalled], [true, false]);
  });
});

Deno.test("CancelScope.cancel() of an inner scope does not concern the outer one", async () => {
  await run(async () => {
    const outer = new CancelScope();
    const result = await outer.run(async () => {
      const inner = new CancelScope();
      spawn(() => inner.cancel());
      await inner.run(() => sleep(Infinity));
      await sleep(0);
      return "outer goes on";
    });
    assertEquals(result, "outer goes on");
  });
});

Deno.test("CancelScope swallows its own cancellation and no other's, though the class is the same", async () => {
  await run(async () => {
    const first = new CancelScope();
    const error = await (async () => {
      let stolen: unknown;
      spawn(() => first.cancel());
      await first.run(() => sleep(Infinity).catch((e) => void (stolen = e)));
      return stolen;
    })();
    const second = new CancelScope();
    assertStrictEquals(await assertRejects(() => second.run(() => Promise.reject(error))), error);
  });
});

Deno.test("CancelScope lets the cancellation of its task through", async () => {
  await run(async () => {
    const task = spawn(() => new CancelScope().run(() => sleep(Infinity)));
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("CancelScope cancelled together with its task: the task's cancellation wins", async () => {
  const trace: string[] = [];
  await run(async () => {
    const scope = new CancelScope();
    const task = spawn(async () => {
      await scope.run(() => sleep(Infinity));
      trace.push("never");
      await sleep(0);
    });
    await schedule();
    void task.cancel({ blocking: false });
    scope.cancel();
    await task.wait();
    assertInstanceOf(task.exception, TaskCancelled);
    assertEquals(task.exception.origin.kind, "cancel");
  });
  assertEquals(trace, []);
});

Deno.test("CancelScope cancelled first, then its task: the task is cancelled at its next wait", async () => {
  const trace: string[] = [];
  await run(async () => {
    const scope = new CancelScope();
    const task = spawn(async () => {
      await scope.run(() => sleep(Infinity));
      trace.push("scope left");
      await sleep(0);
      trace.push("never");
    });
    await schedule();
    scope.cancel();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["scope left"]);
});

Deno.test("CancelScopes in Promise.all are cancelled one by one", async () => {
  await run(async () => {
    const [a, b] = [new CancelScope(), new CancelScope()];
    const event = new Event();
    spawn(async () => {
      a.cancel();
      await schedule();
      event.set();
    });
    const results = await Promise.all([
      a.run(() => sleep(Infinity).then(() => "a")),
      b.run(() => event.wait().then(() => "b")),
    ]);
    assertEquals(results, [undefined, "b"]);
  });
});

// -- Time

Deno.test("CancelScope({ timeout }) interrupts the body with TaskTimeout, and expires", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.002 });
    const error = await interruption(scope);
    assertInstanceOf(error, TaskTimeout);
    assertEquals(error.origin, { kind: "timeout", by: null, reason: 0.002 });
    assertEquals([scope.expired, scope.cancelCalled], [true, false]);
  });
});

Deno.test("CancelScope({ timeout }) counts from run(), not from its making", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.02 });
    assertEquals(scope.deadline, Infinity);
    hog(0.005);
    const start = clock();
    await scope.run(() => assert(scope.deadline >= start + 0.02));
  });
});

Deno.test("CancelScope({ timeout }) takes a duration object", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: { milliseconds: 1 } });
    assertEquals(await scope.run(() => sleep(Infinity)), undefined);
    assert(scope.expired);
  });
});

Deno.test("CancelScope({ deadline }) interrupts the body at that moment of the clock", async () => {
  await virtually(async () => {
    const deadline = clock() + 0.002;
    const scope = new CancelScope({ deadline });
    assertEquals(scope.deadline, deadline);
    await scope.run(() => sleep(Infinity));
    assert(scope.expired);
    assert(clock() >= deadline);
  });
});

Deno.test("CancelScope({ deadline }) in the past interrupts the first wait", async () => {
  await virtually(async () => {
    const trace: string[] = [];
    const scope = new CancelScope({ deadline: clock() - 1 });
    await scope.run(async () => {
      trace.push("body");
      await sleep(0);
      trace.push("never");
    });
    assertEquals([trace, scope.expired], [["body"], true]);
  });
});

Deno.test("CancelScope({ timeout, deadline }) goes by the earlier", async () => {
  await virtually(async () => {
    const start = clock();
    const byTimeout = new CancelScope({ timeout: 1, deadline: start + 1000 });
    await byTimeout.run(() => assert(byTimeout.deadline < start + 100));
    const byDeadline = new CancelScope({ timeout: 1000, deadline: start + 1 });
    await byDeadline.run(() => assertEquals(byDeadline.deadline, start + 1));
  });
});

Deno.test("CancelScope.deadline is Infinity without a limit", () => {
  assertEquals(new CancelScope().deadline, Infinity);
});

Deno.test("CancelScope.deadline can be moved closer while the body waits", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 1000 });
    spawn(() => {
      scope.deadline = clock() + 0.001;
    });
    await scope.run(() => sleep(Infinity));
    assert(scope.expired);
  });
});

Deno.test("CancelScope.deadline can be moved into the past while the body waits", async () => {
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => {
      scope.deadline = 0;
    });
    await scope.run(() => sleep(Infinity));
    assert(scope.expired);
  });
});

Deno.test("CancelScope.deadline can be moved away again and again", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.004 });
    const result = await scope.run(async () => {
      for (let n = 0; n < 4; n++) {
        scope.deadline = clock() + 1;
        await sleep(0.002);
      }
      return "done";
    });
    assertEquals([result, scope.expired], ["done", false]);
  });
});

Deno.test("CancelScope.deadline set to Infinity lifts the limit", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.001 });
    const result = await scope.run(async () => {
      scope.deadline = Infinity;
      await sleep(0.004);
      return "done";
    });
    assertEquals(result, "done");
  });
});

Deno.test("CancelScope.deadline moved after it expired does not interrupt the clean-up", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.001 });
    const result = await scope.run(async () => {
      await sleep(Infinity).catch(() => {});
      scope.deadline = clock() + 0.001;
      await sleep(0.003);
      return "cleaned up";
    });
    assertEquals(result, "cleaned up");
  });
});

Deno.test("CancelScope.deadline moved after the body has ended is harmless", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 1 });
    await scope.run(() => {});
    scope.deadline = 0;
    await sleep(0);
    await sleep(0.001);
    assertFalse(scope.expired);
  });
});

Deno.test("CancelScope.deadline set before run() counts", async () => {
  await virtually(async () => {
    const scope = new CancelScope();
    scope.deadline = clock() + 0.001;
    await scope.run(() => sleep(Infinity));
    assert(scope.expired);
  });
});

Deno.test("CancelScope refuses bad timeouts and deadlines with a RangeError", () => {
  assertThrows(() => new CancelScope({ timeout: NaN }), RangeError, "timeout of a CancelScope");
  assertThrows(() => new CancelScope({ timeout: -1 }), RangeError, "-1");
  assertThrows(
    () => new CancelScope({ deadline: NaN }),
    RangeError,
    "Cannot use NaN as a deadline",
  );
  assertThrows(() => (new CancelScope().deadline = NaN), RangeError, "clock()");
});

Deno.test("CancelScope.expired is false when the body ended in time, though late to return", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.001 });
    assertEquals(await scope.run(() => (hog(0.003), "done")), "done");
    await sleep(0.002);
    assertFalse(scope.expired);
  });
});

Deno.test("CancelScope.expired is true though the body caught the timeout", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 0.001 });
    assertEquals(await scope.run(() => sleep(Infinity).catch(() => "caught")), "caught");
    assert(scope.expired);
  });
});

Deno.test("CancelScope.expired is true when a foreign promise obeyed the signal at the deadline", async () => {
  await run(async () => {
    const scope = new CancelScope({ timeout: 0.002 });
    const result = await scope.run(({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    );
    assertEquals([result, scope.expired, scope.cancelCalled], [undefined, true, false]);
  });
});

Deno.test("CancelScope inside an expiring timeoutAfter() sees TimeoutCancellationError and passes it on", async () => {
  await virtually(async () => {
    const scope = new CancelScope({ timeout: 10 });
    let inside: unknown;
    await assertRejects(() =>
      timeoutAfter(0.002, () =>
        scope.run(() =>
          sleep(20).catch((error) => {
            inside = error;
            throw error;
          })
        )), TaskTimeout);
    assertInstanceOf(inside, TimeoutCancellationError);
    assertFalse(scope.expired);
  });
});

Deno.test("CancelScope that expires inside an unexpired timeoutAfter() does not concern it", async () => {
  await virtually(async () => {
    const result = await timeoutAfter(10, async () => {
      await new CancelScope({ timeout: 0.001 }).run(() => sleep(20));
      await sleep(0.001);
      return "fine";
    });
    assertEquals(result, "fine");
  });
});

Deno.test("CancelScope lets a timeout pass that escaped from a timeoutAfter() around it", async () => {
  await virtually(() =>
    assertRejects(
      () =>
        timeoutAfter(10, () =>
          new CancelScope({ timeout: 5 }).run(() => timeoutAfter(0.001, sleep, 20))),
      UncaughtTimeoutError,
    )
  );
});

Deno.test("CancelScope left after the outer deadline passed: that is delivered again", async () => {
  const trace: string[] = [];
  await virtually(() =>
    timeoutAfter(0.002, async () => {
      const scope = new CancelScope({ timeout: 10 });
      await scope.run(() => sleep(20)).catch((error) => trace.push(error.name));
      await sleep(20).catch((error) => {
        trace.push(error.name);
        throw error;
      });
    }).catch((error) => trace.push(error.name))
  );
  assertEquals(trace, ["TimeoutCancellationError", "TaskTimeout", "TaskTimeout"]);
});

// -- The outside signal

Deno.test("CancelScope({ signal }) is cancelled when it aborts, the reason as cause", async () => {
  await run(async () => {
    const controller = new AbortController();
    const reason = new Error("closed the window");
    const scope = new CancelScope({ signal: controller.signal });
    spawn(() => controller.abort(reason));
    const error = await interruption(scope);
    assertInstanceOf(error, TaskCancelled);
    assertStrictEquals(error.cause, reason);
    assertEquals([error.origin.kind, error.origin.by], ["signal", null]);
    assertStrictEquals(error.origin.reason, reason);
    assertEquals([scope.cancelCalled, scope.expired], [true, false]);
  });
});

Deno.test("CancelScope({ signal }) aborted before: the first wait of the body is interrupted", async () => {
  await run(async () => {
    const scope = new CancelScope({ signal: AbortSignal.abort("before") });
    const error = await interruption(scope);
    assertEquals([error.cause, scope.cancelCalled], ["before", true]);
  });
});

Deno.test("CancelScope({ signal }) leaves no listener once the body has ended, however it did", async () => {
  const { controller, count } = countingSignal();
  const { signal } = controller;
  await run(async () => {
    await new CancelScope({ signal }).run(() => assertEquals(count(), 1));
    await assertRejects(() => new CancelScope({ signal }).run(() => Promise.reject(new Error())));
    await new CancelScope({ signal, timeout: 0 }).run(() => sleep(1));
    assertEquals(count(), 0);
    const scope = new CancelScope({ signal });
    spawn(() => controller.abort());
    await scope.run(() => sleep(1));
    assertEquals(count(), 0);
  });
});

Deno.test("CancelScope({ signal }) aborted after the body has ended does nothing", async () => {
  await run(async () => {
    const controller = new AbortController();
    const scope = new CancelScope({ signal: controller.signal });
    assertEquals(await scope.run(() => "done"), "done");
    controller.abort();
    await sleep(0);
    assertFalse(scope.cancelCalled);
  });
});

// -- Its own signal

Deno.test("CancelScope.signal aborts with the very error that interrupts the body", async () => {
  await run(async () => {
    const scope = new CancelScope();
    const { signal } = scope;
    spawn(() => scope.cancel("why"));
    const error = await interruption(scope);
    assert(signal.aborted);
    assertStrictEquals(signal.reason, error);
    assertStrictEquals(scope.signal, signal);
  });
});

Deno.test("CancelScope.signal is currentSignal() inside", async () => {
  await run(() =>
    new CancelScope().run((scope) => assertStrictEquals(scope.signal, currentSignal()))
  );
});

Deno.test("CancelScope.signal is not aborted by leaving the scope normally", async () => {
  await run(async () => {
    const scope = new CancelScope();
    const signal = await scope.run(() => currentSignal());
    await hostTurn();
    assertFalse(signal?.aborted);
  });
});

Deno.test("CancelScope.signal aborts when an outer scope is cancelled", async () => {
  await run(async () => {
    const outer = new CancelScope();
    const inner = new CancelScope();
    spawn(() => outer.cancel("outer"));
    await outer.run(() => inner.run(() => (inner.signal, sleep(Infinity))));
    assert(inner.signal.aborted);
    assertEquals(inner.signal.reason.message, "outer");
  });
});

Deno.test("CancelScope.signal aborts when its task is cancelled", async () => {
  await run(async () => {
    const scope = new CancelScope();
    const { signal } = scope;
    const task = spawn(() => scope.run(() => sleep(Infinity)));
    await schedule();
    await task.cancel();
    assertStrictEquals(signal.reason, task.exception);
  });
});

Deno.test("CancelScope.signal taken before run() aborts when the scope is cancelled before run()", async () => {
  const scope = new CancelScope();
  const { signal } = scope;
  scope.cancel("early");
  await hostTurn();
  assert(signal.aborted);
  assertInstanceOf(signal.reason, CancelledError);
});

Deno.test("CancelScope.signal asked for after the cancellation is aborted already", async () => {
  await run(async () => {
    const scope = new CancelScope();
    spawn(() => scope.cancel("why"));
    const reason = await scope.run(async () => {
      await sleep(Infinity).catch(() => {});
      return scope.signal.reason;
    });
    assertEquals(reason.message, "why");
  });
});

Deno.test("CancelScope.signal's abort listeners run after cancel() has returned", async () => {
  const trace: string[] = [];
  await run(async () => {
    await new CancelScope().run(async (scope) => {
      scope.signal.addEventListener("abort", () => trace.push("listener"));
      scope.cancel();
      trace.push("cancel returned");
      await sleep(0);
    });
  });
  assertEquals(trace, ["cancel returned", "listener"]);
});

// -- shield

Deno.test("CancelScope({ shield }) keeps a cancellation out until it is left", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      await new CancelScope({ shield: true }).run(async () => {
        await sleep(0.001);
        trace.push("shielded");
      });
      trace.push("outside");
      await sleep(0);
      trace.push("never");
    });
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["shielded", "outside"]);
});

Deno.test("CancelScope({ shield, timeout }) can be cancelled and expires itself", async () => {
  await virtually(async () => {
    const expiring = new CancelScope({ shield: true, timeout: 0.001 });
    assertEquals(await expiring.run(() => sleep(Infinity)), undefined);
    assert(expiring.expired);
    const cancelled = new CancelScope({ shield: true });
    spawn(() => cancelled.cancel());
    assertEquals(await cancelled.run(() => sleep(Infinity)), undefined);
  });
});

Deno.test("CancelScope({ shield }) has a fresh signal that outer cancellations do not abort", async () => {
  await virtually(async () => {
    const task = spawn(() =>
      sleep(Infinity).catch(() =>
        new CancelScope({ shield: true }).run(async ({ signal }) => {
          await sleep(0.001);
          return signal.aborted;
        })
      )
    );
    await schedule();
    await task.cancel();
    assertEquals(task.result, false);
  });
});

// -- Misuse

Deno.test("CancelScope.run() a second time rejects with CurioError", async () => {
  await run(async () => {
    const scope = new CancelScope();
    await scope.run(() => {});
    await assertRejects(
      () => scope.run(() => {}),
      CurioError,
      "twice: make a new one for each use",
    );
  });
});

Deno.test("CancelScope.run() inside itself rejects with CurioError, and the outer run goes on", async () => {
  await run(async () => {
    const result = await new CancelScope().run(async (scope) => {
      await assertRejects(() => scope.run(() => {}), CurioError, "twice");
      await sleep(0);
      return "unharmed";
    });
    assertEquals(result, "unharmed");
  });
});

Deno.test("CancelScope.run() outside a task rejects with CurioError, and the scope stays usable", async () => {
  const scope = new CancelScope();
  await assertRejects(() => scope.run(() => {}), CurioError, "CancelScope.run() outside a task");
  assertEquals(await run(() => scope.run(() => "used")), "used");
});

Deno.test("CancelScope.run() refuses what is no function with a TypeError of ours", async () => {
  await run(async () => {
    const body = 5 as unknown as () => void;
    await assertRejects(() => new CancelScope().run(body), TypeError, "Cannot run 5");
  });
});

Deno.test("CancelScope.run() never awaited and cancelled rejects nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    run({ log: new RecordingLog() }, async () => {
      const task = spawn(async () => {
        const { signal } = new AbortController();
        void new CancelScope().run(() => sleep(Infinity));
        void new CancelScope({ signal, timeout: 5 }).run(() => sleep(Infinity));
        void new CancelScope({ signal }).run(() => new CancelScope().run(() => sleep(Infinity)));
        await sleep(Infinity);
      });
      await schedule();
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

Deno.test("CancelScope prints itself", async () => {
  await virtually(async () => {
    const scope = new CancelScope();
    const shown = [Deno.inspect(scope)];
    await scope.run(() => {
      shown.push(Deno.inspect(scope));
      scope.cancel();
    });
    const expired = new CancelScope({ timeout: 5 });
    await expired.run(() => sleep(10));
    shown.push(Deno.inspect(scope), Deno.inspect(expired));
    assertEquals(shown, [
      "CancelScope [not run yet]",
      "CancelScope [running]",
      "CancelScope [left, cancelled]",
      "CancelScope [left, expired, deadline 5]",
    ]);
  });
});
