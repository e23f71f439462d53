import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  CurioError,
  Kernel,
  Lock,
  type LockStatistics,
  RLock,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { settle } from "../helpers/settle.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

/** What both kinds have in common. */
interface AnyLock extends Disposable {
  acquire(): Promise<AnyLock>;
  release(): void;
  locked(): boolean;
  run: Lock["run"];
  statistics(): LockStatistics;
}

const KINDS: (new () => AnyLock)[] = [Lock, RLock];

/** Tasks that stand in line for `lock` in this order, each of which notes its name once it holds it. */
async function line(trace: string[], lock: AnyLock, ...names: string[]): Promise<Task[]> {
  const tasks = names.map((name) =>
    spawn(async () => {
      using _held = await lock.acquire();
      trace.push(name);
    })
  );
  await reachAll(tasks, "LOCK_ACQUIRE");
  return tasks;
}

async function joinAll(tasks: Task[]): Promise<void> {
  for (const task of tasks) await task.join();
}

for (const Kind of KINDS) {
  const name = Kind.name;

  Deno.test(`${name}.acquire() resolves with the lock itself`, async () => {
    await run(async () => {
      const lock = new Kind();
      assertStrictEquals(await lock.acquire(), lock);
      lock.release();
    });
  });

  Deno.test(`${name}.acquire() that had to wait resolves with the lock itself`, async () => {
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const task = spawn(async () => {
        const got = await lock.acquire();
        lock.release();
        return got;
      });
      await reach(task, "LOCK_ACQUIRE");
      lock.release();
      assertStrictEquals(await task.join(), lock);
    });
  });

  Deno.test(`${name}.locked() tells whether some task holds it`, async () => {
    await run(async () => {
      const lock = new Kind();
      const states = [lock.locked()];
      await lock.acquire();
      states.push(lock.locked());
      lock.release();
      states.push(lock.locked());
      assertEquals(states, [false, true, false]);
    });
  });

  Deno.test(`${name}.release() hands over in the order of arrival`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const tasks = await line(trace, lock, "a", "b", "c", "d");
      trace.push("release");
      lock.release();
      await joinAll(tasks);
    });
    assertEquals(trace, ["release", "a", "b", "c", "d"]);
  });

  Deno.test(`${name}.release() with a waiter leaves no gap to slip into`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const tasks = await line(trace, lock, "waiter");
      lock.release();
      trace.push(`locked: ${lock.locked()}`);
      await lock.acquire();
      trace.push("the one who released");
      lock.release();
      await joinAll(tasks);
    });
    assertEquals(trace, ["locked: true", "waiter", "the one who released"]);
  });

  Deno.test(`${name}.acquire() of a free lock is no blocking point`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      const task = spawn(async () => {
        await lock.acquire();
        trace.push("acquired");
        lock.release();
        await schedule().catch(() => trace.push("cancelled at the next blocking point"));
      });
      await task.cancel();
    });
    assertEquals(trace, ["acquired", "cancelled at the next blocking point"]);
  });

  Deno.test(`${name}.acquire() cancelled while it waits takes nothing`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const [first, second] = await line(trace, lock, "first", "second");
      await first.cancel();
      assert(first.exception instanceof TaskCancelled);
      assertEquals(lock.statistics().waiting, 1);
      lock.release();
      await second.join();
      assert(!lock.locked());
    });
    assertEquals(trace, ["second"]);
  });

  Deno.test(`${name}.acquire() with a cancellation pending does not stand in line`, async () => {
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const task = spawn(() => lock.acquire());
      await task.cancel();
      assert(task.exception instanceof TaskCancelled);
      assertEquals(lock.statistics().waiting, 0);
      lock.release();
      assert(!lock.locked());
    });
  });

  Deno.test(`${name}.release() just after a cancellation serves the next in line`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const [first, second] = await line(trace, lock, "first", "second");
      void first.cancel({ blocking: false });
      lock.release();
      await second.join();
    });
    assertEquals(trace, ["second"]);
  });

  Deno.test(`${name}.acquire() cancelled just after the hand-over keeps the lock`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const task = spawn(async () => {
        using _held = await lock.acquire();
        trace.push(`holds it: ${lock.statistics().owner === task.id}`);
        await schedule().catch(() => trace.push("cancelled at the next blocking point"));
      });
      await reach(task, "LOCK_ACQUIRE");
      lock.release();
      await task.cancel();
      trace.push(`locked: ${lock.locked()}`);
    });
    assertEquals(trace, [
      "holds it: true",
      "cancelled at the next blocking point",
      "locked: false",
    ]);
  });

  Deno.test(`${name}.acquire() timed out leaves the line`, async () => {
    await virtually(async () => {
      const lock = new Kind();
      const holder = spawn(() => lock.run(() => sleep(10)));
      await reach(holder, "TIME_SLEEP");
      await assertRejects(() => timeoutAfter(1, () => lock.acquire()), TaskTimeout);
      assertEquals(lock.statistics().waiting, 0);
      await holder.join();
      assert(!lock.locked());
    });
  });

  Deno.test(`${name}.acquire() timed out at the moment of the release leaves it to the next`, async () => {
    const trace: string[] = [];
    await virtually(async () => {
      const lock = new Kind();
      const holder = spawn(() => lock.run(() => sleep(1)));
      await reach(holder, "TIME_SLEEP");
      const late = spawn(() => timeoutAfter(1, () => lock.acquire()));
      await reach(late, "LOCK_ACQUIRE");
      const tasks = await line(trace, lock, "next");
      await late.wait();
      assert(late.exception instanceof TaskTimeout);
      await joinAll(tasks);
      assert(!lock.locked());
    });
    assertEquals(trace, ["next"]);
  });

  Deno.test(`${name}[Symbol.dispose]() releases at the end of a block, thrown out of or not`, async () => {
    await run(async () => {
      const lock = new Kind();
      {
        using _held = await lock.acquire();
        assert(lock.locked());
      }
      assert(!lock.locked());
      const error = new Error("out");
      const body = async () => {
        using _held = await lock.acquire();
        throw error;
      };
      assertStrictEquals(await body().catch((thrown) => thrown), error);
      assert(!lock.locked());
    });
  });

  Deno.test(`${name}.run() holds the lock meanwhile and passes arguments and result on`, async () => {
    await run(async () => {
      const lock = new Kind();
      const add = (a: number, b: number) => [lock.locked(), a + b];
      assertEquals(await lock.run(add, 2, 3), [true, 5]);
      assert(!lock.locked());
    });
  });

  Deno.test(`${name}.run() releases when the function throws, and throws the same`, async () => {
    await run(async () => {
      const lock = new Kind();
      const error = new Error("out of milk");
      const thrown = await lock.run(() => Promise.reject(error)).catch((thrown) => thrown);
      assertStrictEquals(thrown, error);
      assert(!lock.locked());
    });
  });

  Deno.test(`${name}.run() releases when it is cancelled`, async () => {
    await run(async () => {
      const lock = new Kind();
      const task = spawn(() => lock.run(() => sleep(Infinity)));
      await reach(task, "TIME_SLEEP");
      await task.cancel();
      assert(!lock.locked());
    });
  });

  Deno.test(`${name}.run() cancelled in line neither runs nor releases`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const task = spawn(() => lock.run(() => void trace.push("ran")));
      await reach(task, "LOCK_ACQUIRE");
      await task.cancel();
      assert(lock.locked());
      lock.release();
    });
    assertEquals(trace, []);
  });

  Deno.test(`${name}.acquire() cancelled and never awaited is no unhandled rejection`, async () => {
    const unhandled = await unhandledRejections(() =>
      run(async () => {
        const lock = new Kind();
        await lock.acquire();
        const task = spawn(async () => {
          void lock.acquire();
          void lock.run(() => {});
          await sleep(Infinity).catch(() => {});
        });
        await reach(task, "LOCK_ACQUIRE");
        await task.cancel();
        lock.release();
      })
    );
    assertEquals(unhandled, []);
  });

  Deno.test(`${name}.acquire() and run() reject outside a task`, async () => {
    const lock = new Kind();
    for (
      const [what, call] of [["acquire", () => lock.acquire()], [
        "run",
        () => lock.run(() => 1),
      ]] as const
    ) {
      const error = await assertRejects(call, CurioError);
      assertAdvice(error, new RegExp(`^${name}\\.${what}\\(\\) outside a task`));
    }
    assert(!lock.locked());
  });

  Deno.test(`${name}.release() of a free lock throws and changes nothing`, async () => {
    await run(async () => {
      const lock = new Kind();
      const error = assertThrows(() => lock.release(), CurioError);
      assertAdvice(error, new RegExp(`^Cannot release an? ${name} that is not held`));
      await lock.acquire();
      assert(lock.locked());
      lock.release();
    });
  });

  Deno.test(`${name}.statistics() tells the owner and how many wait`, async () => {
    await run(async () => {
      const lock = new Kind();
      const free = { waiting: 0, locked: false, owner: null };
      assertEquals(lock.statistics(), free);
      const holder = spawn(() => lock.run(() => schedule().then(() => sleep(Infinity))));
      await reach(holder, "TIME_SLEEP");
      await line([], lock, "a", "b");
      assertEquals(lock.statistics(), { waiting: 2, locked: true, owner: holder.id });
      await holder.cancel();
      await settle();
      assertEquals(lock.statistics(), free);
    });
  });

  Deno.test(`${name} prints who holds it and how many wait`, async () => {
    await run(async () => {
      const lock = new Kind();
      assertEquals(Deno.inspect(lock), `${name} [unlocked, 0 waiting]`);
      const holder = spawn({ name: "kid" }, () => lock.run(() => sleep(Infinity)));
      await reach(holder, "TIME_SLEEP");
      await line([], lock, "a", "b");
      assertEquals(
        Deno.inspect(lock),
        `${name} [locked, held by task ${holder.id} 'kid', 2 waiting]`,
      );
    });
  });

  Deno.test(`${name} held by a task that has ended says so`, async () => {
    await run(async () => {
      const lock = new Kind();
      const holder = spawn({ name: "gone" }, () => lock.acquire());
      await holder.join();
      assertEquals(
        Deno.inspect(lock),
        `${name} [locked, held by task ${holder.id} 'gone', which has ended, 0 waiting]`,
      );
    });
  });

  Deno.test(`${name}.acquire() shows LOCK_ACQUIRE`, async () => {
    await run(async () => {
      const lock = new Kind();
      await lock.acquire();
      const task = spawn(() => lock.acquire());
      await schedule();
      assertEquals(task.state, "LOCK_ACQUIRE");
      lock.release();
      await task.join();
    });
  });

  Deno.test(`${name}.acquire() forgotten by a task that ends is not handed the lock`, async () => {
    await run({ log: { debug() {}, info() {}, warn() {}, error() {} } }, async () => {
      const lock = new Kind();
      await lock.acquire();
      await spawn(() => void lock.acquire()).join();
      lock.release();
      assert(!lock.locked());
    });
  });
}

