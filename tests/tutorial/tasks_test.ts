/** "Tasks": the parent, the kid and the countdown. */
import { assertEquals, assertInstanceOf, assertMatch, assertStringIncludes } from "@std/assert";
import {
  CancelledError,
  run,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskError,
} from "@curio/core";
import { VirtualClock } from "@curio/core/testing";
import { consoleOutput } from "../helpers/console_output.ts";
import { COUNTDOWN, countdown, warnAndLeave } from "./people.ts";
import { printed } from "./printed.ts";

const UNTIL_LEAVING = [
  "Building the Millenium Falcon in Minecraft",
  "Let's go",
  ...COUNTDOWN,
  "We're leaving!",
];

async function kid() {
  console.log("Building the Millenium Falcon in Minecraft");
  await sleep(1000);
}

/** The parent up to the point where the versions differ. */
async function parentUntilLeaving(kid: () => Promise<void>): Promise<Task<void>> {
  const kidTask = spawn(kid);
  await sleep(5);

  console.log("Let's go");
  const countTask = spawn(countdown, 10);
  await countTask.join();
  return kidTask;
}

async function waitingParent() {
  const kidTask = await parentUntilLeaving(kid);
  console.log("We're leaving!");
  await kidTask.join();
  console.log("Leaving");
}

Deno.test("The tutorial's first parent waits for the kid, however long that takes", async () => {
  const clock = new VirtualClock();
  const lines = await consoleOutput(() => run({ clock }, waitingParent));
  assertEquals(lines, [...UNTIL_LEAVING, "Leaving"].map((line) => `log: ${line}`));
  assertEquals(clock.now(), 1000);
});

Deno.test("The tutorial's first parent dies of a TaskError if somebody cancels the kid", async () => {
  // As `cancel 4` does it in the monitor: see tests/monitor/tutorial_test.ts.
  await printed(async function main() {
    const parentTask = spawn(waitingParent);
    await sleep(20);
    const kidTask = parentTask.children[0]!;
    assertEquals([kidTask.name, kidTask.state], ["kid", "TIME_SLEEP"]);
    await kidTask.cancel();
    await parentTask.wait();
    const error = parentTask.exception;
    // The two parts of the tutorial's traceback: the join in the parent, and why.
    assertInstanceOf(error, TaskError);
    assertStringIncludes(error.message, "'kid' was cancelled");
    assertMatch(error.stack!, /at async waitingParent \(.*tasks_test\.ts:\d+:/);
    assertInstanceOf(error.cause, TaskCancelled);
    assertMatch(error.cause.message, /^task \d+ 'kid' cancelled by task \d+ 'main'$/);
  });
});

Deno.test("The tutorial's second parent warns the kid, and cancels it", async () => {
  const lines = await printed(async () => warnAndLeave(await parentUntilLeaving(kid)));
  assertEquals(lines, [...UNTIL_LEAVING, "I warned you!", "Leaving!"]);
});

for (const again of [true, false]) {
  // The older tutorial's kid catches its cancellation and leaves it at that; the newer one's raises it again.
  const what = again ? "raises the error again" : "leaves it at that";
  Deno.test(`The tutorial's kid that is cancelled saves its work, and ${what}`, async () => {
    async function kid() {
      try {
        console.log("Building the Millenium Falcon in Minecraft");
        await sleep(1000);
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        console.log("Fine. Saving my work.");
        if (again) throw error;
      }
    }

    let kidTask: Task | undefined;
    const lines = await printed(async () => {
      kidTask = await parentUntilLeaving(kid);
      await warnAndLeave(kidTask);
    });
    assertEquals(lines, [
      ...UNTIL_LEAVING,
      "I warned you!",
      "Fine. Saving my work.",
      "Leaving!",
    ]);
    assertEquals(kidTask!.exception instanceof TaskCancelled, again);
  });
}
