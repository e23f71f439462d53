import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  run,
  schedule,
  SignalEvent,
  SignalQueue,
  SignalSet,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";

// Signals whose default action is to be ignored: no test can end the process with one. What a signal
// does to a process is tested in signal_program_test.ts.
const [A, B] = ["SIGURG", "SIGWINCH"] as const;

/** Sends this process `signals`, each when the one before has arrived. */
async function send(...signals: Deno.Signal[]): Promise<void> {
  // A listener does not keep the event loop alive: outside a run, this does.
  const alive = setInterval(() => {}, 1000);
  for (const signal of signals) {
    const arrived = Promise.withResolvers<void>();
    // Added last, called last: whoever listened before has been told by then.
    Deno.addSignalListener(signal, arrived.resolve);
    Deno.kill(Deno.pid, signal);
    await arrived.promise;
    Deno.removeSignalListener(signal, arrived.resolve);
  }
  clearInterval(alive);
}

/** Calls `act` in the very turn in which `signal` arrives: by now, before those who listen later. */
function onArrival(signal: Deno.Signal, act: () => void): Disposable {
  Deno.addSignalListener(signal, act);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, act) };
}

function cancelNow(task: Task): void {
  void task.cancel({ blocking: false });
}

const KINDS = { SignalQueue, SignalEvent, SignalSet };

// -- All three

Deno.test("SignalQueue, SignalEvent and SignalSet of no signals are a TypeError", () => {
  for (const [name, Kind] of Object.entries(KINDS)) {
    assertAdvice(assertThrows(() => new Kind(), TypeError), new RegExp(`${name}.*no signals`));
  }
});

Deno.test("SignalQueue and SignalEvent of what is no signal's name are a TypeError", () => {
  for (const wrong of ["SIGNONSENSE", 1, undefined, "sigint"]) {
    const name = wrong as Deno.Signal;
    for (const Kind of [SignalQueue, SignalEvent]) {
      const error = assertThrows(() => new Kind(name), TypeError);
      assert(error.message.includes(String(wrong)), error.message);
    }
  }
});

Deno.test("SignalQueue and SignalEvent of a signal that cannot be caught are a TypeError", () => {
  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    for (const Kind of [SignalQueue, SignalEvent]) {
      const error = assertThrows(() => new Kind(A, signal), TypeError);
      assertAdvice(error, new RegExp(signal));
    }
  }
});

Deno.test("SignalSet of a signal that cannot be caught rejects with TypeError, and does not run the body", async () => {
  const trace: string[] = [];
  await run(async () => {
    for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
      const set = new SignalSet(signal);
      await assertRejects(() => set.wait(), TypeError, signal);
      await assertRejects(() => set.run(() => trace.push("ran")), TypeError, signal);
      await assertRejects(() => set.ignore(() => trace.push("ran")), TypeError, signal);
    }
  });
  assertEquals(trace, []);
});

Deno.test("SignalQueue.get(), SignalEvent.wait() and SignalSet.wait() reject outside a task", async () => {
  using queue = new SignalQueue(A);
  using event = new SignalEvent(A);
  using set = new SignalSet(A);
  const outside = /outside a task/;
  assertAdvice(await assertRejects(() => queue.get(), CurioError), outside);
  assertAdvice(await assertRejects(() => event.wait(), CurioError), outside);
  event.set();
  assertAdvice(await assertRejects(() => event.wait(), CurioError), outside);
  assertAdvice(await assertRejects(() => set.wait(), CurioError), outside);
  await send(A);
  assertAdvice(await assertRejects(() => queue.get(), CurioError), outside);
  assertEquals(queue.statistics(), { waiting: 0, arrived: 1 });
});

Deno.test("SignalQueue, SignalEvent and SignalSet show SIGNAL_WAIT", async () => {
  await run(async () => {
    using queue = new SignalQueue(A);
    using event = new SignalEvent(A);
    using set = new SignalSet(A);
    const tasks = [spawn(() => queue.get()), spawn(() => event.wait()), spawn(() => set.wait())];
    await reachAll(tasks, "SIGNAL_WAIT");
    assertEquals([queue, event, set].map((each) => each.statistics().waiting), [1, 1, 1]);
    for (const task of tasks) await task.cancel();
    assertEquals([queue, event, set].map((each) => each.statistics().waiting), [0, 0, 0]);
  });
});

Deno.test("SignalQueue, SignalEvent and SignalSet print their signals and their state", () => {
  using queue = new SignalQueue(A, B);
  using event = new SignalEvent(A);
  using set = new SignalSet(B);
  assertEquals([Deno.inspect(queue), Deno.inspect(event), Deno.inspect(set)], [
    "SignalQueue [SIGURG SIGWINCH, listening]",
    "SignalEvent [SIGURG, not set]",
    "SignalSet [SIGWINCH, idle]",
  ]);
  queue.close();
  assertEquals(Deno.inspect(queue), "SignalQueue [SIGURG SIGWINCH, closed]");
});