Deno.test("Lock.release() by another task is allowed, as in threading", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new Lock();
    await spawn(() => lock.acquire()).join();
    const tasks = await line(trace, lock, "waiter");
    await spawn(() => lock.release()).join();
    await joinAll(tasks);
    assert(!lock.locked());
  });
  assertEquals(trace, ["waiter"]);
});

Deno.test("Lock.release() from a callback of the host wakes the next in line", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new Lock();
    await lock.acquire();
    setTimeout(() => lock.release(), 0);
    using _held = await lock.acquire();
    trace.push("got it");
  });
  assertEquals(trace, ["got it"]);
});

Deno.test("Lock.release() outside any task of a free lock throws", () => {
  assertAdvice(assertThrows(() => new Lock().release(), CurioError), /^Cannot release a Lock/);
});

Deno.test("Lock.acquire() by its holder waits: it is not reentrant", async () => {
  await virtually(async () => {
    const lock = new Lock();
    await lock.acquire();
    await assertRejects(() => timeoutAfter(1, () => lock.acquire()), TaskTimeout);
    assert(lock.locked());
    lock.release();
    assert(!lock.locked());
  });
});

Deno.test("Lock hands over between runs of a kernel to a waiter who goes on in the next", async () => {
  const trace: string[] = [];
  await using kernel = new Kernel();
  const lock = new Lock();
  const tasks = await kernel.run(async () => {
    await lock.acquire();
    return await line(trace, lock, "waiter");
  });
  lock.release();
  trace.push("between");
  await kernel.run(() => joinAll(tasks));
  assertEquals(trace, ["between", "waiter"]);
});

