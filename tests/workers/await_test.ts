import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import {
  AsyncOnlyError,
  AWAIT,
  clock,
  Condition,
  CurioError,
  Event,
  ignoreAfter,
  Lock,
  openConnection,
  Queue,
  QueueEmpty,
  run,
  sleep,
  type Socket,
  spawn,
  spawnThread,
  TaskError,
  TaskTimeout,
  tcpServerSocket,
  timeoutAfter,
  UniversalEvent,
  UniversalQueue,
  workerModule,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";

const jobs = workerModule<typeof import("./thread_jobs.ts")>(
  import.meta.resolve("./thread_jobs.ts"),
);

/** Runs `fn` in a thread of a kernel of its own; its result. */
async function inThread<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<R> {
  const result = await run(() => spawnThread(fn, ...args).join());
  assertQuiet();
  return result;
}

Deno.test("AWAIT() outside a thread throws AsyncOnlyError", async () => {
  assertAdvice(assertThrows(() => AWAIT(1), AsyncOnlyError), /blocks/);
  await run(() => assertThrows(() => AWAIT(1), AsyncOnlyError));
});

Deno.test("AWAIT() of anything but an operation returns it", async () => {
  const got = await inThread(() => {
    const list = [1];
    return [AWAIT(42), AWAIT("text"), AWAIT(undefined), AWAIT(list) === list];
  });
  assertEquals(got, [42, "text", undefined, true]);
});

Deno.test("AWAIT() of a promise from elsewhere returns it", async () => {
  const got = await inThread(() => {
    const promise = Promise.resolve(1);
    return AWAIT(promise) as unknown === promise;
  });
  assertEquals(got, true);
  assertEquals(await inThread(jobs.foreignPromise), true);
});

Deno.test("AWAIT(sleep()) blocks the thread for that long", async () => {
  const took = await inThread(() => {
    const start = clock();
    const woken = AWAIT(sleep(0.05));
    return woken - start;
  });
  assert(took >= 0.05);
});

Deno.test("AWAIT() runs methods of objects that were passed, and the others are called at once", async () => {
  await run(async () => {
    const queue = new Queue<number>(3);
    const done = new Event();
    const thread = spawnThread(
      (queue, { done }) => {
        AWAIT(queue.put(1));
        queue.putNowait(2);
        const seen = [queue.size(), queue.maxsize, queue.full(), done.isSet()];
        done.set();
        return [...seen, AWAIT(queue.get()), queue.getNowait(), done.isSet()];
      },
      queue,
      { done },
    );
    await done.wait();
    assertEquals(await thread.join(), [2, 3, false, false, 1, 2, true]);
  });
  assertQuiet();
});

Deno.test("AWAIT() throws what the operation rejects with, of its class", async () => {
  const got = await inThread((queue) => {
    try {
      queue.getNowait();
    } catch (error) {
      return [error instanceof QueueEmpty, error instanceof CurioError, (error as Error).name];
    }
  }, new Queue<number>());
  assertEquals(got, [true, true, "QueueEmpty"]);
});

Deno.test("AWAIT() gives objects of the kernel as the thread can use them, and back", async () => {
  await run(async () => {
    const lock = new Lock();
    const thread = spawnThread((lock) => {
      using held = AWAIT(lock.acquire());
      return [held === lock, lock.locked(), lock] as const;
    }, lock);
    const [same, locked, back] = await thread.join();
    assertEquals([same, locked, back === lock, lock.locked()], [true, true, true, false]);
  });
});

Deno.test("AWAIT() carries a socket's accept() and recv()", async () => {
  await run(async () => {
    await using server = tcpServerSocket("localhost", 0);
    const thread = spawnThread((server: Socket) => {
      const [client] = AWAIT(server.accept());
      for (;;) {
        const data = AWAIT(client.recv(1000));
        if (data.length === 0) break;
        AWAIT(client.sendall(data));
      }
      AWAIT(client.close());
      return AWAIT(client.recv(1));
    }, server);
    const sock = await openConnection("localhost", server.getsockname().port);
    await sock.sendall("hello");
    assertEquals(new TextDecoder().decode(await sock.recv(1000)), "hello");
    await sock.close();
    const error = await assertRejects(() => thread.join(), TaskError);
    assertInstanceOf(error.cause, CurioError);
    assertAdvice(error.cause, /closed/);
  });
  assertQuiet();
});

Deno.test("AWAIT(timeoutAfter()) times out a function of the library, a method, and one of the thread's own", async () => {
  const got = await inThread((queue) => {
    const trace: unknown[] = [];
    const attempt = (operation: unknown) => {
      try {
        trace.push(AWAIT(operation));
      } catch (error) {
        trace.push(error instanceof TaskTimeout);
      }
    };
    attempt(timeoutAfter(0.01, sleep, 10));
    attempt(timeoutAfter(0.01, queue.get));
    attempt(timeoutAfter(0.01, () => {
      AWAIT(sleep(0));
      AWAIT(queue.get());
    }));
    attempt(timeoutAfter(10, (a: number, b: number) => AWAIT(sleep(0)) > 0 && a + b, 2, 3));
    attempt(ignoreAfter(0.01, sleep, 10));
    return trace;
  }, new Queue<number>());
  assertEquals(got, [true, true, true, 5, null]);
});

Deno.test("AWAIT(timeoutAfter()) interrupts the next AWAIT of a function that computed too long", async () => {
  const got = await inThread(() => {
    const trace: string[] = [];
    try {
      AWAIT(timeoutAfter(0.01, () => {
        const end = performance.now() + 30;
        while (performance.now() < end);
        try {
          AWAIT(sleep(0));
        } finally {
          trace.push("interrupted");
        }
        trace.push("not reached");
      }));
    } catch (error) {
      trace.push((error as Error).name);
    }
    return trace;
  });
  assertEquals(got, ["interrupted", "TaskTimeout"]);
});

Deno.test("AWAIT(condition.waitFor()) asks the thread's own predicate", async () => {
  await run(async () => {
    const condition = new Condition();
    const count = new Queue<number>();
    const thread = spawnThread(
      (condition, count) => {
        let seen = 0;
        return AWAIT(condition.run(() => {
          AWAIT(condition.waitFor(() => count.size() > 0 && ++seen === 2));
          return [seen, condition.locked()];
        }));
      },
      condition,
      count,
    );
    while (!thread.terminated) {
      await condition.run(() => {
        count.putNowait(1);
        condition.notifyAll();
      });
      await sleep(0.001);
    }
    assertEquals(thread.result, [2, true]);
  });
});

Deno.test("AWAIT() works on objects the thread makes, which live in the kernel", async () => {
  const got = await inThread(() => {
    const queue = new Queue<number>(1);
    AWAIT(queue.put(1));
    return [AWAIT(ignoreAfter(0, queue.put, 2)), AWAIT(queue.get()), queue] as const;
  });
  assertEquals(got.slice(0, 2), [null, 1]);
  assertInstanceOf(got[2], Queue);
});

Deno.test("AWAIT() works on universal objects", async () => {
  await run(async () => {
    const queue = new UniversalQueue<number>(1);
    const done = new UniversalEvent();
    const thread = spawnThread(
      (queue, done) => {
        for (let n = 0; n < 5; n++) AWAIT(queue.put(n));
        AWAIT(done.wait());
        return queue.size();
      },
      queue,
      done,
    );
    for (let n = 0; n < 5; n++) assertEquals(await queue.get(), n);
    done.set();
    assertEquals(await thread.join(), 0);
  });
});

Deno.test("AWAIT() and the library's functions, imported by a worker module, work in a thread", async () => {
  await run(async () => {
    const queue = new Queue<string>();
    const thread = spawnThread(jobs.greet, queue);
    assertEquals(await queue.get(), "hello");
    assertEquals(await thread.join(), "TaskTimeout");
    assertEquals(await spawnThread(jobs.lookUp).join(), true);
  });
  assertQuiet();
});

Deno.test("AWAIT() in a worker module gets a cancellation of the class that it imports", async () => {
  await run(async () => {
    const started = new Event();
    const thread = spawnThread(jobs.untilCancelled, started);
    await started.wait();
    await thread.cancel();
    assertEquals((thread.exception as Error).name, "TaskCancelled");
  });
});

Deno.test("AWAIT() of an operation on a worker module's own object says what to do instead", async () => {
  for (const job of [jobs.ownQueue, jobs.ownLock, jobs.ownUniversalQueue]) {
    const { cause } = await assertRejects(() => inThread(job), TaskError);
    assertInstanceOf(cause, CurioError);
    assertAdvice(cause, /made in an async thread/);
  }
});

Deno.test("AWAIT() waits in line with tasks for what the kernel has", async () => {
  await run(async () => {
    const lock = new Lock();
    const trace: string[] = [];
    const held = new Event();
    const thread = spawnThread(
      (lock, held) => {
        AWAIT(lock.acquire());
        held.set();
        AWAIT(sleep(0.02));
        lock.release();
      },
      lock,
      held,
    );
    await held.wait();
    const task = spawn(() => lock.run(() => void trace.push(`task ${thread.terminated}`)));
    await Promise.all([task.join(), thread.join()]);
    assertEquals(trace.length, 1);
    await timeoutAfter(1, () => lock.acquire());
  });
});
