import { assertEquals } from "@std/assert";
import { Event, run, schedule, sleep, spawn } from "../../../mod.ts";
import { schedtrace } from "../../../kernel/debug/mod.ts";
import { consoleOutput } from "../../helpers/console_output.ts";
import { foreignTurn } from "../../helpers/foreign_turn.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";
import { virtually } from "../../helpers/virtually.ts";

/** Lines without the ids, which depend on what ran before. */
function withoutIds(lines: string[]): string[] {
  return lines.map((line) => line.replace(/id=\d+, /g, ""));
}

/** A task that waits for an event, and one that sets it. */
async function program(): Promise<void> {
  const event = new Event();
  const waiter = spawn(async function waiter() {
    await event.wait();
  });
  const setter = spawn(async function setter() {
    await sleep(1);
    event.set();
  });
  await waiter.join();
  await setter.join();
}

Deno.test("schedtrace() writes each step of each task", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: schedtrace() }, program);
  assertEquals(withoutIds(log.texts("debug")), [
    "CREATE Task(name='program', state='INITIAL')",
    "RUN Task(name='program', state='RUNNING')",
    "CREATE Task(name='waiter', state='INITIAL')",
    "CREATE Task(name='setter', state='INITIAL')",
    "SUSPEND Task(name='program', state='TASK_JOIN')",
    "RUN Task(name='waiter', state='RUNNING')",
    "SUSPEND Task(name='waiter', state='EVENT_WAIT')",
    "RUN Task(name='setter', state='RUNNING')",
    "SUSPEND Task(name='setter', state='TIME_SLEEP')",
    "RUN Task(name='setter', state='RUNNING')",
    "TERMINATED Task(name='setter', state='TERMINATED')",
    "RUN Task(name='waiter', state='RUNNING')",
    "TERMINATED Task(name='waiter', state='TERMINATED')",
    "RUN Task(name='program', state='RUNNING')",
    "TERMINATED Task(name='program', state='TERMINATED')",
  ]);
});

Deno.test("schedtrace() writes the id of each task", async () => {
  const log = new RecordingLog();
  const id = await run({ log, debug: schedtrace({ filter: ["kid"] }) }, async () => {
    const kid = spawn({ name: "kid" }, () => schedule());
    await kid.join();
    return kid.id;
  });
  assertEquals(log.texts(), [
    `CREATE Task(id=${id}, name='kid', state='INITIAL')`,
    `RUN Task(id=${id}, name='kid', state='RUNNING')`,
    `SUSPEND Task(id=${id}, name='kid', state='READY')`,
    `RUN Task(id=${id}, name='kid', state='RUNNING')`,
    `TERMINATED Task(id=${id}, name='kid', state='TERMINATED')`,
  ]);
});

Deno.test("schedtrace({ filter }) writes only about tasks of those names", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: schedtrace({ filter: new Set(["setter"]) }) }, program);
  assertEquals(withoutIds(log.texts()), [
    "CREATE Task(name='setter', state='INITIAL')",
    "RUN Task(name='setter', state='RUNNING')",
    "SUSPEND Task(name='setter', state='TIME_SLEEP')",
    "RUN Task(name='setter', state='RUNNING')",
    "TERMINATED Task(name='setter', state='TERMINATED')",
  ]);
});

for (const level of ["debug", "info", "warn"] as const) {
  Deno.test(`schedtrace({ level: "${level}" }) writes at that level only`, async () => {
    const log = new RecordingLog();
    await run({ log, debug: schedtrace({ level }) }, () => schedule());
    assertEquals(new Set(log.entries.map((entry) => entry.level)), new Set([level]));
    assertEquals(log.entries.length, 5);
  });
}

Deno.test("schedtrace({ log }) writes there, not to the kernel's log", async () => {
  const log = new RecordingLog();
  const own = new RecordingLog();
  await run({ log, debug: schedtrace({ log: own }) }, () => schedule());
  assertEquals([log.entries.length, own.entries.length], [0, 5]);
});

Deno.test("schedtrace() with the kernel's log given writes nothing to the console", async () => {
  const calls = await consoleOutput(() =>
    run({ log: new RecordingLog(), debug: schedtrace({ level: "warn" }) }, () => schedule())
  );
  assertEquals(calls, []);
});

Deno.test("schedtrace() without any log writes to the console", async () => {
  const calls = await consoleOutput(() =>
    run({ debug: schedtrace({ filter: ["main"] }) }, async function main() {})
  );
  assertEquals(withoutIds(calls), [
    "debug: CREATE Task(name='main', state='INITIAL')",
    "debug: RUN Task(name='main', state='RUNNING')",
    "debug: TERMINATED Task(name='main', state='TERMINATED')",
  ]);
});

Deno.test("schedtrace() writes PROMISE_WAIT for a task that awaits a foreign promise", async () => {
  const log = new RecordingLog();
  await run({ log, debug: schedtrace() }, async function main() {
    await foreignTurn();
  });
  assertEquals(withoutIds(log.texts()), [
    "CREATE Task(name='main', state='INITIAL')",
    "RUN Task(name='main', state='RUNNING')",
    "SUSPEND Task(name='main', state='PROMISE_WAIT')",
    "RUN Task(name='main', state='RUNNING')",
    "TERMINATED Task(name='main', state='TERMINATED')",
  ]);
});
