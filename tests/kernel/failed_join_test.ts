import { assertEquals, assertInstanceOf, assertMatch, assertStringIncludes } from "@std/assert";
import {
  CancelledError,
  Event,
  type KernelOptions,
  schedule,
  sleep,
  spawn,
  TaskCancelled,
  TaskError,
  timeoutAfter,
} from "../../mod.ts";
import { virtually } from "../helpers/virtually.ts";

const here = import.meta.url;
const quiet: KernelOptions = { log: { debug() {}, info() {}, warn() {}, error() {} } };

async function fails(seconds: number): Promise<never> {
  await sleep(seconds);
  throw new Error("boom");
}

/** The line of this file that the stack made here is of, `offset` lines on. */
function line(offset: number): string {
  const [, number] = new Error().stack!.split("\n")[2].match(/:(\d+):\d+\)?$/)!;
  return `${here}:${Number(number) + offset}:`;
}

/** What `fn` rejects with. */
async function errorOf(fn: () => Promise<unknown>): Promise<TaskError> {
  try {
    await fn();
  } catch (error) {
    assertInstanceOf(error, TaskError);
    return error;
  }
  throw new Error("it resolved");
}

/** The frames of an error's stack. */
function frames(error: Error): string[] {
  return error.stack!.split("\n").filter((each) => each.startsWith("    at "));
}

Deno.test("Task.join() of a task that fails meanwhile shows the joiner's own line first", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    const place = line(2);
    async function parent() {
      await kid.join();
    }
    const [first] = frames(await errorOf(parent));
    assertStringIncludes(first, "async parent");
    assertStringIncludes(first, place);
  });
});

Deno.test("Task.join() of a task that has failed shows the joiner's own line first", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    await kid.wait();
    const place = line(2);
    async function parent() {
      await kid.join();
    }
    const [first] = frames(await errorOf(parent));
    assertStringIncludes(first, place);
  });
});

Deno.test("Task.join() tells which of five joins failed", async () => {
  await virtually(quiet, async () => {
    const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((n) => spawn(n === 4 ? fails : sleep, n));
    const place = line(5);
    const error = await errorOf(async () => {
      await a.join();
      await b.join();
      await c.join();
      await d.join();
      await e.join();
    });
    assertStringIncludes(frames(error)[0], place);
  });
});

Deno.test("Task.join() shows the way up through functions, timeouts and Promise.all()", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    async function inner() {
      await Promise.all([sleep(2), kid.join()]);
    }
    async function outer() {
      await timeoutAfter(5, inner);
    }
    const stack = frames(await errorOf(outer)).join("\n");
    assertMatch(stack, /async Promise\.all \(index 1\)[^]*async inner[^]*async outer/);
  });
});

Deno.test("Task.join() shows each of several joiners its own line", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    async function one() {
      await kid.join();
    }
    async function two() {
      await kid.join();
    }
    const joiners = [one, two].map((fn) => spawn(errorOf, fn));
    const errors = [await joiners[0].join(), await joiners[1].join()];
    assertStringIncludes(frames(errors[0])[0], "async one");
    assertStringIncludes(frames(errors[1])[0], "async two");
    assertEquals(errors[0].cause, errors[1].cause);
  });
});

Deno.test("Task.join() wakes joiners of a failed task in the order they came", async () => {
  const trace: string[] = [];
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    for (const name of ["first", "second", "third"]) {
      spawn(async () => {
        await errorOf(() => kid.join());
        trace.push(name);
        await schedule();
        trace.push(`${name} again`);
      });
    }
    await sleep(2);
  });
  assertEquals(trace, ["first", "second", "third", "first again", "second again", "third again"]);
});

Deno.test("Task.join() cancelled just before its task fails: the cancellation stands", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    const joiner = spawn(() => kid.join());
    await sleep(0.5);
    await joiner.cancel();
    assertInstanceOf(joiner.exception, TaskCancelled);
  });
});

Deno.test("Task.join() cancelled as its failure is on the way: it rejects with that, and the next wait is cancelled", async () => {
  // From right after the hand-over until after the joiner went on.
  for (let microtasks = 0; microtasks < 8; microtasks++) {
    await virtually(quiet, async () => {
      const trace: string[] = [];
      const go = new Event();
      const kid = spawn(() => go.wait().then(() => Promise.reject(new Error("boom"))));
      const joiner = spawn(async () => {
        trace.push((await errorOf(() => kid.join())).name);
        await schedule();
        trace.push("never");
      });
      spawn(async () => {
        await go.wait();
        for (let left = microtasks; left > 0; left--) await null;
        void joiner.cancel({ blocking: false });
      });
      await schedule();
      go.set();
      await joiner.wait();
      assertEquals(trace, ["TaskError"]);
      assertInstanceOf(joiner.exception, TaskCancelled);
    });
  }
});

Deno.test("Task.join() nobody awaits causes no unhandled rejection when its task fails", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(fails, 1);
    const forgotten = kid.join();
    await sleep(2);
    const error = await errorOf(() => forgotten);
    assertEquals((error.cause as Error).message, "boom");
    void kid.join();
    await sleep(1);
  });
});

Deno.test("Task.join() of a task that is cancelled shows the joiner's line and the cancellation", async () => {
  await virtually(quiet, async () => {
    const kid = spawn(sleep, 10);
    spawn(() => kid.cancel());
    async function parent() {
      await kid.join();
    }
    const error = await errorOf(parent);
    assertStringIncludes(frames(error)[0], "async parent");
    assertInstanceOf(error.cause, CancelledError);
  });
});
