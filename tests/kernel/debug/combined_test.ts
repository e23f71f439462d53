import { assertEquals } from "@std/assert";
import { schedule, spawn } from "../../../mod.ts";
import {
  logcrash,
  longblock,
  schedtrace,
  swallowed,
  traptrace,
} from "../../../kernel/debug/mod.ts";
import { consoleOutput } from "../../helpers/console_output.ts";
import { RecordingLog } from "../../helpers/recording_log.ts";
import { virtually } from "../../helpers/virtually.ts";

async function program(): Promise<void> {
  const task = spawn(async function kid() {
    await schedule();
    throw new Error("out of milk");
  });
  await task.join().catch(() => {});
}

Deno.test("debug takes several activations, each told of every step in their order", async () => {
  const log = new RecordingLog();
  const filter = ["kid"];
  const debug = [
    schedtrace({ filter }),
    traptrace({ filter, level: "info" }),
    logcrash({ filter }),
    longblock(),
    swallowed(),
  ];
  await virtually({ log, debug }, program);
  assertEquals(log.entries.map(({ level, text }) => `${level} ${text.replace(/id=\d+, /, "")}`), [
    "debug CREATE Task(name='kid', state='INITIAL')",
    "debug RUN Task(name='kid', state='RUNNING')",
    "debug SUSPEND Task(name='kid', state='READY')",
    "info TRAP schedule() READY Task(name='kid', state='READY')",
    "debug RUN Task(name='kid', state='RUNNING')",
    "debug TERMINATED Task(name='kid', state='TERMINATED')",
    "warn CRASH Task(name='kid', state='TERMINATED'): Error: out of milk",
  ]);
});

Deno.test("debug with the kernel's log given writes nothing to the console", async () => {
  const log = new RecordingLog();
  const debug = [schedtrace({ level: "warn" }), traptrace({ level: "warn" }), logcrash()];
  assertEquals(await consoleOutput(() => virtually({ log, debug }, program)), []);
});

Deno.test("debug activations write to one log each where they are given one", async () => {
  const logs = [new RecordingLog(), new RecordingLog(), new RecordingLog()];
  const [log, sched, trap] = logs;
  await virtually({ log, debug: [schedtrace({ log: sched }), traptrace({ log: trap })] }, program);
  assertEquals(logs.map(({ entries }) => entries.length), [0, 10, 2]);
});

Deno.test("debug and activations both watch", async () => {
  const trace: string[] = [];
  const log = new RecordingLog();
  await virtually({
    log,
    debug: schedtrace(),
    activations: [{ running: (task) => void trace.push(task.name) }],
  }, async function main() {});
  assertEquals([log.entries.length, trace], [3, ["main"]]);
});
