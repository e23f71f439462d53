import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  CurioError,
  currentTask,
  disableCancellation,
  Event,
  Kernel,
  KeyboardInterrupt,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  Task,
  TaskCancelled,
  TaskError,
  timeoutAfter,
} from "../../mod.ts";
import { whileSecondsPass } from "../helpers/passing_time.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { hostTurn, unhandledRejections } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

/** A kernel whose log is not the console: for tests in which a task crashes on purpose. */
function quietly<R>(main: () => Promise<R> | R): Promise<R> {
  return run({ log: new RecordingLog() }, main);
}

function crash(): never {
  throw new Error("boom");
}

// -- Properties

Deno.test("Task.id is a number that no other task has, and cannot be set", async () => {
  await run(() => {
    const ids = [currentTask(), spawn(sleep, 0), spawn(sleep, 0)].map((task) => task.id);
    assertEquals(new Set(ids).size, 3);
    assert(ids.every(Number.isInteger));
    assertThrows(() => ((currentTask() as { id: number }).id = 1), TypeError);
  });
});

Deno.test("Task.name can be changed, and shows in messages", async () => {
  await run(async () => {
    const task = spawn(sleep, 0);
    task.name = "renamed";
    assertStringIncludes(task.toString(), "name='renamed'");
    await task.join();
  });
});

Deno.test("Task.parentId is the spawner's id, null for the first task, and lasts", async () => {
  await run(async () => {
    const child = spawn(() => currentTask().parentId);
    assertEquals([currentTask().parentId, child.parentId], [null, currentTask().id]);
    assertEquals(await child.join(), currentTask().id);
    assertEquals(child.parentId, currentTask().id);
  });
});

Deno.test("Task.parentId lasts when the parent has ended", async () => {
  await run(async () => {
    const parent = spawn(() => ({ orphan: spawn(sleep, Infinity) }));
    const { orphan } = await parent.join();
    assertEquals(orphan.parentId, parent.id);
    await orphan.cancel();
  });
});

Deno.test("Task.daemon can be changed", async () => {
  await run(async () => {
    const task = spawn(sleep, 0);
    task.daemon = true;
    assert(task.daemon);
    await task.join();
  });
});

Deno.test("Task.state goes from INITIAL over the state of its wait to TERMINATED", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    let running = "";
    const task = spawn(async () => {
      running = currentTask().state;
      await queue.get();
    });
    const states: string[] = [task.state];
    await schedule();
    states.push(running, task.state);
    queue.putNowait(1);
    states.push(task.state);
    await task.join();
    states.push(task.state);
    assertEquals(states, ["INITIAL", "RUNNING", "QUEUE_GET", "READY", "TERMINATED"]);
  });
});

Deno.test("Task.state of a task that joins another is TASK_JOIN", async () => {
  await quietly(async () => {
    const target = spawn(sleep, Infinity);
    const joiner = spawn(() => target.join());
    const waiter = spawn(() => target.wait());
    await schedule();
    assertEquals([joiner.state, waiter.state], ["TASK_JOIN", "TASK_JOIN"]);
    await target.cancel();
    await joiner.wait();
  });
});

Deno.test("Task.state of a task that awaits a foreign promise is PROMISE_WAIT", async () => {
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const task = spawn(() => promise);
    await sleep(0.002);
    assertEquals(task.state, "PROMISE_WAIT");
    resolve();
    await task.join();
  });
});

Deno.test("Task.state seen from the host, of the only task, is PROMISE_WAIT", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let task: Task | null = null;
  // Registered outside the task: in the task's own context it would be the task that runs.
  const timer = setInterval(() => task !== null && resolve(task.state), 1);
  await run(async () => {
    task = currentTask();
    await promise;
  });
  clearInterval(timer);
  assertEquals(await promise, "PROMISE_WAIT");
});

Deno.test("Task.state of a task that runs on beside an abandoned wait is RUNNING", async () => {
  await virtually({ log: new RecordingLog() }, async () => {
    await Promise.race([sleep(0.001), new Queue().get()]);
    assertEquals(currentTask().state, "RUNNING");
  });
});

