import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { run, schedule, sleep, spawn, TaskGroup } from "../../../mod.ts";
import { logcrash } from "../../../kernel/debug/mod.ts";
import { consoleOutput } from "../../helpers/console_output.ts";
import { reach } from "../../helpers/reach.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";

/** A task that crashes with `error`, and is joined: nothing the kernel would log. */
async function joinedCrash(error: unknown, name = "shopper"): Promise<void> {
  const task = spawn({ name }, () => Promise.reject(error));
  await task.join().catch(() => {});
}

Deno.test("logcrash() logs a crash, with the error itself, also of a task that is joined", async () => {
  const log = new RecordingLog();
  const error = new Error("out of milk");
  await run({ log, debug: logcrash() }, () => joinedCrash(error));
  assertEquals(log.entries.map((entry) => entry.level), ["warn"]);
  const [text, logged] = log.entries[0].parts;
  assertMatch(String(text), /^CRASH Task\(id=\d+, name='shopper', state='TERMINATED'\):$/);
  assertStrictEquals(logged, error);
});

Deno.test("logcrash() logs no return and no cancellation", async () => {
  const log = new RecordingLog();
  await run({ log, debug: logcrash() }, async () => {
    await spawn(() => 1).join();
    const task = spawn(() => sleep(Infinity));
    await reach(task, "TIME_SLEEP");
    await task.cancel();
  });
  assertEquals(log.texts(), []);
});

Deno.test("logcrash() logs a member's crash and the first task's", async () => {
  const log = new RecordingLog();
  await run({ log, debug: logcrash() }, async function main() {
    const group = new TaskGroup({ throwOnError: true });
    group.spawn({ name: "member" }, () => Promise.reject(new Error("one")));
    await group.join();
  }).catch(() => {});
  assertEquals(log.texts("warn").map((text) => text.replace(/id=\d+, /, "").split(":")[0]), [
    "CRASH Task(name='member', state='TERMINATED')",
    "CRASH Task(name='main', state='TERMINATED')",
  ]);
});

Deno.test("logcrash() logs what is thrown, error or not", async () => {
  const log = new RecordingLog();
  await run({ log, debug: logcrash() }, () => joinedCrash("just a string"));
  assertEquals(log.entries[0].parts[1], "just a string");
});

Deno.test("logcrash({ filter }) logs only tasks of those names", async () => {
  const log = new RecordingLog();
  await run({ log, debug: logcrash({ filter: ["b"] }) }, async () => {
    await joinedCrash(new Error("one"), "a");
    await joinedCrash(new Error("two"), "b");
  });
  assertEquals(log.entries.map((entry) => (entry.parts[1] as Error).message), ["two"]);
});

Deno.test("logcrash({ level, log }) writes there at that level, and nothing to the console", async () => {
  const log = new RecordingLog();
  const own = new RecordingLog();
  const calls = await consoleOutput(() =>
    run({ log, debug: logcrash({ level: "info", log: own }) }, () => joinedCrash(new Error("one")))
  );
  assertEquals([log.texts(), own.texts("info").length, calls], [[], 1, []]);
});

Deno.test("logcrash() logs a task that throws undefined with an error that says so", async () => {
  const log = new RecordingLog();
  await run({ log, debug: logcrash() }, async () => {
    await joinedCrash(undefined);
    await schedule();
  });
  assertMatch((log.entries[0].parts[1] as Error).message, /undefined was thrown/);
});
