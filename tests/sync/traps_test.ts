import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  CurioError,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { currentKernel, suspend, type Waker } from "../../sync/traps.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { runProgram } from "../helpers/program.ts";
import { reach } from "../helpers/reach.ts";
import { ReadWriteLock } from "../helpers/read_write_lock.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { settle } from "../helpers/settle.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { virtually } from "../helpers/virtually.ts";

/** A waker to use later. */
interface Kept<T> {
  waker: Waker<T> | null;
  undone: number;
}

/** A task that waits in `suspend`, and what it left for its waker. */
async function suspended<T>(kept: Kept<T>, state = "EVENT_WAIT"): Promise<Task<T>> {
  const task = spawn(() =>
    suspend<T>(state, (waker) => {
      kept.waker = waker;
      return () => void kept.undone++;
    })
  );
  while (kept.waker === null) await schedule();
  return task;
}

function kept<T>(): Kept<T> {
  return { waker: null, undone: 0 };
}

Deno.test("suspend() resolves with what its waker is given", async () => {
  await run(async () => {
    const place = kept<string>();
    const task = await suspended(place);
    assertEquals([place.waker!.pending, place.waker!.wake("milk")], [true, true]);
    assertEquals([await task.join(), place.undone], ["milk", 0]);
  });
});

Deno.test("suspend() rejects with the error its waker is given, the very same", async () => {
  await run(async () => {
    const place = kept<string>();
    const task = await suspended(place);
    const error = new Error("out of milk");
    const joined = task.join().catch((thrown) => thrown);
    assert(place.waker!.fail(error));
    assertStrictEquals((await joined).cause, error);
  });
});

Deno.test("Waker: the first to use it decides", async () => {
  await run(async () => {
    const place = kept<string>();
    const task = await suspended(place);
    const used = [place.waker!.wake("first"), place.waker!.wake("second")];
    used.push(place.waker!.fail(new Error("third")), place.waker!.pending);
    assertEquals(used, [true, false, false, false]);
    assertEquals(await task.join(), "first");
  });
});

Deno.test("Waker.wake() right away, inside register, is kept", async () => {
  await run(async () => {
    const value = await suspend<number>("EVENT_WAIT", (waker) => void waker.wake(42));
    assertEquals(value, 42);
  });
});

Deno.test("Waker.wake() from a callback of the host wakes the task", async () => {
  await run(async () => {
    const value = await suspend<number>("EVENT_WAIT", (waker) => {
      setTimeout(() => waker.wake(42), 0);
    });
    assertEquals(value, 42);
  });
});

Deno.test("Waker.wake() runs no other task before it returns", async () => {
  const trace: string[] = [];
  await run(async () => {
    const place = kept<void>();
    const task = await suspended(place);
    const after = spawn(async () => {
      await task.wait();
      trace.push("woken");
    });
    await reach(after, "TASK_JOIN");
    place.waker!.wake();
    trace.push("returned");
    await after.join();
  });
  assertEquals(trace, ["returned", "woken"]);
});

Deno.test("suspend() cancelled undoes its registration once, and its waker is of no use", async () => {
  await run(async () => {
    const place = kept<string>();
    const task = await suspended(place);
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    assertEquals([place.undone, place.waker!.pending], [1, false]);
    assertEquals([place.waker!.wake("late"), place.waker!.fail(new Error())], [false, false]);
  });
});

