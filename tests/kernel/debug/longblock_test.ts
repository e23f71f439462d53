import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { run, schedule, sleep, spawn } from "../../../mod.ts";
import { longblock } from "../../../kernel/debug/mod.ts";
import { busy } from "../../helpers/busy.ts";
import { consoleOutput } from "../../helpers/console_output.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";
import { StillTime } from "../../helpers/still_time.ts";
import { virtually } from "../../helpers/virtually.ts";

Deno.test("longblock() reports a task that keeps the processor to itself, and says what to do", async () => {
  const log = new RecordingLog();
  await run({ log, debug: longblock({ maxTime: 0.01 }) }, async function hog() {
    busy(15);
    await schedule();
  });
  assertEquals(log.entries.map((entry) => entry.level), ["warn"]);
  assertMatch(
    log.texts()[0],
    /^task \d+ 'hog' kept the processor to itself for 0\.\d{3} s: .*schedule\(\).*worker/,
  );
});

Deno.test("longblock() reports a task that blocks to its very end", async () => {
  const log = new RecordingLog();
  await run({ log, debug: longblock({ maxTime: 0.01 }) }, function hog() {
    busy(15);
  });
  assertEquals(log.texts("warn").length, 1);
});

Deno.test("longblock() does not count the time a task waits, nor that of others", async () => {
  using time = new StillTime();
  const log = new RecordingLog();
  const debug = longblock({ maxTime: 0.01 });
  await virtually({ log, debug }, async function patient() {
    const hog = spawn({ name: "hog" }, async () => {
      for (let n = 0; n < 3; n++) {
        time.pass(15);
        await schedule();
      }
    });
    for (let n = 0; n < 3; n++) await schedule();
    await hog.join();
    await sleep(100);
  });
  assertEquals(log.texts().map((text) => text.match(/'(\w+)'/)![1]), ["hog", "hog", "hog"]);
});

Deno.test("longblock() lets 50 ms pass unless told", async () => {
  using time = new StillTime();
  const log = new RecordingLog();
  await virtually({ log, debug: longblock() }, async () => {
    for (const milliseconds of [0, 49, 51, 49]) {
      time.pass(milliseconds);
      await schedule();
    }
  });
  assertEquals(log.texts().length, 1);
  assertMatch(log.texts()[0], /for 0\.051 s/);
});

Deno.test("longblock({ maxTime: Infinity }) reports nothing", async () => {
  const log = new RecordingLog();
  await run({ log, debug: longblock({ maxTime: Infinity }) }, () => busy(20));
  assertEquals(log.texts(), []);
});

Deno.test("longblock({ maxTime }) takes a duration object", async () => {
  const log = new RecordingLog();
  await run({ log, debug: longblock({ maxTime: { milliseconds: 10 } }) }, () => busy(15));
  assertEquals(log.texts().length, 1);
});

Deno.test("longblock({ maxTime }) refuses what is no duration", () => {
  for (const maxTime of [-1, NaN]) {
    const error = assertThrows(() => longblock({ maxTime }), RangeError);
    assert(error.message.includes("maxTime of longblock()"), error.message);
  }
});

Deno.test("longblock({ filter, level, log }) reports those tasks, at that level, there", async () => {
  const log = new RecordingLog();
  const own = new RecordingLog();
  const debug = longblock({ maxTime: 0.01, filter: ["b"], level: "info", log: own });
  const calls = await consoleOutput(() =>
    run({ log, debug }, async () => {
      await spawn({ name: "a" }, () => busy(15)).join();
      await spawn({ name: "b" }, () => busy(15)).join();
    })
  );
  assertEquals([own.texts("info").length, own.entries.length, log.texts(), calls], [1, 1, [], []]);
  assertMatch(own.texts()[0], /'b' kept the processor/);
});
