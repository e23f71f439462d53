import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CurioError,
  Event,
  Kernel,
  run,
  schedule,
  SignalEvent,
  SignalQueue,
  sleep,
  spawn,
  timeoutAfter,
} from "../../../mod.ts";
import { assertQuiet } from "../../../kernel/testing/mod.ts";
import { assertAdvice } from "../../helpers/assert_advice.ts";
import { reach } from "../../helpers/reach.ts";

function complaint(kernel?: Kernel): string {
  const error = assertThrows(() => assertQuiet(kernel), CurioError);
  assertAdvice(error, /^Something is left that should have ended or been closed: /);
  return error.message;
}

Deno.test("assertQuiet() passes before and after a run", async () => {
  assertQuiet();
  await run(sleep, 0);
  assertQuiet();
});

Deno.test("assertQuiet() names each task that is left, its state and its wait", async () => {
  const kernel = new Kernel();
  const id = await kernel.run(async () => {
    const task = spawn({ name: "leftover" }, () => new Event().wait());
    await reach(task, "EVENT_WAIT");
    return task.id;
  });
  assert(complaint(kernel).includes(`task ${id} 'leftover' (EVENT_WAIT, in Event.wait())`));
  assert(complaint().includes(`task ${id} 'leftover'`));
  await kernel.shutdown();
  assertQuiet(kernel);
  assertQuiet();
});

Deno.test("assertQuiet() counts the timers that are left", async () => {
  const kernel = new Kernel();
  await kernel.run(async () => {
    const one = spawn(() => sleep(1000));
    const two = spawn(() => timeoutAfter(1000, () => new Event().wait()));
    await reach(one, "TIME_SLEEP");
    await reach(two, "EVENT_WAIT");
  });
  assert(complaint(kernel).includes("2 timers"), complaint(kernel));
  await kernel.shutdown();
  assertQuiet(kernel);
});

Deno.test("assertQuiet() names every wait of a task", async () => {
  const kernel = new Kernel({ log: { debug() {}, info() {}, warn() {}, error() {} } });
  await kernel.run(async () => {
    const task = spawn({ name: "both" }, () => Promise.race([sleep(1000), new Event().wait()]));
    await reach(task, "TIME_SLEEP");
  });
  assert(complaint(kernel).includes("'both' (TIME_SLEEP, in sleep(), Event.wait())"));
  await kernel.shutdown();
  assertQuiet(kernel);
});

Deno.test("assertQuiet(kernel) looks at that kernel only", async () => {
  const busy = new Kernel();
  const quiet = new Kernel();
  await quiet.run(schedule);
  await busy.run(async () => {
    spawn(() => sleep(1000));
    await schedule();
  });
  assertQuiet(quiet);
  assertThrows(() => assertQuiet(), CurioError);
  await busy.shutdown();
});

Deno.test("assertQuiet() during a run names the tasks that run", async () => {
  await run({}, async function main() {
    assert(complaint().includes("'main' (RUNNING)"), complaint());
    await schedule();
  });
  assertQuiet();
});

Deno.test("assertQuiet() names an open listener of signals", () => {
  for (const Listener of [SignalQueue, SignalEvent]) {
    const listener = new Listener("SIGUSR1");
    const text = complaint();
    listener.close();
    assert(text.includes("SIGUSR1"), text);
    assertQuiet();
  }
});

Deno.test("assertQuiet() passes after a timeout that was left in time", async () => {
  const kernel = new Kernel();
  await kernel.run(() => timeoutAfter(1000, schedule));
  assertQuiet(kernel);
});

Deno.test("assertQuiet() passes after a task was cancelled in whatever it did", async () => {
  const kernel = new Kernel();
  await kernel.run(async () => {
    const task = spawn(() =>
      timeoutAfter(500, () => Promise.all([sleep(1000), new Event().wait()]))
    );
    await reach(task, "TIME_SLEEP");
    await task.cancel();
    assertEquals(task.terminated, true);
  });
  assertQuiet(kernel);
});