Deno.test("Task.cycles counts how often it was switched to", async () => {
  await run(async () => {
    const task = spawn(async () => {
      for (let n = 0; n < 4; n++) await schedule();
    });
    assertEquals(task.cycles, 0);
    await task.join();
    assertEquals(task.cycles, 5);
  });
});

Deno.test("Task.cancelled is true from the request on", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    assertFalse(task.cancelled);
    const cancelling = task.cancel();
    assert(task.cancelled);
    assertFalse(task.terminated);
    await cancelling;
    assert(task.cancelled && task.terminated);
  });
});

Deno.test("Task.cancelled stays false of a task that returned or crashed", async () => {
  await quietly(async () => {
    const tasks = [spawn(sleep, 0), spawn(crash)];
    for (const task of tasks) await task.wait();
    for (const task of tasks) await task.cancel();
    assertEquals(tasks.map((task) => task.cancelled), [false, false]);
  });
});

Deno.test("Task.children lists those alive, in spawn order", async () => {
  await run(async () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => spawn({ name }, sleep, Infinity));
    assertEquals(currentTask().children.map((child) => child.name), ["a", "b", "c"]);
    await b.cancel();
    assertEquals(currentTask().children, [a, c]);
    await currentTask().cancelChildren();
    assertEquals(currentTask().children, []);
  });
});

Deno.test("Task.children does not list grandchildren", async () => {
  await run(async () => {
    const child = spawn(async () => {
      spawn({ name: "grandchild" }, sleep, Infinity);
      await sleep(Infinity);
    });
    await schedule();
    assertEquals(currentTask().children, [child]);
    assertEquals(child.children.map((task) => task.name), ["grandchild"]);
  });
});

// -- result and exception

Deno.test("Task.result is what the task returned", async () => {
  await run(async () => {
    const task = spawn(() => "value");
    await task.wait();
    assertEquals(task.result, "value");
    assertEquals(task.exception, undefined);
  });
});

Deno.test("Task.result before the end throws CurioError that names the task", async () => {
  await run(async () => {
    const task = spawn({ name: "slow" }, sleep, 0);
    const error = assertThrows(() => task.result, CurioError, "Cannot read result of task");
    assertEquals(
      error.message,
      `Cannot read result of task ${task.id} 'slow' before it has ended: join() it first`,
    );
    await task.join();
  });
});

Deno.test("Task.exception before the end throws CurioError that says what to do", async () => {
  await run(async () => {
    const task = spawn(sleep, 0);
    assertThrows(() => task.exception, CurioError, "join() it first");
    await task.join();
  });
});

Deno.test("Task.result rethrows the task's own error after a crash", async () => {
  await quietly(async () => {
    const thrown = new Error("mine");
    const task = spawn(() => Promise.reject(thrown));
    await task.wait();
    assertStrictEquals(task.exception, thrown);
    assertStrictEquals(assertThrows(() => task.result), thrown);
  });
});

Deno.test("Task.result of a cancelled task throws its TaskCancelled", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await task.cancel();
    assertThrows(() => task.result, TaskCancelled);
  });
});

Deno.test("Task.result can be read outside any task after the end", async () => {
  const { task } = await run(async () => {
    const task = spawn(() => 7);
    await task.wait();
    return { task };
  });
  assertEquals(task.result, 7);
});

// -- join and wait

Deno.test("Task.join() of a crashed task rejects with TaskError, the cause the very error", async () => {
  await quietly(async () => {
    const thrown = new Error("boom");
    const task = spawn({ name: "bad" }, () => Promise.reject(thrown));
    const error = await assertRejects(() => task.join(), TaskError);
    assertStrictEquals(error.cause, thrown);
    assertEquals(error.message, `task ${task.id} 'bad' crashed: boom`);
  });
});

Deno.test("Task.join() of a cancelled task rejects with TaskError, the cause the cancellation", async () => {
  await run(async () => {
    const task = spawn({ name: "bad" }, sleep, Infinity);
    await task.cancel();
    const error = await assertRejects(() => task.join(), TaskError, "was cancelled");
    assertInstanceOf(error.cause, TaskCancelled);
  });
});

Deno.test("Task.join() rejects in all who join, before and after the end", async () => {
  await quietly(async () => {
    const task = spawn(crash);
    const joiners = [1, 2].map(() => spawn(() => assertRejects(() => task.join(), TaskError)));
    for (const joiner of joiners) await joiner.join();
    await assertRejects(() => task.join(), TaskError);
  });
});

