/** "Getting Started": hello.py, in both tutorials. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Kernel, run, spawn, timeoutAfter } from "@curio/core";
import { VirtualClock } from "@curio/core/testing";
import { consoleOutput } from "../helpers/console_output.ts";
import { COUNTDOWN, countdown } from "./people.ts";

const LINES = COUNTDOWN.map((line) => `log: ${line}`);

Deno.test("The tutorial's countdown: run(countdown, 10)", async () => {
  const clock = new VirtualClock();
  assertEquals(await consoleOutput(() => run({ clock }, countdown, 10)), LINES);
});

Deno.test("The older tutorial's countdown: a kernel runs it", async () => {
  const kernel = new Kernel({ clock: new VirtualClock() });
  assertEquals(await consoleOutput(() => kernel.run(countdown, 10)), LINES);
  await kernel.shutdown();
});

// `run(main('', 25000))` stands in the newer tutorial, `spawn(kid())` and `timeout_after(10,
// kid_task.join())` in the older: in Python a coroutine that has not begun, here a promise of what runs
// already, in the wrong place.
Deno.test("What the tutorial calls instead of handing it over is refused, and the cure told", async () => {
  async function main(_host: string, _port: number) {}
  const advice = "pass the function and its arguments";
  // @ts-expect-error -- the compiler sees it first
  await assertRejects(() => run(main("", 25000)), TypeError, advice);
  await run(async () => {
    // @ts-expect-error -- as above
    assertThrows(() => spawn(main("", 25000)), TypeError, advice);
    // @ts-expect-error -- as above
    await assertRejects(() => timeoutAfter(10, main("", 25000)), TypeError, advice);
  });
});
