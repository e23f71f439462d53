import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Condition,
  CurioError,
  currentTask,
  Kernel,
  Lock,
  RLock,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskGroup,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { settle } from "../helpers/settle.ts";
import { hostTurn, unhandledRejections } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

/** Tasks that wait for `condition` in this order, and then note their names. */
async function waiters(trace: string[], condition: Condition, ...names: string[]): Promise<Task[]> {
  const tasks = names.map((name) =>
    spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait();
      trace.push(name);
    })
  );
  await reachAll(tasks, "COND_WAIT");
  return tasks;
}

async function joinAll(tasks: Task[]): Promise<void> {
  for (const task of tasks) await task.join();
}

Deno.test("Condition.wait() cancelled while it re-acquires leaves somebody else's lock alone", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const [waiter] = await waiters(trace, condition, "waiter");
    const holder = spawn(async () => {
      using _held = await lock.acquire();
      condition.notify();
      await reach(waiter, "LOCK_ACQUIRE");
      await waiter.cancel({ blocking: false });
      await settle();
      trace.push(`still the holder's: ${lock.statistics().owner === holder.id}`);
    });
    await holder.join();
    await waiter.wait();
    trace.push(`locked at the end: ${lock.locked()}`);
  });
  assertEquals(trace, ["still the holder's: true", "waiter", "locked at the end: false"]);
});

Deno.test("Condition.notify(5) with two waiters wakes two, and the kernel lives on", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const tasks = await waiters(trace, condition, "a", "b");
    await condition.run(() => condition.notify(5));
    await joinAll(tasks);
    const [late] = await waiters(trace, condition, "late");
    await settle();
    trace.push(late.state);
    await condition.run(() => condition.notify());
    await late.join();
  });
  assertEquals(trace, ["a", "b", "COND_WAIT", "late"]);
});

Deno.test("Condition.wait() releases the lock while it waits and holds it afterwards", async () => {
  await run(async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const task = spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait();
      return lock.statistics().owner;
    });
    await reach(task, "COND_WAIT");
    assert(!lock.locked());
    await condition.run(() => condition.notify());
    assertEquals(await task.join(), task.id);
    assert(!lock.locked());
  });
});

Deno.test("Condition.wait() shows COND_WAIT, and LOCK_ACQUIRE once it was notified", async () => {
  await run(async () => {
    const condition = new Condition();
    const [task] = await waiters([], condition, "a");
    await condition.run(() => {
      condition.notify();
      return reach(task, "LOCK_ACQUIRE");
    });
    await task.join();
  });
});

Deno.test("Condition.notify() wakes who has waited longest, one unless told", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const tasks = await waiters(trace, condition, "a", "b", "c", "d");
    await condition.run(() => condition.notify());
    await settle();
    trace.push("then two");
    await condition.run(() => condition.notify(2));
    await settle();
    trace.push(`${condition.statistics().waiting} left`);
    await condition.run(() => condition.notify());
    await joinAll(tasks);
  });
  assertEquals(trace, ["a", "then two", "b", "c", "1 left", "d"]);
});

Deno.test("Condition.notify(0) wakes nobody", async () => {
  await run(async () => {
    const condition = new Condition();
    const [task] = await waiters([], condition, "a");
    await condition.run(() => condition.notify(0));
    await settle();
    assertEquals(task.state, "COND_WAIT");
  });
});

Deno.test("Condition.notifyAll() wakes all, one after the other, in the order they came", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const tasks = await waiters(trace, condition, "a", "b", "c");
    await condition.run(() => condition.notifyAll());
    await joinAll(tasks);
  });
  assertEquals(trace, ["a", "b", "c"]);
});

Deno.test("Condition.notify() without waiters is not remembered", async () => {
  await virtually(async () => {
    const condition = new Condition();
    await condition.run(() => condition.notifyAll());
    await condition.acquire();
    await assertRejects(() => timeoutAfter(1, () => condition.wait()), TaskTimeout);
    condition.release();
  });
});

Deno.test("Condition.notify() wakes nobody before its lock is released", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const tasks = await waiters(trace, condition, "waiter");
    {
      using _held = await condition.acquire();
      condition.notify();
      await settle();
      trace.push("released now");
    }
    await joinAll(tasks);
  });
  assertEquals(trace, ["released now", "waiter"]);
});