Deno.test("SignalQueues and SignalEvents on one signal are all told of it", async () => {
  await run(async () => {
    using first = new SignalQueue(A);
    using second = new SignalQueue(B, A);
    using event = new SignalEvent(A);
    await send(A);
    assertEquals([await first.get(), await second.get(), event.isSet()], [A, A, true]);
  });
});

Deno.test("SignalQueue closed leaves another on the same signal listening", async () => {
  await run(async () => {
    const first = new SignalQueue(A);
    using second = new SignalQueue(A);
    first.close();
    await send(A);
    assertEquals(await second.get(), A);
  });
});

// -- SignalQueue

Deno.test("SignalQueue.get() waits for a signal and gives its name", async () => {
  await run(async () => {
    using queue = new SignalQueue(A, B);
    const task = spawn(() => queue.get());
    await reach(task, "SIGNAL_WAIT");
    await send(B);
    assertEquals(await task.join(), B);
  });
});

Deno.test("SignalQueue queues what arrives while nobody waits, from its making on, in order", async () => {
  await run(async () => {
    using queue = new SignalQueue(A, B);
    const sent = [A, B, B, A, A];
    await send(...sent);
    assertEquals(queue.statistics(), { waiting: 0, arrived: 5 });
    const got: Deno.Signal[] = [];
    for (const _ of sent) got.push(await queue.get());
    assertEquals(got, sent);
  });
});

Deno.test("SignalQueue that names a signal twice queues it once", async () => {
  using queue = new SignalQueue(A, A);
  await send(A);
  assertEquals(queue.statistics().arrived, 1);
});

Deno.test("SignalQueue.get() serves waiters first come, first served, each with one arrival", async () => {
  const trace: string[] = [];
  await run(async () => {
    using queue = new SignalQueue(A, B);
    const tasks = ["first", "second"].map((name) =>
      spawn(async () => void trace.push(`${name} got ${await queue.get()}`))
    );
    await reachAll(tasks, "SIGNAL_WAIT");
    await send(B, A);
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["first got SIGWINCH", "second got SIGURG"]);
});

Deno.test("SignalQueue.get() of what has arrived is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    using queue = new SignalQueue(A);
    await send(A);
    const task = spawn(async () => {
      trace.push(await queue.get());
      await queue.get().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
  });
  assertEquals(trace, [A, "cancelled at the next blocking point"]);
});

Deno.test("SignalQueue.get() cancelled before or while it waits takes nothing", async () => {
  await run(async () => {
    using queue = new SignalQueue(A);
    const before = spawn(() => queue.get());
    await before.cancel({ blocking: false });
    const during = spawn(() => queue.get());
    await before.wait();
    await reach(during, "SIGNAL_WAIT");
    await during.cancel();
    for (const task of [before, during]) assert(task.exception instanceof TaskCancelled);
    await send(A);
    assertEquals(queue.statistics(), { waiting: 0, arrived: 1 });
  });
});

Deno.test("SignalQueue.get() cancelled just before the signal arrives takes nothing", async () => {
  await run(async () => {
    const task = spawn((): Promise<Deno.Signal> => queue.get());
    using _hook = onArrival(A, () => cancelNow(task));
    using queue = new SignalQueue(A);
    await reach(task, "SIGNAL_WAIT");
    await send(A);
    await task.wait();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(queue.statistics().arrived, 1);
  });
});