Deno.test("Task.join() of an ended task gives its result again and again", async () => {
  await run(async () => {
    const task = spawn(() => 3);
    assertEquals([await task.join(), await task.join()], [3, 3]);
  });
});

Deno.test("Task.join() wakes joiners in the order they came", async () => {
  const trace: number[] = [];
  await run(async () => {
    const event = new Event();
    const task = spawn(() => event.wait());
    const joiners = [1, 2, 3].map((n) => spawn(() => task.join().then(() => trace.push(n))));
    await schedule();
    event.set();
    for (const joiner of joiners) await joiner.join();
  });
  assertEquals(trace, [1, 2, 3]);
});

Deno.test("Task.join() cancelled just before: it rejects, and leaves the task alone", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    const joiner = spawn(() => task.join());
    await joiner.cancel();
    assertInstanceOf(joiner.exception, TaskCancelled);
    assertFalse(task.cancelled);
  });
});

Deno.test("Task.join() cancelled during: it rejects, and leaves the task alone", async () => {
  await run(async () => {
    const event = new Event();
    const task = spawn(() => event.wait().then(() => "done"));
    const joiner = spawn(() => task.join());
    await schedule();
    await joiner.cancel();
    assertInstanceOf(joiner.exception, TaskCancelled);
    event.set();
    assertEquals(await task.join(), "done");
  });
});

Deno.test("Task.join() cancelled just after the task ended: it gives the result", async () => {
  await run(async () => {
    const trace: unknown[] = [];
    const event = new Event();
    const target = spawn(() => event.wait().then(() => "result"));
    const joiner: Task = spawn(async () => {
      trace.push(await target.join());
      await schedule();
      trace.push("never");
    });
    // Woken by the same end, but before: it finds the joiner handed its result.
    const canceller = spawn(() => event.wait().then(() => joiner.cancel({ blocking: false })));
    await schedule();
    event.set();
    await joiner.wait();
    await canceller.join();
    assertEquals(trace, ["result"]);
    assertInstanceOf(joiner.exception, TaskCancelled);
  });
});

Deno.test("Task.join() of an ended task delivers no cancellation", async () => {
  await run(async () => {
    const ended = spawn(() => "value");
    await ended.wait();
    const task = spawn(async () => {
      const value = await ended.join();
      return [value, currentTask().cancelled];
    });
    await task.cancel();
    assertEquals(task.result, ["value", true]);
  });
});

Deno.test("Task.join() and wait() outside a task reject with CurioError, also of an ended task", async () => {
  const { alive, ended } = await run(async () => {
    const ended = spawn(() => 1);
    await ended.wait();
    return { alive: currentTask(), ended };
  });
  for (const task of [alive, ended]) {
    await assertRejects(() => task.join(), CurioError, "Task.join() outside a task");
    await assertRejects(() => task.wait(), CurioError, "Task.wait() outside a task");
  }
});

Deno.test("Task.wait() resolves with undefined however the task ended", async () => {
  await quietly(async () => {
    const tasks = [spawn(() => 1), spawn(crash), spawn(sleep, Infinity)];
    await schedule();
    void tasks[2].cancel({ blocking: false });
    for (const task of tasks) assertEquals(await task.wait(), undefined);
    for (const task of tasks) assertEquals(await task.wait(), undefined);
  });
});

// -- cancel

Deno.test("Task.cancel() interrupts the task's wait with TaskCancelled", async () => {
  await run(async () => {
    const task = spawn({ name: "fetcher" }, sleep, Infinity);
    await schedule();
    await task.cancel();
    const error = task.exception;
    assertInstanceOf(error, TaskCancelled);
    const me = currentTask();
    assertEquals(
      error.message,
      `task ${task.id} 'fetcher' cancelled by task ${me.id} '${me.name}'`,
    );
  });
});

Deno.test("Task.cancel() gives the error an origin: kind cancel, by the caller", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await task.cancel();
    const { origin } = task.exception as CancelledError;
    assertEquals(origin.kind, "cancel");
    assertStrictEquals(origin.by, currentTask());
    assertEquals(origin.reason, undefined);
  });
});