Deno.test("Condition.wait() cancelled rejects with the lock held", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const task = spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait().catch((error) => {
        trace.push(error.name, `holds it: ${lock.statistics().owner === task.id}`);
      });
    });
    await reach(task, "COND_WAIT");
    await task.cancel();
    trace.push(`locked: ${lock.locked()}, waiting: ${condition.statistics().waiting}`);
  });
  assertEquals(trace, ["TaskCancelled", "holds it: true", "locked: false, waiting: 0"]);
});

Deno.test("Condition.wait() cancelled while another holds the lock waits for it before it rejects", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const [waiter] = await waiters(trace, condition, "notified");
    await condition.acquire();
    await waiter.cancel({ blocking: false });
    await settle();
    trace.push(waiter.state);
    condition.release();
    await waiter.wait();
    assert(waiter.exception instanceof TaskCancelled);
    assert(!condition.locked());
  });
  assertEquals(trace, ["LOCK_ACQUIRE"]);
});

Deno.test("Condition.wait() with a cancellation pending rejects with the lock held", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const task = spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait().catch((error) => {
        trace.push(error.name, `holds it: ${lock.statistics().owner === task.id}`);
      });
    });
    await task.cancel();
    trace.push(`locked: ${lock.locked()}`);
  });
  assertEquals(trace, ["TaskCancelled", "holds it: true", "locked: false"]);
});

Deno.test("Condition.wait() cancelled passes a notification on to nobody: it was never given one", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const [first, second] = await waiters(trace, condition, "first", "second");
    await first.cancel();
    await condition.run(() => condition.notify());
    await second.join();
  });
  assertEquals(trace, ["second"]);
});

Deno.test("Condition.wait() cancelled just after notify() keeps the notification", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const task = spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait();
      trace.push("notified");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "COND_WAIT");
    await condition.run(() => condition.notify());
    await task.cancel();
    trace.push(`locked: ${condition.locked()}`);
  });
  assertEquals(trace, ["notified", "cancelled at the next blocking point", "locked: false"]);
});

Deno.test("Condition.wait() timed out rejects with the lock held", async () => {
  await virtually(async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    using _held = await condition.acquire();
    await assertRejects(() => timeoutAfter(5, () => condition.wait()), TaskTimeout);
    assert(lock.locked());
    assertEquals(condition.statistics(), { waiting: 0 });
  });
});

Deno.test("Condition.wait() timed out while another holds the lock rejects once it has it", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const condition = new Condition();
    const waiter = spawn(async () => {
      using _held = await condition.acquire();
      await timeoutAfter(1, () => condition.wait()).catch((error) => trace.push(error.name));
      trace.push(`locked: ${condition.locked()}`);
    });
    await reach(waiter, "COND_WAIT");
    await condition.run(() => sleep(10).then((now) => void trace.push(`released at ${now}`)));
    await waiter.join();
    assert(!condition.locked());
  });
  assertEquals(trace, ["released at 10", "TaskTimeout", "locked: true"]);
});

Deno.test("Condition.wait() notified in time returns, though the time is up before it has the lock", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const condition = new Condition();
    const waiter = spawn(async () => {
      using _held = await condition.acquire();
      await timeoutAfter(5, () => condition.wait());
      trace.push("notified");
    });
    await reach(waiter, "COND_WAIT");
    await condition.run(() => {
      condition.notify();
      return sleep(10);
    });
    await waiter.join();
  });
  assertEquals(trace, ["notified"]);
});

Deno.test("Condition.wait() restores how deep an RLock was held", async () => {
  await run(async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    const task = spawn(async () => {
      for (let n = 0; n < 3; n++) await lock.acquire();
      await condition.wait();
      const states: boolean[] = [];
      for (let n = 0; n < 3; n++) {
        lock.release();
        states.push(lock.locked());
      }
      return states;
    });
    await reach(task, "COND_WAIT");
    assert(!lock.locked());
    await condition.run(() => condition.notify());
    assertEquals(await task.join(), [true, true, false]);
  });
});

