/** "Debugging Tips": the forgotten await, and the two traces. */
import { assertEquals, assertMatch } from "@std/assert";
import { run, sleep, spawn } from "@curio/core";
import { schedtrace, traptrace } from "@curio/core/debug";
import { VirtualClock } from "@curio/core/testing";
import { consoleOutput } from "../helpers/console_output.ts";
import { countdown } from "./people.ts";
import { printed } from "./printed.ts";

// deno-lint-ignore require-await -- that is the mistake
async function forgetfulCountdown(n: number) {
  while (n > 0) {
    console.log("T-minus", n);
    sleep(5); // Missing await
    n -= 1;
  }
}

Deno.test("The tutorial's countdown that forgets its await gets a warning", async () => {
  const lines = await printed(async () => {
    await spawn(forgetfulCountdown, 3).join();
  });
  assertEquals(lines.slice(0, 3), ["T-minus 3", "T-minus 2", "T-minus 1"]);
  assertEquals(lines.length, 4);
  assertMatch(
    lines[3]!,
    /^warn: forgotten await: task \d+ 'forgetfulCountdown' ended while sleep\(\), sleep\(\), sleep\(\) of its own were still pending: put `await` before the call/,
  );
});

Deno.test("The tutorial's warning tells the line, where stacks are kept", async () => {
  const lines = await printed({ stacks: true }, async () => {
    await spawn(forgetfulCountdown, 1).join();
  });
  assertMatch(lines[1]!, /ended while sleep\(\) \(at .*debugging_tips_test\.ts:14\) of its own/);
});

/** What `run({ debug }, countdown, 2)` writes, the task's number made 1. */
async function traced(debug: typeof schedtrace): Promise<string[]> {
  const clock = new VirtualClock();
  const calls = await consoleOutput(() => run({ clock, debug }, countdown, 2));
  return calls.map((call) => call.replace(/id=\d+/, "id=1"));
}

Deno.test("The tutorial's schedtrace logs the scheduling of tasks", async () => {
  const task = (state: string) => `Task(id=1, name='countdown', state='${state}')`;
  assertEquals(await traced(schedtrace), [
    `debug: CREATE ${task("INITIAL")}`,
    `debug: RUN ${task("RUNNING")}`,
    "log: T-minus 2",
    `debug: SUSPEND ${task("TIME_SLEEP")}`,
    `debug: RUN ${task("RUNNING")}`,
    "log: T-minus 1",
    `debug: SUSPEND ${task("TIME_SLEEP")}`,
    `debug: RUN ${task("RUNNING")}`,
    `debug: TERMINATED ${task("TERMINATED")}`,
  ]);
});

Deno.test("The tutorial's traptrace logs every operation that blocks", async () => {
  const trap = "debug: TRAP sleep() TIME_SLEEP Task(id=1, name='countdown', state='TIME_SLEEP')";
  assertEquals(await traced(traptrace), ["log: T-minus 2", trap, "log: T-minus 1", trap]);
});