Deno.test("SignalQueue.get() cancelled just after the signal arrived returns it", async () => {
  const trace: string[] = [];
  await run(async () => {
    using queue = new SignalQueue(A);
    const task = spawn(async () => {
      trace.push(await queue.get());
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    using _hook = onArrival(A, () => cancelNow(task));
    await reach(task, "SIGNAL_WAIT");
    await send(A);
    await task.wait();
  });
  assertEquals(trace, [A, "cancelled at the next blocking point"]);
});

Deno.test("SignalQueue.get() out of time takes nothing", async () => {
  await run(async () => {
    using queue = new SignalQueue(A);
    await assertRejects(() => timeoutAfter(0.001, () => queue.get()), TaskTimeout);
    await send(A);
    assertEquals(await queue.get(), A);
  });
});

Deno.test("SignalQueue.close() gives CurioError to every task that waits, and to later calls", async () => {
  await run(async () => {
    const queue = new SignalQueue(A);
    const tasks = [1, 2].map(() => spawn(() => assertRejects(() => queue.get(), CurioError)));
    await reachAll(tasks, "SIGNAL_WAIT");
    queue.close();
    for (const task of tasks) assertAdvice(await task.join(), /SignalQueue.*closed/);
    assertAdvice(await assertRejects(() => queue.get(), CurioError), /SignalQueue.*closed/);
    assertEquals(queue.statistics().waiting, 0);
  });
});

Deno.test("SignalQueue.close() twice does nothing more", () => {
  const queue = new SignalQueue(A);
  queue.close();
  queue.close();
  assertEquals(Deno.inspect(queue), "SignalQueue [SIGURG, closed]");
});

Deno.test("SignalQueue is closed by using and by await using, also when the block throws", async () => {
  const queues: SignalQueue[] = [];
  await run(async () => {
    {
      using queue = new SignalQueue(A);
      queues.push(queue);
    }
    await assertRejects(
      async () => {
        await using queue = new SignalQueue(A);
        queues.push(queue);
        throw new Error("in the block");
      },
      Error,
      "in the block",
    );
    for (const queue of queues) await assertRejects(() => queue.get(), CurioError, "closed");
  });
});

Deno.test("for await of a SignalQueue gives the signals until it is left", async () => {
  await run(async () => {
    using queue = new SignalQueue(A, B);
    const reader = spawn(async () => {
      const got: Deno.Signal[] = [];
      for await (const signal of queue) {
        got.push(signal);
        if (got.length === 3) break;
      }
      return got;
    });
    await reach(reader, "SIGNAL_WAIT");
    await send(B, A, B, A);
    assertEquals(await reader.join(), [B, A, B]);
    assertEquals(queue.statistics(), { waiting: 0, arrived: 1 });
  });
});

// -- SignalEvent

Deno.test("SignalEvent is set by any of its signals, and stays so until cleared", async () => {
  await run(async () => {
    using event = new SignalEvent(A, B);
    assertFalse(event.isSet());
    await send(B);
    assert(event.isSet());
    await event.wait();
    await event.wait();
    event.clear();
    assertFalse(event.isSet());
    const task = spawn(() => event.wait());
    await reach(task, "SIGNAL_WAIT");
    await send(A);
    await task.join();
  });
});

Deno.test("SignalEvent wakes every waiter", async () => {
  await run(async () => {
    using event = new SignalEvent(A);
    const tasks = [1, 2, 3].map(() => spawn(() => event.wait()));
    await reachAll(tasks, "SIGNAL_WAIT");
    await send(A);
    for (const task of tasks) await task.join();
  });
});

Deno.test("SignalEvent.set() does what a signal does", async () => {
  await run(async () => {
    using event = new SignalEvent(A);
    const task = spawn(() => event.wait());
    await reach(task, "SIGNAL_WAIT");
    event.set();
    await task.join();
    assert(event.isSet());
  });
});

Deno.test("SignalEvent.wait() of a set event is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    using event = new SignalEvent(A);
    event.set();
    const task = spawn(async () => {
      await event.wait();
      trace.push("went through");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
  });
  assertEquals(trace, ["went through", "cancelled at the next blocking point"]);
});

Deno.test("SignalEvent.wait() cancelled before, during and just after the signal", async () => {
  const ends: unknown[] = [];
  await run(async () => {
    using event = new SignalEvent(A);
    const before = spawn(() => event.wait());
    await before.cancel({ blocking: false });
    const during = spawn(() => event.wait());
    await before.wait();
    await reach(during, "SIGNAL_WAIT");
    await during.cancel();
    const after = spawn(async () => {
      await event.wait();
      return await schedule().catch(() => "woken, then cancelled");
    });
    await reach(after, "SIGNAL_WAIT");
    using _hook = onArrival(A, () => cancelNow(after));
    await send(A);
    await after.wait();
    for (const task of [before, during]) ends.push(task.exception instanceof TaskCancelled);
    ends.push(after.result);
  });
  assertEquals(ends, [true, true, "woken, then cancelled"]);
});

Deno.test("SignalEvent.close() gives CurioError to who waits, and does not take back a signal", async () => {
  await run(async () => {
    const event = new SignalEvent(A);
    const task = spawn(() => assertRejects(() => event.wait(), CurioError));
    await reach(task, "SIGNAL_WAIT");
    event.close();
    assertAdvice(await task.join(), /SignalEvent.*closed/);
    await assertRejects(() => event.wait(), CurioError, "closed");
    const other = new SignalEvent(B);
    await send(B);
    other.close();
    await other.wait();
    assert(other.isSet());
  });
});

// -- SignalSet

Deno.test("SignalSet.wait() gives the signal that arrives", async () => {
  await run(async () => {
    const set = new SignalSet(A, B);
    const task = spawn(() => set.wait());
    await reach(task, "SIGNAL_WAIT");
    await send(B);
    assertEquals(await task.join(), B);
  });
});

Deno.test("SignalSet listens only while somebody waits: what arrives between waits is missed", async () => {
  await run(async () => {
    const set = new SignalSet(A, B);
    await send(A);
    const task = spawn(() => set.wait());
    await reach(task, "SIGNAL_WAIT");
    await send(B);
    assertEquals(await task.join(), B);
    assertEquals(Deno.inspect(set), "SignalSet [SIGURG SIGWINCH, idle]");
  });
});

Deno.test("SignalSet.run() listens throughout: what arrives between waits is queued in order", async () => {
  await run(async () => {
    const got = await new SignalSet(A, B).run(async (set) => {
      await send(B, A);
      return [await set.wait(), await set.wait()];
    });
    assertEquals(got, [B, A]);
  });
});

Deno.test("SignalSet.run() stops listening when the body throws, and rethrows its error", async () => {
  await run(async () => {
    const set = new SignalSet(A);
    const failure = new Error("in the body");
    const error = await assertRejects(() => set.run(() => Promise.reject(failure)));
    assert(error === failure);
    assertEquals(Deno.inspect(set), "SignalSet [SIGURG, idle]");
  });
});

Deno.test("SignalSet.run() inside a run() of its own listens until both are left", async () => {
  await run(async () => {
    await new SignalSet(A).run(async (set) => {
      await set.run(() => {});
      await send(A);
      assertEquals(await set.wait(), A);
    });
  });
});

Deno.test("SignalSet.wait() by two tasks outside run() gives each an arrival", async () => {
  await run(async () => {
    const set = new SignalSet(A, B);
    const tasks = [1, 2].map(() => spawn(() => set.wait()));
    await reachAll(tasks, "SIGNAL_WAIT");
    await send(A);
    await tasks[0].join();
    if (!tasks[1].terminated) await send(A);
    assertEquals([await tasks[0].join(), await tasks[1].join()], [A, A]);
  });
});

Deno.test("SignalSet.wait() cancelled stops listening", async () => {
  await run(async () => {
    const set = new SignalSet(A);
    const task = spawn(() => set.wait());
    await reach(task, "SIGNAL_WAIT");
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(Deno.inspect(set), "SignalSet [SIGURG, idle]");
  });
});

Deno.test("SignalSet.wait() cancelled during run() takes nothing", async () => {
  await run(async () => {
    await new SignalSet(A).run(async (set) => {
      const task = spawn(() => set.wait());
      await reach(task, "SIGNAL_WAIT");
      await task.cancel();
      await send(A);
      assertEquals(await set.wait(), A);
    });
  });
});

Deno.test("SignalSet.wait() cancelled just after the signal arrived returns it", async () => {
  await run(async () => {
    const set = new SignalSet(A);
    const task = spawn(() => set.wait());
    await reach(task, "SIGNAL_WAIT");
    using _hook = onArrival(A, () => cancelNow(task));
    await send(A);
    assertEquals(await task.join(), A);
  });
});

Deno.test("SignalSet.close() gives CurioError to who waits, and to later calls", async () => {
  await run(async () => {
    const set = new SignalSet(A);
    const task = spawn(() => assertRejects(() => set.wait(), CurioError));
    await reach(task, "SIGNAL_WAIT");
    set.close();
    assertAdvice(await task.join(), /closed/);
    assertAdvice(await assertRejects(() => set.wait(), CurioError), /SignalSet.*closed/);
    await assertRejects(() => set.run(() => {}), CurioError, "closed");
  });
});

Deno.test("SignalSet.close() tells who waits that it was the SignalSet that was closed", async () => {
  await run(async () => {
    const set = new SignalSet(A);
    const task = spawn(() => assertRejects(() => set.wait(), CurioError));
    await reach(task, "SIGNAL_WAIT");
    set.close();
    assert((await task.join()).message.includes("SignalSet"));
  });
});

Deno.test("SignalSet.ignore() returns what the body returned, and lets other listeners be told", async () => {
  await run(async () => {
    using queue = new SignalQueue(A);
    const result = await new SignalSet(A).ignore(async (set) => {
      assert(set instanceof SignalSet);
      await send(A);
      return "ignored";
    });
    assertEquals([result, await queue.get()], ["ignored", A]);
  });
});

Deno.test("SignalSet.ignore() rethrows the body's error", async () => {
  const failure = new Error("in the body");
  const error = await assertRejects(() => new SignalSet(A).ignore(() => Promise.reject(failure)));
  assert(error === failure);
});