Deno.test("Task.cancel() waits until the task has cleaned up", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        await sleep(0.001);
        await schedule();
        trace.push("cleaned up");
      }
    });
    await schedule();
    await task.cancel();
    trace.push("cancelled");
  });
  assertEquals(trace, ["cleaned up", "cancelled"]);
});

Deno.test("Task.cancel({ blocking: false }) does not wait", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    await task.cancel({ blocking: false });
    assert(task.cancelled);
    await task.wait();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("Task.cancel({ blocking: false }) takes effect before it is awaited, and runs nobody", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(() => sleep(Infinity).finally(() => trace.push("clean-up")));
    await schedule();
    void task.cancel({ blocking: false });
    trace.push("returned");
    await task.wait();
  });
  assertEquals(trace, ["returned", "clean-up"]);
});

Deno.test("Task.cancel({ blocking: false }) may be called outside any task", async () => {
  await using kernel = new Kernel();
  const { promise, resolve } = Promise.withResolvers<Task>();
  const cancelled = promise.then((task) => task.cancel({ blocking: false }));
  const task = await kernel.run(async () => {
    const sleeper = spawn(sleep, Infinity);
    await schedule();
    resolve(sleeper);
    await sleeper.wait();
    return { sleeper };
  });
  await cancelled;
  const error = task.sleeper.exception as CancelledError;
  assertEquals(error.origin.by, null);
  assertEquals(error.message, `task ${task.sleeper.id} 'sleep' cancelled`);
});

Deno.test("Task.cancel() outside a task rejects with CurioError, and cancels nothing", async () => {
  await using kernel = new Kernel();
  const { task } = await kernel.run(() => ({ task: spawn(sleep, Infinity) }));
  await assertRejects(() => task.cancel(), CurioError, "Task.cancel() outside a task");
  assertFalse(task.cancelled);
});

Deno.test("Task.cancel() between runs is carried out by the next", async () => {
  await using kernel = new Kernel();
  const { task } = await kernel.run(async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    return { task };
  });
  await task.cancel({ blocking: false });
  await hostTurn();
  assertFalse(task.terminated);
  await kernel.run(() => task.wait());
  assertInstanceOf(task.exception, TaskCancelled);
});

Deno.test("Task.cancel() cancels at most once: the second waits for the first", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const task = spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        trace.push("clean-up begins");
        await sleep(0.001);
        trace.push("clean-up ends");
      }
    });
    await schedule();
    const second = spawn(() => task.cancel().then(() => trace.push("second returns")));
    await task.cancel();
    await second.join();
  });
  assertEquals(trace, ["clean-up begins", "clean-up ends", "second returns"]);
});

Deno.test("Task.cancel() a second time with another exc does not change the first's", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await task.cancel({ blocking: false });
    await task.cancel({ exc: KeyboardInterrupt });
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("Task.cancel() of an ended task returns at once", async () => {
  await run(async () => {
    const task = spawn(() => "kept");
    await task.join();
    await task.cancel();
    assertEquals([task.result, task.cancelled], ["kept", false]);
  });
});

Deno.test("Task.cancel() of a task that never ran: it runs to its first blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(async () => {
      trace.push("started");
      await sleep(0);
      trace.push("never");
    });
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["started"]);
});

Deno.test("Task.cancel() of a task that catches it and returns: join() gives the result", async () => {
  await run(async () => {
    const task = spawn(() => sleep(Infinity).catch(() => "survived"));
    await schedule();
    await task.cancel();
    assertEquals(await task.join(), "survived");
    assert(task.cancelled);
    assertEquals(task.exception, undefined);
  });
});

Deno.test("Task.cancel() delivers once: later waits of the task proceed", async () => {
  await virtually(async () => {
    const task = spawn(async () => {
      await sleep(Infinity).catch(() => {});
      await sleep(0);
      await sleep(0.001);
      await schedule();
      return "went on";
    });
    await schedule();
    await task.cancel();
    assertEquals(task.result, "went on");
  });
});

Deno.test("Task.cancel() never throws what the task threw while dying; that is logged", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const task = spawn({ name: "bad" }, () =>
      sleep(Infinity).finally(() => {
        throw new Error("broken clean-up");
      }));
    await schedule();
    await task.cancel();
    assertEquals((task.exception as Error).message, "broken clean-up");
    assertEquals(log.texts(), [`task ${task.id} 'bad' crashed: Error: broken clean-up`]);
  });
});

