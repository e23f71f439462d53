import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  BoundedSemaphore,
  CurioError,
  run,
  schedule,
  Semaphore,
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
import { virtually } from "../helpers/virtually.ts";

const KINDS = [Semaphore, BoundedSemaphore];

/** Tasks that stand in line for a permit in this order, note their names, and keep it. */
async function line(trace: string[], permits: Semaphore, ...names: string[]): Promise<Task[]> {
  const tasks = names.map((name) =>
    spawn(async () => {
      await permits.acquire();
      trace.push(name);
    })
  );
  await reachAll(tasks, "SEMA_ACQUIRE");
  return tasks;
}

for (const Kind of KINDS) {
  const name = Kind.name;

  Deno.test(`${name} has one permit unless told`, () => {
    assertEquals([new Kind().value, new Kind(3).value, new Kind(0).value], [1, 3, 0]);
  });

  Deno.test(`${name} refuses a negative or fractional value`, () => {
    for (const value of [-1, 1.5, NaN, Infinity]) {
      const error = assertThrows(() => new Kind(value), RangeError);
      assertAdvice(error, new RegExp(`^Cannot make a semaphore with ${value} permits`));
    }
  });

  Deno.test(`${name}.acquire() and release() count the free permits`, async () => {
    const values: number[] = [];
    await run(async () => {
      const permits = new Kind(2);
      await permits.acquire();
      values.push(permits.value);
      await permits.acquire();
      values.push(permits.value);
      permits.release();
      permits.release();
      values.push(permits.value);
    });
    assertEquals(values, [1, 0, 2]);
  });

  Deno.test(`${name}.acquire() resolves with the semaphore, at once or not`, async () => {
    await run(async () => {
      const permits = new Kind(1);
      assertStrictEquals(await permits.acquire(), permits);
      const task = spawn(() => permits.acquire());
      await reach(task, "SEMA_ACQUIRE");
      permits.release();
      assertStrictEquals(await task.join(), permits);
    });
  });

  Deno.test(`${name}.locked() tells whether no permit is free`, async () => {
    await run(async () => {
      const permits = new Kind(2);
      const states = [permits.locked()];
      await permits.acquire();
      states.push(permits.locked());
      await permits.acquire();
      states.push(permits.locked());
      assertEquals(states, [false, false, true]);
    });
  });

  Deno.test(`${name}.release() hands over in the order of arrival`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const permits = new Kind(2);
      await permits.acquire();
      await permits.acquire();
      const tasks = await line(trace, permits, "a", "b", "c");
      permits.release();
      permits.release();
      await settle();
      trace.push(`${permits.statistics().waiting} waiting`);
      permits.release();
      for (const task of tasks) await task.join();
    });
    assertEquals(trace, ["a", "b", "1 waiting", "c"]);
  });

  Deno.test(`${name}.release() with a waiter leaves no permit to slip in for`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const permits = new Kind(1);
      await permits.acquire();
      const [task] = await line(trace, permits, "waiter");
      permits.release();
      trace.push(`value: ${permits.value}`);
      await assertRejects(() => timeoutAfter(0, () => permits.acquire()), TaskTimeout);
      await task.join();
    });
    assertEquals(trace, ["value: 0", "waiter"]);
  });

  Deno.test(`${name}.acquire() of a free permit is no blocking point`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const permits = new Kind(1);
      const task = spawn(async () => {
        await permits.acquire();
        trace.push("acquired");
        await schedule().catch(() => trace.push("cancelled at the next blocking point"));
      });
      await task.cancel();
    });
    assertEquals(trace, ["acquired", "cancelled at the next blocking point"]);
  });

  Deno.test(`${name}.acquire() cancelled while it waits takes nothing`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const permits = new Kind(1);
      await permits.acquire();
      const [first, second] = await line(trace, permits, "first", "second");
      await first.cancel();
      assert(first.exception instanceof TaskCancelled);
      permits.release();
      await second.join();
      permits.release();
      assertEquals(permits.statistics(), { waiting: 0, value: 1 });
    });
    assertEquals(trace, ["second"]);
  });

  Deno.test(`${name}.acquire() cancelled just after the hand-over keeps the permit`, async () => {
    const trace: string[] = [];
    await run(async () => {
      const permits = new Kind(1);
      await permits.acquire();
      const task = spawn(async () => {
        using _permit = await permits.acquire();
        trace.push("has it");
        await schedule().catch(() => trace.push("cancelled at the next blocking point"));
      });
      await reach(task, "SEMA_ACQUIRE");
      permits.release();
      await task.cancel();
      trace.push(`value: ${permits.value}`);
    });
    assertEquals(trace, ["has it", "cancelled at the next blocking point", "value: 1"]);
  });

  Deno.test(`${name}.acquire() timed out takes nothing`, async () => {
    await virtually(async () => {
      const permits = new Kind(1);
      const holder = spawn(() => permits.run(() => sleep(10)));
      await reach(holder, "TIME_SLEEP");
      await assertRejects(() => timeoutAfter(1, () => permits.acquire()), TaskTimeout);
      await holder.join();
      assertEquals(permits.statistics(), { waiting: 0, value: 1 });
    });
  });

  Deno.test(`${name}[Symbol.dispose]() gives the permit back, whatever happens`, async () => {
    await run(async () => {
      const permits = new Kind(1);
      const body = async () => {
        using _permit = await permits.acquire();
        throw new Error(`value: ${permits.value}`);
      };
      await assertRejects(body, Error, "value: 0");
      assertEquals(permits.value, 1);
    });
  });

  Deno.test(`${name}.run() holds a permit meanwhile and passes arguments and result on`, async () => {
    await run(async () => {
      const permits = new Kind(2);
      assertEquals(await permits.run((a: number) => [a, permits.value], 7), [7, 1]);
      assertEquals(permits.value, 2);
    });
  });

  Deno.test(`${name}.run() gives the permit back when the function throws or is cancelled`, async () => {
    await run(async () => {
      const permits = new Kind(1);
      const error = new Error("out of milk");
      const thrown = await permits.run(() => Promise.reject(error)).catch((thrown) => thrown);
      assertStrictEquals(thrown, error);
      const task = spawn(() => permits.run(() => sleep(Infinity)));
      await reach(task, "TIME_SLEEP");
      await task.cancel();
      assertEquals(permits.value, 1);
    });
  });

  Deno.test(`${name}.acquire() and run() reject outside a task and take nothing`, async () => {
    const permits = new Kind(1);
    const acquire = await assertRejects(() => permits.acquire(), CurioError);
    assertAdvice(acquire, /^\w*Semaphore\.acquire\(\) outside a task/);
    const running = await assertRejects(() => permits.run(() => 1), CurioError);
    assertAdvice(running, /^\w*Semaphore\.run\(\) outside a task/);
    assertEquals(permits.value, 1);
  });

  Deno.test(`${name}.release() from a callback of the host wakes the next in line`, async () => {
    await run(async () => {
      const permits = new Kind(1);
      await permits.acquire();
      setTimeout(() => permits.release(), 0);
      await permits.acquire();
      assertEquals(permits.value, 0);
    });
  });

  Deno.test(`${name} prints its permits and how many wait`, async () => {
    await run(async () => {
      const permits = new Kind(2);
      assertEquals(Deno.inspect(permits), `${name} [2 free, 0 waiting]`);
      await permits.acquire();
      await permits.acquire();
      await line([], permits, "a");
      assertEquals(Deno.inspect(permits), `${name} [0 free, 1 waiting]`);
      assertEquals(permits.statistics(), { waiting: 1, value: 0 });
    });
  });
}