Deno.test("Condition.wait() cancelled restores how deep an RLock was held", async () => {
  await run(async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    const states: boolean[] = [];
    const task = spawn(async () => {
      await lock.acquire();
      await lock.acquire();
      await condition.wait().catch(() => {});
      for (let n = 0; n < 2; n++) {
        lock.release();
        states.push(lock.locked());
      }
    });
    await reach(task, "COND_WAIT");
    await task.cancel();
    assertEquals(states, [true, false]);
  });
});

Deno.test("Condition.waitFor() of what holds already does not wait", async () => {
  await run(async () => {
    const condition = new Condition();
    using _held = await condition.acquire();
    let calls = 0;
    await condition.waitFor(() => ++calls > 0);
    assertEquals([calls, condition.statistics().waiting], [1, 0]);
  });
});

Deno.test("Condition.waitFor() looks again after each notification, with the lock held", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    let size = 0;
    const task = spawn(async () => {
      using _held = await condition.acquire();
      await condition.waitFor(() => {
        trace.push(`size ${size}, locked: ${condition.locked()}`);
        return size === 2;
      });
      trace.push("done");
    });
    await reach(task, "COND_WAIT");
    for (let n = 0; n < 2; n++) {
      await condition.run(() => {
        size++;
        condition.notify();
      });
      await settle();
    }
    await task.join();
  });
  assertEquals(trace, [
    "size 0, locked: true",
    "size 1, locked: true",
    "size 2, locked: true",
    "done",
  ]);
});

Deno.test("Condition.waitFor() throws what its predicate throws at once, with the lock held", async () => {
  await run(async () => {
    const condition = new Condition();
    const error = new Error("out of milk");
    await condition.acquire();
    const thrown = await condition.waitFor(() => {
      throw error;
    }).catch((thrown) => thrown);
    assertStrictEquals(thrown, error);
    assert(condition.locked());
    condition.release();
  });
});

Deno.test("Condition.waitFor() throws what its predicate throws after a notification, with the lock held", async () => {
  await run(async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const error = new Error("out of milk");
    let calls = 0;
    const task = spawn(async () => {
      using _held = await condition.acquire();
      const thrown = await condition.waitFor(() => {
        if (++calls > 1) throw error;
        return false;
      }).catch((thrown) => thrown);
      return [thrown === error, lock.statistics().owner === currentTask().id];
    });
    await reach(task, "COND_WAIT");
    await condition.run(() => condition.notify());
    assertEquals(await task.join(), [true, true]);
    assert(!condition.locked());
  });
});

Deno.test("Condition.waitFor() timed out rejects with the lock held", async () => {
  await virtually(async () => {
    const condition = new Condition();
    using _held = await condition.acquire();
    await assertRejects(() => timeoutAfter(5, () => condition.waitFor(() => false)), TaskTimeout);
    assert(condition.locked());
  });
});

Deno.test("Condition.wait(), waitFor(), notify() and notifyAll() without the lock fail", async () => {
  await run(async () => {
    const condition = new Condition();
    for (const call of [() => condition.wait(), () => condition.waitFor(() => true)]) {
      assertAdvice(await assertRejects(call, CurioError), /^Cannot wait for a condition without/);
    }
    for (const call of [() => condition.notify(), () => condition.notifyAll()]) {
      assertAdvice(assertThrows(call, CurioError), /^Cannot notify a condition without its lock/);
    }
    assertEquals([condition.locked(), condition.statistics().waiting], [false, 0]);
  });
});

Deno.test("Condition.wait() and notify() while another task has the lock fail", async () => {
  await run(async () => {
    const condition = new Condition();
    const holder = spawn(() => condition.run(() => sleep(Infinity)));
    await reach(holder, "TIME_SLEEP");
    await assertRejects(() => condition.wait(), CurioError);
    assertThrows(() => condition.notify(), CurioError);
    assert(condition.locked());
  });
});

Deno.test("Condition.release() of a free lock throws", async () => {
  await run(() => {
    assertAdvice(assertThrows(() => new Condition().release(), CurioError), /not held/);
  });
});