Deno.test("RLock.acquire() by its owner succeeds at once, and takes as many releases", async () => {
  await run(async () => {
    const lock = new RLock();
    const states: boolean[] = [];
    for (let n = 0; n < 3; n++) await lock.acquire();
    for (let n = 0; n < 3; n++) {
      lock.release();
      states.push(lock.locked());
    }
    assertEquals(states, [true, true, false]);
  });
});

Deno.test("RLock.acquire() by its owner goes ahead of those who wait", async () => {
  const trace: string[] = [];
  await run(async () => {
    const lock = new RLock();
    await lock.acquire();
    const tasks = await line(trace, lock, "waiter");
    await lock.acquire();
    trace.push("owner again");
    lock.release();
    await settle();
    trace.push("last release");
    lock.release();
    await joinAll(tasks);
  });
  assertEquals(trace, ["owner again", "last release", "waiter"]);
});

Deno.test("RLock.run() nests", async () => {
  await run(async () => {
    const lock = new RLock();
    assertEquals(await lock.run(() => lock.run(() => lock.locked())), true);
    assert(!lock.locked());
  });
});

Deno.test("RLock.release() by another task throws, names the owner, and changes nothing", async () => {
  await run(async () => {
    const lock = new RLock();
    const owner = spawn({ name: "owner" }, () => lock.run(() => sleep(Infinity)));
    await reach(owner, "TIME_SLEEP");
    const error = assertThrows(() => lock.release(), CurioError);
    assertAdvice(error, new RegExp(`^Cannot release an RLock held by task ${owner.id} 'owner'`));
    assertEquals(lock.statistics().owner, owner.id);
  });
});

Deno.test("RLock.release() by one more than its acquisitions throws", async () => {
  await run(async () => {
    const lock = new RLock();
    await lock.acquire();
    await lock.acquire();
    lock.release();
    lock.release();
    assertAdvice(assertThrows(() => lock.release(), CurioError), /that is not held/);
  });
});

Deno.test("RLock.release() outside a task throws", async () => {
  const lock = new RLock();
  await using kernel = new Kernel();
  await kernel.run(async () => {
    spawn(() => lock.run(() => sleep(Infinity)));
    await settle();
  });
  assertAdvice(assertThrows(() => lock.release(), CurioError), /outside a task/);
  assertAdvice(assertThrows(() => new RLock().release(), CurioError), /outside a task/);
  assert(lock.locked());
});

Deno.test("RLock is held once by a task it is handed to, however deep it was before", async () => {
  await run(async () => {
    const lock = new RLock();
    await lock.acquire();
    await lock.acquire();
    const task = spawn(async () => {
      await lock.acquire();
      lock.release();
      return lock.locked();
    });
    await reach(task, "LOCK_ACQUIRE");
    lock.release();
    lock.release();
    assertEquals(await task.join(), false);
  });
});
