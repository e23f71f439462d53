import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertRejects,
} from "@std/assert";
import {
  CancelScope,
  currentTask,
  disableCancellation,
  Event,
  ignoreAfter,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  TaskCancelled,
  TaskGroup,
  timeoutAfter,
} from "../../mod.ts";
import { SchedFIFO } from "../../sync/sched.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

/** Counts the turns of the host's event loop until `stop()`. */
function countTurns(): { turns: () => number; stop: () => void } {
  let turns = 0;
  const tick = () => {
    turns++;
    timer = setTimeout(tick, 0);
  };
  let timer = setTimeout(tick, 0);
  return { turns: () => turns, stop: () => clearTimeout(timer) };
}

/** Runs `work` for ever beside the host's timers, and asserts that these get their turns. */
async function assertNobodyStarves(spawnPlayers: (playing: () => boolean) => void): Promise<void> {
  let playing = true;
  const { turns, stop } = countTurns();
  const reached = Promise.withResolvers<void>();
  const watch = setInterval(() => turns() >= 5 && reached.resolve(), 0);
  await run({ log: new RecordingLog() }, async () => {
    spawnPlayers(() => playing);
    await reached.promise;
    // A loop without a blocking point cannot be cancelled.
    playing = false;
  });
  clearInterval(watch);
  stop();
  assertGreater(turns(), 4);
}

// -- Order

Deno.test("scheduler: ready tasks take turns, first come, first served", async () => {
  const trace: string[] = [];
  await run(async () => {
    const tasks = ["a", "b", "c"].map((name) =>
      spawn(async () => {
        for (let n = 0; n < 3; n++) {
          trace.push(`${name}${n}`);
          await schedule();
        }
      })
    );
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]);
});

Deno.test("scheduler: producer and consumer switch in the same order each time", async () => {
  const play = async () => {
    const trace: string[] = [];
    await run(async () => {
      const queue = new Queue<number>(2);
      const producer = spawn(async () => {
        for (let n = 0; n < 5; n++) {
          await queue.put(n);
          trace.push(`put ${n}`);
        }
      });
      const consumer = spawn(async () => {
        for (let n = 0; n < 5; n++) trace.push(`got ${await queue.get()}`);
      });
      await producer.join();
      await consumer.join();
    });
    return trace;
  };
  const first = await play();
  assertEquals(
    first.filter((line) => line.startsWith("got")),
    [0, 1, 2, 3, 4].map((n) => `got ${n}`),
  );
  for (let round = 0; round < 10; round++) assertEquals(await play(), first);
});

Deno.test("scheduler: ping-pong through SchedFIFO alternates strictly", async () => {
  const trace: string[] = [];
  await run(async () => {
    const [ping, pong] = [new SchedFIFO(), new SchedFIFO()];
    const player = async (name: string, mine: SchedFIFO, other: SchedFIFO) => {
      for (let n = 0; n < 3; n++) {
        await mine.suspend("EVENT_WAIT");
        trace.push(`${name}${n}`);
        other.wake();
      }
    };
    const one = spawn(player, "ping", ping, pong);
    const two = spawn(player, "pong", pong, ping);
    await schedule();
    ping.wake();
    await one.join();
    await two.join();
  });
  assertEquals(trace, ["ping0", "pong0", "ping1", "pong1", "ping2", "pong2"]);
});

Deno.test("scheduler: waking runs nobody before the waker blocks", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    for (const name of ["a", "b"]) spawn(() => event.wait().then(() => trace.push(name)));
    await schedule();
    event.set();
    trace.push("set returned");
    await schedule();
    trace.push("main again");
  });
  assertEquals(trace, ["set returned", "a", "b", "main again"]);
});

Deno.test("scheduler: a child, the woken and the yielding run in the order they became ready", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    spawn(() => event.wait().then(() => trace.push("woken")));
    await schedule();
    spawn(() => trace.push("child 1"));
    event.set();
    spawn(() => trace.push("child 2"));
    await schedule();
    trace.push("main");
  });
  assertEquals(trace, ["child 1", "woken", "child 2", "main"]);
});

