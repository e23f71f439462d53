import { assertEquals } from "@std/assert";
import { Lock, Queue, run, schedule, sleep, spawn } from "../../../mod.ts";
import { traptrace } from "../../../kernel/debug/mod.ts";
import { consoleOutput } from "../../helpers/console_output.ts";
import { foreignTurn } from "../../helpers/foreign_turn.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";
import { virtually } from "../../helpers/virtually.ts";

function withoutIds(lines: string[]): string[] {
  return lines.map((line) => line.replace(/id=\d+, /g, ""));
}

/** A task that waits for an item, while the first one sleeps and then puts it. */
async function program(): Promise<void> {
  const queue = new Queue<number>();
  const consumer = spawn(async function consumer() {
    await queue.get();
    await schedule();
  });
  await sleep(1);
  await queue.put(1);
  await consumer.join();
}

Deno.test("traptrace() writes each blocking operation with its state and task", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: traptrace() }, program);
  assertEquals(withoutIds(log.texts("debug")), [
    "TRAP sleep() TIME_SLEEP Task(name='program', state='TIME_SLEEP')",
    "TRAP Queue.get() QUEUE_GET Task(name='consumer', state='QUEUE_GET')",
    "TRAP Task.join() TASK_JOIN Task(name='program', state='TASK_JOIN')",
    "TRAP schedule() READY Task(name='consumer', state='READY')",
  ]);
});

Deno.test("traptrace() writes nothing about an operation that completes at once", async () => {
  const log = new RecordingLog();
  await run({ log, debug: traptrace() }, async () => {
    const lock = new Lock();
    await lock.acquire();
    lock.release();
  });
  assertEquals(log.texts(), []);
});

Deno.test("traptrace({ filter }) writes only about tasks of those names", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: traptrace({ filter: ["consumer"] }) }, program);
  assertEquals(withoutIds(log.texts()), [
    "TRAP Queue.get() QUEUE_GET Task(name='consumer', state='QUEUE_GET')",
    "TRAP schedule() READY Task(name='consumer', state='READY')",
  ]);
});

Deno.test("traptrace({ level }) writes at that level only", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: traptrace({ level: "info" }) }, program);
  assertEquals(log.entries.map((entry) => entry.level), ["info", "info", "info", "info"]);
});

Deno.test("traptrace({ log }) writes there, not to the kernel's log or the console", async () => {
  const log = new RecordingLog();
  const own = new RecordingLog();
  const calls = await consoleOutput(() =>
    virtually({ log, debug: traptrace({ log: own }) }, program)
  );
  assertEquals([log.entries.length, own.entries.length, calls.length], [0, 4, 0]);
});

Deno.test("traptrace() writes an await of a foreign promise", async () => {
  const log = new RecordingLog();
  await run({ log, debug: traptrace() }, async function main() {
    await foreignTurn();
  });
  assertEquals(withoutIds(log.texts()), [
    "TRAP await of a promise from elsewhere PROMISE_WAIT Task(name='main', state='PROMISE_WAIT')",
  ]);
});

Deno.test("traptrace() with two waits of one task writes the one it has begun, then the one that is left", async () => {
  const log = new RecordingLog();
  await virtually({ log, debug: traptrace() }, async function main() {
    const queue = new Queue<number>();
    await Promise.all([sleep(1), queue.get(), sleep(2).then(() => queue.putNowait(7))]);
  });
  const lines = log.texts().map((text) => text.split(" Task(")[0]);
  const own = ["TRAP sleep() TIME_SLEEP", "TRAP Queue.get() QUEUE_GET"];
  assertEquals(lines.slice(0, 3), [own[0], own[1], own[0]]);
  // Once its own continuation has served the queue, the task is ready.
  own.push("TRAP Queue.get() READY");
  assertEquals(lines.filter((line) => !own.includes(line)), []);
});