Deno.test("Task.cancel({ exc }) raises an instance of the class, with a message", async () => {
  class Hurry extends CancelledError {}
  await run(async () => {
    const task = spawn({ name: "slow" }, sleep, Infinity);
    await task.cancel({ exc: Hurry });
    assertInstanceOf(task.exception, Hurry);
    assertStringIncludes(task.exception.message, "'slow' cancelled by");
    assertEquals(task.exception.origin.reason, Hurry);
  });
});

Deno.test("Task.cancel({ exc }) raises the very object, and gives it an origin", async () => {
  await run(async () => {
    const exc = new TaskCancelled("because");
    const task = spawn(sleep, Infinity);
    await task.cancel({ exc });
    assertStrictEquals(task.exception, exc);
    assertEquals([exc.message, exc.origin.kind], ["because", "cancel"]);
    assertStrictEquals(exc.origin.by, currentTask());
  });
});

Deno.test("Task.cancel({ exc }) keeps the origin that the object has", async () => {
  await run(async () => {
    const first = spawn({ name: "first" }, sleep, Infinity);
    await first.cancel();
    const exc = first.exception as CancelledError;
    const { origin } = exc;
    const second = spawn(sleep, Infinity);
    await second.cancel({ exc });
    assertStrictEquals((second.exception as CancelledError).origin, origin);
  });
});

Deno.test("Task.cancel({ exc }) refuses what is no CancelledError, and cancels nothing", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    for (
      const wrong of [Error, new Error("x"), new CurioError("x"), "because", null, 5, () => {}]
    ) {
      const exc = wrong as unknown as CancelledError;
      await assertRejects(() => task.cancel({ exc }), TypeError);
    }
    const exc = new Error("x") as CancelledError;
    await assertRejects(() => task.cancel({ exc }), TypeError, "exc takes a CancelledError or a");
    assertEquals([task.cancelled, task.state], [false, "TIME_SLEEP"]);
    await task.cancel();
  });
});

Deno.test("Task.cancel() interrupts every wait that is pending in the task", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    const task = spawn(() =>
      Promise.allSettled([sleep(Infinity), queue.get(), new Event().wait()])
    );
    await schedule();
    await task.cancel();
    assertEquals(task.result.map((each) => each.status), ["rejected", "rejected", "rejected"]);
    assertEquals(queue.statistics().getting, 0);
  });
});

Deno.test("Task.cancel() of oneself interrupts right there", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(async () => {
      try {
        await currentTask().cancel();
        trace.push("never");
      } finally {
        trace.push("clean-up");
        await sleep(0);
        trace.push("clean-up ends");
      }
    });
    await task.wait();
    assertInstanceOf(task.exception, TaskCancelled);
    assertStringIncludes(task.exception.message, "cancelled by itself");
    assertStrictEquals(task.exception.origin.by, task);
  });
  assertEquals(trace, ["clean-up", "clean-up ends"]);
});

Deno.test("Task.cancel() of oneself behind a shield interrupts after the shield", async () => {
  const trace: string[] = [];
  await run(async () => {
    const task = spawn(async () => {
      await disableCancellation(async () => {
        await currentTask().cancel();
        trace.push("shielded");
        await sleep(0);
      });
      trace.push("outside");
      await sleep(0);
      trace.push("never");
    });
    await task.wait();
  });
  assertEquals(trace, ["shielded", "outside"]);
});

Deno.test("Task.cancel() of oneself during one's own clean-up returns", async () => {
  await run(async () => {
    const task = spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        await currentTask().cancel();
      }
    });
    await schedule();
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
});

Deno.test("Task.cancel() of the canceller's own canceller: both end", async () => {
  await run(async () => {
    const a: Task = spawn(() => schedule().then(() => b.cancel()));
    const b: Task = spawn(() => schedule().then(() => a.cancel()));
    await a.wait();
    await b.wait();
    assert(a.terminated && b.terminated);
  });
});