Deno.test("Semaphore.release() may add permits, also outside a task", () => {
  const permits = new Semaphore(0);
  permits.release();
  permits.release();
  assertEquals(permits.value, 2);
});

Deno.test("Semaphore.release() may be called by any task", async () => {
  await run(async () => {
    const permits = new Semaphore(0);
    const task = spawn(() => permits.acquire());
    await reach(task, "SEMA_ACQUIRE");
    await spawn(() => permits.release()).join();
    await task.join();
    assertEquals(permits.value, 0);
  });
});

Deno.test("Semaphore(3) lets three tasks in at a time", async () => {
  let inside = 0;
  let most = 0;
  await virtually(() =>
    new TaskGroup().run((group) => {
      const slots = new Semaphore(3);
      for (let n = 0; n < 10; n++) {
        group.spawn(() =>
          slots.run(async () => {
            most = Math.max(most, ++inside);
            await sleep(1);
            inside--;
          })
        );
      }
    })
  );
  assertEquals([inside, most], [0, 3]);
});

Deno.test("BoundedSemaphore is a Semaphore", () => {
  assert(new BoundedSemaphore() instanceof Semaphore);
});

Deno.test("BoundedSemaphore.release() above the initial value throws and changes nothing", async () => {
  await run(async () => {
    const permits = new BoundedSemaphore(2);
    await permits.acquire();
    permits.release();
    const error = assertThrows(() => permits.release(), RangeError);
    assertAdvice(error, /^Cannot release a BoundedSemaphore above its 2 permits/);
    assertEquals(permits.value, 2);
  });
});

Deno.test("BoundedSemaphore(0).release() throws", () => {
  assertThrows(() => new BoundedSemaphore(0).release(), RangeError);
});
