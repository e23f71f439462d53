import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Event, run, sleep, spawn, TaskError } from "../../../mod.ts";
import { reach } from "../../helpers/reach.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";
import { virtually } from "../../helpers/virtually.ts";

/** A program with a crash, a cancellation and a result: what it does, step by step. */
async function program(trace: string[]): Promise<number> {
  const crash = spawn(() => Promise.reject(new Error("out of milk")));
  trace.push((await crash.join().catch((error) => error)).name);
  const sleeper = spawn(() => sleep(Infinity));
  await reach(sleeper, "TIME_SLEEP");
  await sleeper.cancel();
  trace.push((sleeper.exception as Error).name);
  await sleep(1);
  return 42;
}

Deno.test("debugger: true changes nothing in how a program runs", async () => {
  const traces: unknown[] = [];
  for (const option of [false, true]) {
    const trace: string[] = [];
    const log = new RecordingLog();
    const result = await virtually({ debugger: option, log }, () => program(trace));
    traces.push([trace, result, log.texts()]);
  }
  assertEquals(traces[1], traces[0]);
  assertEquals(traces[0], [["TaskError", "TaskCancelled"], 42, []]);
});

Deno.test("debugger: true keeps stacks", async () => {
  await run({ debugger: true }, async () => {
    const event = new Event();
    const task = spawn(async function waiter() {
      await event.wait();
    });
    await reach(task, "EVENT_WAIT");
    assertStrictEquals(task.where()?.filename, import.meta.url);
    assert(task.traceback().includes("waiter"), task.traceback());
    event.set();
  });
});

Deno.test("debugger: false keeps none unless told", async () => {
  await run({ debugger: false }, async () => {
    const task = spawn(() => sleep(Infinity));
    await reach(task, "TIME_SLEEP");
    assertEquals(task.where(), null);
  });
});

Deno.test("debugger: true rejects with the very error of a crash", async () => {
  const error = new Error("out of milk");
  const thrown = await run({ debugger: true }, () => Promise.reject(error)).catch((e) => e);
  assertStrictEquals(thrown, error);
  await assertRejects(
    () => run({ debugger: true }, () => spawn(() => Promise.reject(error)).join()),
    TaskError,
  );
});