Deno.test("scheduler: a thousand switches in a row keep their order across turns of the event loop", async () => {
  const trace: number[] = [];
  await run(async () => {
    const tasks = [0, 1].map((name) =>
      spawn(async () => {
        for (let n = 0; n < 2000; n++) {
          trace.push(name);
          await schedule();
        }
      })
    );
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, Array.from({ length: 4000 }, (_, n) => n % 2));
});

// -- The event loop gets its turns

Deno.test("scheduler: ping-pong through SchedFIFO for ever does not starve host timers", async () => {
  await assertNobodyStarves(() => {
    const [ping, pong] = [new SchedFIFO(), new SchedFIFO()];
    const player = async (mine: SchedFIFO, other: SchedFIFO) => {
      for (;;) {
        other.wake();
        await mine.suspend("EVENT_WAIT");
      }
    };
    spawn(player, ping, pong);
    spawn(player, pong, ping);
  });
});

Deno.test("scheduler: ping-pong through queues for ever does not starve host timers", async () => {
  await assertNobodyStarves(() => {
    const [ping, pong] = [new Queue<number>(), new Queue<number>()];
    const player = async (mine: Queue<number>, other: Queue<number>) => {
      for (;;) await other.put(await mine.get());
    };
    spawn(player, ping, pong);
    spawn(player, pong, ping);
    ping.putNowait(1);
  });
});

Deno.test("scheduler: for (;;) await queue.get() that never has to wait does not starve host timers", async () => {
  await assertNobodyStarves((playing) => {
    const queue = new Queue<number>();
    spawn(async () => {
      while (playing()) {
        queue.putNowait(1);
        await queue.get();
      }
    });
  });
});

Deno.test("scheduler: for (;;) await of a set event does not starve host timers", async () => {
  await assertNobodyStarves((playing) => {
    const event = new Event();
    event.set();
    spawn(async () => {
      while (playing()) await event.wait();
    });
  });
});

Deno.test("scheduler: for (;;) await schedule() does not starve host timers", async () => {
  await assertNobodyStarves(() => {
    spawn(async () => {
      for (;;) await schedule();
    });
  });
});

Deno.test("scheduler: for (;;) that joins an ended task does not starve host timers, crashed or not", async () => {
  await assertNobodyStarves((playing) => {
    const [good, bad] = [spawn(() => 1), spawn(() => Promise.reject(new Error("boom")))];
    spawn(async () => {
      await good.wait();
      await bad.wait();
      while (playing()) {
        await good.join();
        await bad.join().catch(() => {});
      }
    });
  });
});

Deno.test("scheduler: an always-ready queue loop starves neither other tasks nor sleepers", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<number>();
    let playing = true;
    const greedy = spawn(async () => {
      while (playing) {
        queue.putNowait(1);
        await queue.get();
      }
    });
    const polite = spawn(() => schedule().then(() => trace.push("polite")));
    await sleep(0.002);
    trace.push("slept");
    playing = false;
    await polite.join();
    await greedy.join();
  });
  assertEquals(trace.toSorted(), ["polite", "slept"]);
});

Deno.test("scheduler: two kernels that never rest both advance", async () => {
  const turns = [0, 0];
  const enough = Promise.withResolvers<void>();
  const main = (index: number) =>
    run(async () => {
      const task = spawn(async () => {
        for (;;) {
          turns[index]++;
          if (turns.every((count) => count > 100)) enough.resolve();
          await schedule();
        }
      });
      await enough.promise;
      await task.cancel();
    });
  await Promise.all([main(0), main(1)]);
  assert(turns.every((count) => count > 100));
});

// -- Foreign promises

Deno.test("scheduler: a task in PROMISE_WAIT lets the others run", async () => {
  const trace: string[] = [];
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const task = spawn(async () => {
      trace.push("waits");
      await promise;
      trace.push("goes on");
    });
    spawn(async () => {
      await schedule();
      trace.push(`other runs, ${task.state}`);
      resolve();
    });
    await task.join();
  });
  assertEquals(trace, ["waits", "other runs, PROMISE_WAIT", "goes on"]);
});

Deno.test("scheduler: a task that awaits settled promises keeps its turn", async () => {
  const trace: string[] = [];
  await run(async () => {
    spawn(() => trace.push("other"));
    for (let n = 0; n < 5; n++) await Promise.resolve();
    trace.push("main kept its turn");
    await schedule();
  });
  assertEquals(trace, ["main kept its turn", "other"]);
});

Deno.test("scheduler: a host timer that settles a foreign promise wakes the task", async () => {
  await run(async () => {
    const value = await new Promise((resolve) => setTimeout(resolve, 1, "value"));
    assertEquals(value, "value");
    await sleep(0);
    assertEquals(currentTask().state, "RUNNING");
  });
});

// -- What was handed over is kept