Deno.test("Task.cancel() interrupted while it waits leaves the target to its clean-up", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const target = spawn(() => sleep(Infinity).finally(() => event.wait()));
    await schedule();
    const canceller = spawn(() => target.cancel());
    await schedule();
    await canceller.cancel();
    trace.push(canceller.exception instanceof TaskCancelled ? "interrupted" : "not");
    trace.push(target.state);
    event.set();
    await target.wait();
  });
  assertEquals(trace, ["interrupted", "EVENT_WAIT"]);
});

Deno.test("Task.cancel() of the first task by a child ends the run with it", async () => {
  const error = await assertRejects(
    () =>
      run(async () => {
        const main = currentTask();
        spawn(() => main.cancel());
        await sleep(Infinity);
      }),
    TaskCancelled,
  );
  assertEquals(error.origin.kind, "cancel");
});

Deno.test("Task.cancel() of a task in PROMISE_WAIT is delivered at its next blocking call", async () => {
  const trace: string[] = [];
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const task = spawn(async () => {
      await promise;
      trace.push("promise settled");
      await schedule();
      trace.push("never");
    });
    await sleep(0.001);
    await task.cancel({ blocking: false });
    await schedule();
    trace.push("still waiting");
    resolve();
    await task.wait();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["still waiting", "promise settled"]);
});

Deno.test("Task.cancel() that waits for a foreign promise logs once after a second who and the cure", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    await run({ log }, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const task = spawn({ name: "stuck" }, () => promise);
      await sleep(0.001);
      const cancelling = spawn(() => task.cancel());
      await log.until(/stuck/);
      resolve();
      await cancelling.join();
      assertEquals(log.entries.length, 1);
      assertStringIncludes(log.texts("warn")[0], `task ${task.id} 'stuck'`);
      assertStringIncludes(log.texts("warn")[0], "abortable()");
    });
  }));

Deno.test("Task.cancel() of a task before its start that then awaits a foreign promise is logged, too", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    await run({ log }, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 1500);
      const task = spawn({ name: "stuck" }, () => promise);
      void task.cancel({ blocking: false });
      await Promise.race([log.until(/abortable/), promise]);
      assertEquals(log.texts("warn").length, 1);
      clearTimeout(timer);
      resolve();
      await task.wait();
    });
  }));

Deno.test("Task.cancel() from the host of the only task, in PROMISE_WAIT, is logged, too", () =>
  whileSecondsPass(async () => {
    const log = new RecordingLog();
    await using kernel = new Kernel({ log });
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = Promise.withResolvers<Task>();
    const running = kernel.run(() => {
      started.resolve(currentTask());
      return promise;
    });
    const task = await started.promise;
    await hostTurn();
    await task.cancel({ blocking: false });
    const timer = setTimeout(resolve, 1500);
    await Promise.race([log.until(/abortable/), running]);
    clearTimeout(timer);
    resolve();
    await running;
    assertEquals(log.texts("warn").length, 1);
  }));

// -- cancelChildren

Deno.test("Task.cancelChildren() cancels every child, newest first, and waits for all", async () => {
  const trace: string[] = [];
  await run(async () => {
    for (const name of ["a", "b", "c"]) {
      spawn(() =>
        sleep(Infinity).finally(async () => {
          trace.push(name);
          await schedule();
          trace.push(`${name} ended`);
        })
      );
    }
    await schedule();
    await currentTask().cancelChildren();
    trace.push("returned");
  });
  assertEquals(trace.slice(0, 3), ["c", "b", "a"]);
  assertEquals(trace.at(-1), "returned");
  assertEquals(trace.length, 7);
});

Deno.test("Task.cancelChildren() of another task's children leaves that task alone", async () => {
  await run(async () => {
    const parent = spawn(async () => {
      const child = spawn(sleep, Infinity);
      await child.wait();
      return child;
    });
    await schedule();
    await schedule();
    await parent.cancelChildren();
    const child = await parent.join();
    assertInstanceOf(child.exception, TaskCancelled);
    assertFalse(parent.cancelled);
  });
});

Deno.test("Task.cancelChildren() without children returns", async () => {
  assertEquals(await run(() => currentTask().cancelChildren()), undefined);
});

Deno.test("Task.cancelChildren() outside a task rejects with CurioError", async () => {
  const { task } = await run(() => ({ task: currentTask() }));
  await assertRejects(() => task.cancelChildren(), CurioError, "outside a task");
});