Deno.test("suspend() cancelled after it was woken keeps what it was given", async () => {
  const trace: string[] = [];
  await run(async () => {
    const place = kept<string>();
    const task = spawn(async () => {
      trace.push(
        await suspend<string>("EVENT_WAIT", (waker) => {
          place.waker = waker;
          return () => void place.undone++;
        }),
      );
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "EVENT_WAIT");
    place.waker!.wake("milk");
    await task.cancel();
    trace.push(`undone ${place.undone} times`);
  });
  assertEquals(trace, ["milk", "cancelled at the next blocking point", "undone 0 times"]);
});

Deno.test("suspend() with a cancellation due does not register", async () => {
  let registered = 0;
  await run(async () => {
    const task = spawn(() => suspend("EVENT_WAIT", () => void registered++));
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
  });
  assertEquals(registered, 0);
});

Deno.test("suspend() without an undo can be cancelled", async () => {
  await run(async () => {
    const task = spawn(() => suspend("EVENT_WAIT", () => {}));
    await reach(task, "EVENT_WAIT");
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
  });
});

Deno.test("suspend() times out", async () => {
  await virtually(async () => {
    let undone = 0;
    const forever = () => suspend("EVENT_WAIT", () => () => void undone++);
    await assertRejects(() => timeoutAfter(1, forever), TaskTimeout);
    assertEquals(undone, 1);
  });
});

Deno.test("suspend() shows the state it is given, also one of its own", async () => {
  await run(async () => {
    const place = kept<void>();
    const task = await suspended(place, "BATON_WAIT");
    assertEquals(String(task.state), "BATON_WAIT");
    place.waker!.wake();
    await task.join();
  });
});

Deno.test("suspend() whose register throws rejects with that, and leaves nothing behind", async () => {
  const log = new RecordingLog();
  await run({ log }, async () => {
    const error = new Error("no room");
    const task = spawn(async () => {
      const thrown = await suspend("EVENT_WAIT", () => {
        throw error;
      }).catch((thrown) => thrown);
      await schedule();
      return thrown;
    });
    assertStrictEquals(await task.join(), error);
  });
  assertEquals(log.texts(), []);
});

Deno.test("suspend() forgotten by a task that ends is undone", async () => {
  const log = new RecordingLog();
  let undone = 0;
  await run({ log }, async () => {
    await spawn(() => void suspend("EVENT_WAIT", () => () => void undone++)).join();
  });
  assertEquals(undone, 1);
  assertEquals(log.entries.map((entry) => entry.level), ["warn"]);
});

Deno.test("suspend() cancelled and never awaited is no unhandled rejection", async () => {
  const unhandled = await unhandledRejections(() =>
    run(async () => {
      const task = spawn(async () => {
        void suspend("EVENT_WAIT", () => {});
        await sleep(Infinity).catch(() => {});
      });
      await settle();
      await task.cancel();
    })
  );
  assertEquals(unhandled, []);
});

Deno.test("suspend() rejects outside a task and does not register", async () => {
  let registered = 0;
  const error = await assertRejects(
    () => suspend("EVENT_WAIT", () => void registered++),
    CurioError,
  );
  assertAdvice(error, /^suspend\("EVENT_WAIT"\) outside a task/);
  assertEquals(registered, 0);
});

Deno.test("suspend() in a deadlock is named with its state", async () => {
  const stuck = () => suspend("BATON_WAIT", () => {});
  const error = await assertRejects(() => virtually({ deadlock: "throw" }, stuck), CurioError);
  assert(error.message.includes("BATON_WAIT"), error.message);
});

Deno.test("currentKernel() gives the kernel, and throws outside a task", async () => {
  await run(() => assert(Deno.inspect(currentKernel()).startsWith("Kernel [running")));
  await assertRejects(() => Promise.resolve().then(currentKernel), CurioError, "outside a task");
});

/** The example in the documentation of `./traps`: the code between its fences. */
async function example(): Promise<string> {
  const source = await Deno.readTextFile(new URL("../../sync/traps.ts", import.meta.url));
  const lines = source.slice(0, source.indexOf(" */")).split("\n").map((line) => line.slice(3));
  return lines.slice(lines.indexOf("```ts") + 1, lines.lastIndexOf("```")).join("\n");
}

/** From `class ReadWriteLock {` to its end. */
function classText(source: string): string {
  return source.slice(source.indexOf("class ReadWriteLock {")).split("\n}\n")[0];
}

Deno.test("ReadWriteLock tested here is the one of the documentation, word for word", async () => {
  const helper = new URL("../helpers/read_write_lock.ts", import.meta.url);
  const text = classText(await Deno.readTextFile(helper));
  assert(text.includes("#admit(): void {"));
  assertEquals(classText(await example()), text);
});

Deno.test("ReadWriteLock's example in the documentation runs", async () => {
  const ending = await runProgram(await example());
  assertEquals([ending.errors, ending.lines], ["", ["Max reads", "Lillian reads"]]);
});

/** A task that takes `lock` as a reader or a writer, notes it, and sleeps for a second with it. */
function visitor(trace: string[], lock: ReadWriteLock, kind: "Read" | "Write"): Task<void> {
  return spawn(async () => {
    await (kind === "Read" ? lock.acquireRead() : lock.acquireWrite());
    trace.push(`${kind} at ${await sleep(1) - 1}`);
    lock.release();
  });
}

async function visitAll(trace: string[], ...kinds: ("Read" | "Write")[]): Promise<void> {
  const lock = new ReadWriteLock();
  const tasks = kinds.map((kind) => visitor(trace, lock, kind));
  for (const task of tasks) await task.join();
}

Deno.test("ReadWriteLock lets readers in together", async () => {
  const trace: string[] = [];
  await virtually(() => visitAll(trace, "Read", "Read", "Read"));
  assertEquals(trace, ["Read at 0", "Read at 0", "Read at 0"]);
});

Deno.test("ReadWriteLock lets writers in one at a time", async () => {
  const trace: string[] = [];
  await virtually(() => visitAll(trace, "Write", "Write", "Write"));
  assertEquals(trace, ["Write at 0", "Write at 1", "Write at 2"]);
});

Deno.test("ReadWriteLock serves in the order of arrival: no writer starves", async () => {
  const trace: string[] = [];
  await virtually(() => visitAll(trace, "Read", "Write", "Read", "Read", "Write"));
  assertEquals(trace, ["Read at 0", "Write at 1", "Read at 2", "Read at 2", "Write at 3"]);
});

Deno.test("ReadWriteLock refuses a release too many, and works on", async () => {
  await run(async () => {
    const lock = new ReadWriteLock();
    for (const acquire of [() => lock.acquireRead(), () => lock.acquireWrite()]) {
      assertThrows(() => lock.release(), CurioError, "Cannot release a ReadWriteLock that is free");
      await acquire();
      lock.release();
    }
    assertThrows(() => lock.release(), CurioError);
    const writers: string[] = [];
    const both = () => lock.acquireWrite().then(() => void writers.push("in"));
    spawn(both);
    spawn(both);
    await settle();
    assertEquals(writers, ["in"]);
    lock.release();
    lock.release();
  });
});

Deno.test("ReadWriteLock lets the readers in who stood behind a writer that is cancelled", async () => {
  const trace: string[] = [];
  await virtually(async () => {
    const lock = new ReadWriteLock();
    await lock.acquireRead();
    const writer = visitor(trace, lock, "Write");
    const reader = visitor(trace, lock, "Read");
    await reach(reader, "LOCK_ACQUIRE");
    await writer.cancel();
    await reader.join();
  });
  assertEquals(trace, ["Read at 0"]);
});