Deno.test("scheduler: a getter that was handed an item keeps it though cancelled in the same turn", async () => {
  const trace: string[] = [];
  await run(async () => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      trace.push(`got ${await queue.get()}`);
      await schedule();
      trace.push("never");
    });
    await schedule();
    queue.putNowait("item");
    await task.cancel();
    assertInstanceOf(task.exception, TaskCancelled);
  });
  assertEquals(trace, ["got item"]);
});

Deno.test("scheduler: a getter cancelled before the put gets nothing, and the item goes to the next", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const first = spawn(() => queue.get());
    const second = spawn(() => queue.get());
    await schedule();
    void first.cancel({ blocking: false });
    queue.putNowait("item");
    assertEquals(await second.join(), "item");
    await first.wait();
    assertInstanceOf(first.exception, TaskCancelled);
  });
});

Deno.test("scheduler: a waiter of an event keeps its wake-up though cancelled in the same turn", async () => {
  const trace: string[] = [];
  await run(async () => {
    const event = new Event();
    const task = spawn(async () => {
      await event.wait();
      trace.push("woken");
      await schedule();
      trace.push("never");
    });
    await schedule();
    event.set();
    await task.cancel();
  });
  assertEquals(trace, ["woken"]);
});

Deno.test("scheduler: a waiter in SchedFIFO keeps its wake-up, and one cancelled loses none for others", async () => {
  const trace: string[] = [];
  await run(async () => {
    const line = new SchedFIFO();
    const waiter = (name: string) => line.suspend("EVENT_WAIT").then(() => trace.push(name));
    const [a, b, c] = ["a", "b", "c"].map((name) => spawn(waiter, name));
    await schedule();
    void a.cancel({ blocking: false });
    line.wake();
    void b.cancel({ blocking: false });
    line.wake();
    for (const task of [a, b, c]) await task.wait();
  });
  assertEquals(trace, ["b", "c"]);
});

Deno.test("scheduler: waiters cancelled in the middle, at the end and at the head leave the line in order", async () => {
  const trace: string[] = [];
  await run(async () => {
    const line = new SchedFIFO();
    const waiter = (name: string) => line.suspend("EVENT_WAIT").then(() => trace.push(name));
    const tasks = [..."abcdefg"].map((name) => spawn(waiter, name));
    await schedule();
    for (const index of [2, 3, 6, 0]) await tasks[index].cancel();
    assertEquals(line.length, 3);
    const last = spawn(waiter, "h");
    await schedule();
    for (let n = 0; n < 4; n++) line.wake();
    assertEquals(line.length, 0);
    for (const task of [...tasks, last]) await task.wait();
  });
  assertEquals(trace, ["b", "e", "f", "h"]);
});

Deno.test("scheduler: a putter whose item was taken keeps that though cancelled in the same turn", async () => {
  const trace: unknown[] = [];
  await run(async () => {
    const queue = new Queue<string>(1);
    await queue.put("first");
    const task = spawn(async () => {
      await queue.put("second");
      trace.push("put");
      await schedule();
      trace.push("never");
    });
    await schedule();
    trace.push(queue.getNowait());
    await task.cancel();
    trace.push(queue.getNowait());
  });
  assertEquals(trace, ["first", "put", "second"]);
});

// -- Several waits in one task

Deno.test("Promise.all([sleep(), queue.get()]) cancelled: both reject, and nothing leaks", async () => {
  const trace: string[] = [];
  const queue = new Queue<string>();
  const reasons = await unhandledRejections(() =>
    run(async () => {
      const note = (who: string) => (error: Error) => {
        trace.push(`${who} ${error.name}`);
        throw error;
      };
      const task = spawn(() =>
        Promise.all([sleep(1000).catch(note("sleep")), queue.get().catch(note("get"))])
      );
      await schedule();
      await task.cancel();
      assertInstanceOf(task.exception, TaskCancelled);
    })
  );
  assertEquals(trace, ["sleep TaskCancelled", "get TaskCancelled"]);
  assertEquals([queue.statistics().waiting, reasons], [0, []]);
});

Deno.test("Promise.all() of waits timed out: both reject, and the item put later is not lost", async () => {
  await virtually(async () => {
    const queue = new Queue<string>();
    const result = await ignoreAfter(0.001, () => Promise.all([sleep(20), queue.get()]));
    assertEquals(result, null);
    queue.putNowait("item");
    assertEquals(await queue.get(), "item");
  });
});