Deno.test("Task.cancelChildren() never awaited and cancelled rejects nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    virtually(async () => {
      const task = spawn(async () => {
        spawn(() => sleep(Infinity).finally(() => sleep(0.001)));
        await schedule();
        void currentTask().cancelChildren();
        await sleep(Infinity);
      });
      await schedule();
      await schedule();
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

Deno.test("Task.join(), wait() and cancel() never awaited and cancelled reject nothing unhandled", async () => {
  const reasons = await unhandledRejections(() =>
    virtually({ log: new RecordingLog() }, async () => {
      const target = spawn(() => disableCancellation(() => sleep(0.003)));
      await schedule();
      const task = spawn(async () => {
        void target.join();
        void target.wait();
        void target.cancel();
        await sleep(Infinity);
      });
      await schedule();
      await task.cancel();
    })
  );
  assertEquals(reasons, []);
});

// -- The rest

Deno.test("await using task cancels it at the end of the block, and waits", async () => {
  const trace: string[] = [];
  await run(async () => {
    {
      await using task = spawn(() => sleep(Infinity).finally(() => trace.push("cancelled")));
      await schedule();
      trace.push(task.state);
    }
    trace.push("after");
  });
  assertEquals(trace, ["TIME_SLEEP", "cancelled", "after"]);
});

Deno.test("Task.toString() shows id, name and state, as does inspecting", async () => {
  await run(async () => {
    const task = spawn({ name: "kid" }, sleep, Infinity);
    await schedule();
    assertEquals(`${task}`, `Task(id=${task.id}, name='kid', state='TIME_SLEEP')`);
    assertEquals(Deno.inspect(task), `${task}`);
  });
});

Deno.test("Task.where() gives the file and line of the user's wait when stacks are on", async () => {
  await run({ stacks: true }, async () => {
    const task = spawn(async () => {
      await sleep(Infinity);
    });
    await schedule();
    const place = task.where();
    assertEquals(place?.filename, import.meta.url);
    const line = (await Deno.readTextFile(new URL(import.meta.url))).split("\n")[place!.line - 1];
    assertStringIncludes(line, "await sleep(Infinity)");
  });
});

Deno.test("Task.where() is null when stacks are off, and for a task that has returned", async () => {
  await run(async () => {
    const task = spawn(sleep, 0);
    await schedule();
    assertEquals(task.where(), null);
    await task.join();
    assertEquals(task.where(), null);
  });
});

Deno.test("Task.traceback() shows the stack of a wait when stacks are on", async () => {
  await run({ stacks: true }, async () => {
    const task = spawn(async function waiting() {
      await new Event().wait();
    });
    await schedule();
    assertStringIncludes(task.traceback(), `${task}`);
    assertMatch(task.traceback(), /waiting.*task_test\.ts/);
  });
});

Deno.test("Task.traceback() says how to keep stacks when they are off", async () => {
  await run(async () => {
    const task = spawn(sleep, Infinity);
    await schedule();
    assertStringIncludes(task.traceback(), "stacks: true");
  });
});

Deno.test("Task.traceback() of a crashed task shows its error", async () => {
  await quietly(async () => {
    const task = spawn(crash);
    await task.wait();
    assertMatch(task.traceback(), /Error: boom\n.*crash.*task_test\.ts/);
  });
});

Deno.test("Task cannot be constructed but by spawning", () => {
  const Constructor = Task as unknown as new () => Task;
  assertThrows(() => new Constructor().id);
});

Deno.test("currentTask() is the running task, the same object each time", async () => {
  await run(async () => {
    const task: Task = spawn(async () => {
      const before = currentTask();
      await schedule();
      assertStrictEquals(currentTask(), before);
      assertStrictEquals(before, task);
    });
    await task.join();
    assert(currentTask() !== task);
  });
});

Deno.test("currentTask() is right inside timeouts, shields and plain async functions", async () => {
  await run(async () => {
    const me = currentTask();
    const seen = await timeoutAfter(1, () =>
      disableCancellation(async () => {
        await sleep(0);
        return currentTask();
      }));
    assertStrictEquals(seen, me);
  });
});

Deno.test("currentTask() throws CurioError outside a task", () => {
  assertThrows(() => currentTask(), CurioError, "currentTask() outside a task: call it from");
});