Deno.test("Condition.acquire(), run(), wait() and waitFor() reject outside a task", async () => {
  const condition = new Condition();
  for (
    const [what, call] of [
      ["acquire", () => condition.acquire()],
      ["run", () => condition.run(() => 1)],
      ["wait", () => condition.wait()],
      ["waitFor", () => condition.waitFor(() => true)],
    ] as const
  ) {
    const error = await assertRejects<CurioError>(call, CurioError);
    assertAdvice(error, new RegExp(`^Condition\\.${what}\\(\\) outside a task`));
  }
});

Deno.test("Condition.notify() works from a callback of the host while the lock is held", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const [task] = await waiters(trace, condition, "waiter");
    await condition.acquire();
    setTimeout(() => condition.notify(), 0);
    while (condition.statistics().waiting > 0) await schedule();
    condition.release();
    await task.join();
  });
  assertEquals(trace, ["waiter"]);
});

Deno.test("Condition.acquire() resolves with the condition, for using", async () => {
  await run(async () => {
    const condition = new Condition();
    {
      using held = await condition.acquire();
      assertStrictEquals(held, condition);
      assert(condition.locked());
    }
    assert(!condition.locked());
  });
});

Deno.test("Condition.run() holds the lock meanwhile and passes arguments and result on", async () => {
  await run(async () => {
    const condition = new Condition();
    assertEquals(await condition.run((a: number) => [a, condition.locked()], 7), [7, true]);
    const error = new Error("out of milk");
    const thrown = await condition.run(() => Promise.reject(error)).catch((thrown) => thrown);
    assertStrictEquals(thrown, error);
    assert(!condition.locked());
  });
});

Deno.test("Condition shares its lock with another", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new Lock();
    const notEmpty = new Condition(lock);
    const notFull = new Condition(lock);
    const tasks = [
      ...await waiters(trace, notEmpty, "getter"),
      ...await waiters(trace, notFull, "putter"),
    ];
    await lock.run(() => notFull.notify());
    await tasks[1].join();
    await lock.run(() => notEmpty.notify());
    await joinAll(tasks);
  });
  assertEquals(trace, ["putter", "getter"]);
});

Deno.test("Condition.wait() cancelled and never awaited is no unhandled rejection", async () => {
  const unhandled = await unhandledRejections(() =>
    run(async () => {
      const condition = new Condition();
      const task = spawn(async () => {
        await condition.acquire();
        const waiting = condition.wait();
        await sleep(Infinity).catch(() => {});
        await settle();
        void waiting;
      });
      await reach(task, "COND_WAIT");
      await task.cancel();
    })
  );
  assertEquals(unhandled, []);
});

Deno.test("Condition prints whether it is locked and how many wait", async () => {
  await run(async () => {
    const condition = new Condition();
    assertEquals(Deno.inspect(condition), "Condition [unlocked, 0 waiting]");
    await waiters([], condition, "a", "b");
    await condition.acquire();
    assertEquals(Deno.inspect(condition), "Condition [locked, 2 waiting]");
    condition.release();
  });
});

Deno.test("Condition.wait() of a group's member does not keep the group from ending", async () => {
  const trace: string[] = [];
  await run(async () => {
    const condition = new Condition();
    const group = new TaskGroup({ wait: "any" });
    const waiter = group.spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait();
    });
    await reach(waiter, "COND_WAIT");
    group.spawn(() => condition.run(() => void trace.push("winner")));
    await group.join();
    trace.push(`locked: ${condition.locked()}`);
  });
  assertEquals(trace, ["winner", "locked: false"]);
});

Deno.test("Condition.wait() does not keep a kernel from shutting down while another task holds the lock", async () => {
  const kernel = new Kernel();
  await kernel.run(async () => {
    const condition = new Condition();
    const start: { waiter: Task | null } = { waiter: null };
    const holder = spawn(async () => {
      while (start.waiter === null) await schedule();
      await reach(start.waiter, "COND_WAIT");
      await condition.run(() => sleep(Infinity));
    });
    start.waiter = spawn(async () => {
      using _held = await condition.acquire();
      await condition.wait();
    });
    await reach(holder, "TIME_SLEEP");
  });
  let over = false;
  const shutdown = kernel.shutdown().then(() => void (over = true));
  for (let turn = 0; turn < 20; turn++) await hostTurn();
  assert(over, "the shutdown waits for the newer task, which waits for the older one's lock");
  await shutdown;
});