Deno.test("Promise.all() of waits of which one was satisfied: that keeps its item, the other rejects", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const task = spawn(() => Promise.allSettled([queue.get(), sleep(Infinity)]));
    await schedule();
    queue.putNowait("item");
    await task.cancel();
    const [got, slept] = task.result;
    assertEquals(got, { status: "fulfilled", value: "item" });
    assertEquals(slept.status, "rejected");
  });
});

Deno.test("Promise.all() of two gets serves them in order", async () => {
  await run(async () => {
    const queue = new Queue<number>();
    const task = spawn(() => Promise.all([queue.get(), queue.get()]));
    await schedule();
    queue.putNowait(1);
    queue.putNowait(2);
    assertEquals(await task.join(), [1, 2]);
  });
});

Deno.test("Promise.all() of 1000 waits in one task ends them all", async () => {
  await run(async () => {
    const event = new Event();
    const task = spawn(() =>
      Promise.all(Array.from({ length: 1000 }, (_, n) => event.wait().then(() => n)))
    );
    await schedule();
    event.set();
    assertEquals((await task.join()).length, 1000);
  });
});

// -- No unhandled rejections

/** What is rejected unhandled when a task that never awaits the waits of `begin` is cancelled. */
function rejectionsOf(begin: () => void): Promise<unknown[]> {
  return unhandledRejections(() =>
    run({ log: new RecordingLog() }, async () => {
      const task = spawn(async () => {
        begin();
        await sleep(Infinity);
      });
      await schedule();
      await schedule();
      await task.cancel();
    })
  );
}

Deno.test("simple waits never awaited and cancelled reject nothing unhandled", async () => {
  const reasons = await rejectionsOf(() => {
    void sleep(1000);
    void new Queue().get();
    void new Event().wait();
    void new SchedFIFO().suspend("EVENT_WAIT");
    void new Queue().get();
  });
  assertEquals(reasons, []);
});

Deno.test("timeoutAfter() and scopes never awaited and cancelled reject nothing unhandled", async () => {
  const reasons = await rejectionsOf(() => {
    void timeoutAfter(10, sleep, 1000);
    void ignoreAfter(10, () => new Queue().get());
    void new CancelScope().run(() => new Event().wait());
    void timeoutAfter(10, () => new CancelScope().run(() => timeoutAfter(5, sleep, 1000)));
    void disableCancellation(() => timeoutAfter(0.002, sleep, 0.001));
  });
  assertEquals(reasons, []);
});

Deno.test("group.join(), run() and nextDone() never awaited and cancelled reject nothing unhandled", async () => {
  const reasons = await rejectionsOf(() => {
    const [one, two, three] = [new TaskGroup(), new TaskGroup(), new TaskGroup()];
    one.spawn(sleep, Infinity);
    void one.join();
    void two.run(async (group) => {
      group.spawn(sleep, Infinity);
      await sleep(Infinity);
    });
    three.spawn(sleep, Infinity);
    void three.nextDone();
    void three.nextResult();
  });
  assertEquals(reasons, []);
});

Deno.test("a failure inside a never awaited timeoutAfter() is an unhandled rejection, as any promise's", async () => {
  const thrown = new Error("a bug of the program");
  const reasons = await unhandledRejections(() =>
    virtually(async () => {
      void timeoutAfter(10, () => Promise.reject(thrown));
      await sleep(0.001);
    })
  );
  assertEquals(reasons, [thrown]);
});

// -- Scale

Deno.test("scheduler: cancelling one of 10 000 waiters does not look at the others", async () => {
  await run(async () => {
    const event = new Event();
    const tasks = Array.from({ length: 10_000 }, () => spawn(() => event.wait()));
    await schedule();
    for (const task of tasks) void task.cancel({ blocking: false });
    assertEquals(event.statistics().waiting, 0);
    await tasks.at(-1)!.wait();
    assert(tasks.every((task) => task.terminated));
  });
});

Deno.test("scheduler: 400 000 waits that complete at once go through in bounded turns", async () => {
  const { turns, stop } = countTurns();
  await run(async () => {
    const queue = new Queue<number>();
    for (let n = 0; n < 200_000; n++) {
      await queue.put(n);
      await queue.get();
    }
  });
  stop();
  assertGreater(turns(), 0);
  assertLess(turns(), 200_000);
});

Deno.test("scheduler: a wait outside a task that ended rejects, and does not disturb the kernel", async () => {
  await run(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let late!: Promise<unknown>;
    const task = spawn(() => {
      late = promise.then(() => assertRejects(() => sleep(0), Error, "outside a task"));
    });
    await task.join();
    resolve();
    await late;
    await schedule();
  });
});
