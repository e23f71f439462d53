import { assert, assertEquals, assertMatch } from "@std/assert";
import { disableCancellation, schedule, sleep, spawn, TaskGroup } from "../../../mod.ts";
import { swallowed } from "../../../kernel/debug/mod.ts";
import { consoleOutput } from "../../helpers/console_output.ts";
import { reach } from "../../helpers/reach.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";
import { virtually } from "../../helpers/virtually.ts";

/** Catches its cancellation, and then blocks `times` times. */
async function stubborn(times: number): Promise<void> {
  await sleep(Infinity).catch(() => {});
  for (let n = 0; n < times; n++) await sleep(1);
}

/** Runs a task that goes on past `times` blocking points after its cancellation. */
async function cancelStubborn(times: number, name = "stubborn"): Promise<void> {
  const task = spawn({ name }, stubborn, times);
  await reach(task, "TIME_SLEEP");
  await task.cancel();
}

Deno.test("swallowed() reports a task that goes on, once, by name, and says what to do", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: swallowed() }, () => cancelStubborn(50));
  assertEquals(log.entries.map((entry) => entry.level), ["warn"]);
  assertMatch(
    log.texts()[0],
    /^task \d+ 'stubborn' caught its cancellation .* 10 blocking points: rethrow the CancelledError/,
  );
});

Deno.test("swallowed() allows a clean-up of ten blocking points, and no eleventh", async () => {
  for (const [times, reports] of [[10, 0], [11, 1]]) {
    const log = new RecordingLog();
    await virtually({ log, debug: swallowed() }, () => cancelStubborn(times));
    assertEquals(log.texts().length, reports, `${times} blocking points`);
  }
});

Deno.test("swallowed({ after }) allows that many", async () => {
  for (const [times, reports] of [[2, 0], [3, 1]]) {
    const log = new RecordingLog();
    await virtually({ log, debug: swallowed({ after: 2 }) }, () => cancelStubborn(times));
    assertEquals(log.texts().length, reports, `${times} blocking points`);
  }
});

Deno.test("swallowed({ after }) counts alike if the cancellation was due before the task blocked", async () => {
  for (const [times, reports] of [[2, 0], [3, 1]]) {
    const log = new RecordingLog();
    await virtually({ log, debug: swallowed({ after: 2 }) }, async () => {
      const task = spawn(stubborn, times);
      await task.cancel();
    });
    assertEquals(log.texts().length, reports, `${times} blocking points`);
  }
});

Deno.test("swallowed() reports nobody who was not cancelled", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: swallowed() }, async () => {
    for (let n = 0; n < 30; n++) await sleep(1);
  });
  assertEquals(log.texts(), []);
});

Deno.test("swallowed() reports nobody whose cancellation has not reached it yet", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: swallowed() }, async () => {
    const task = spawn(() =>
      disableCancellation(async () => {
        for (let n = 0; n < 30; n++) await sleep(1);
      })
    );
    await reach(task, "TIME_SLEEP");
    await task.cancel();
  });
  assertEquals(log.texts(), []);
});

Deno.test("swallowed() reports no task that only waits for its group to end", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: swallowed() }, async () => {
    const owner = spawn(async function owner() {
      await new TaskGroup().run((group) => {
        for (let n = 1; n <= 30; n++) {
          group.spawn(() => sleep(Infinity).catch(() => sleep(n)));
        }
      });
    });
    await reach(owner, "TASK_JOIN");
    await schedule();
    await owner.cancel();
  });
  assertEquals(log.texts(), []);
});

Deno.test("swallowed({ filter, level, log }) reports those tasks, at that level, there", async () => {
  const log = new RecordingLog();
  const own = new RecordingLog();
  const debug = swallowed({ filter: ["b"], level: "info", log: own });
  const calls = await consoleOutput(() =>
    virtually({ log, debug }, async () => {
      await cancelStubborn(20, "a");
      await cancelStubborn(20, "b");
    })
  );
  assertEquals([own.texts("info").length, own.entries.length, log.texts(), calls], [1, 1, [], []]);
  assert(own.texts()[0].includes("'b'"));
});
