import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  abortable,
  Condition,
  CurioError,
  disableCancellation,
  Event,
  Kernel,
  type KernelOptions,
  Lock,
  Queue,
  RLock,
  schedule,
  sleep,
  spawn,
  type Task,
  timeoutAfter,
} from "../../mod.ts";
import { VirtualClock } from "../../kernel/testing/mod.ts";
import { consoleOutput } from "../helpers/console_output.ts";
import { reach } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

/** Tasks named Max and Lillian who take two locks crosswise and wait for each other for good. */
async function crosswise(tasks: Task[], Kind: typeof Lock | typeof RLock = Lock): Promise<void> {
  const [left, right] = [new Kind(), new Kind()];
  async function takeBoth(first: Lock | RLock, second: Lock | RLock): Promise<void> {
    using _first = await first.acquire();
    await schedule();
    using _second = await second.acquire();
  }
  tasks.push(
    spawn({ name: "Max" }, takeBoth, left, right),
    spawn({ name: "Lillian" }, takeBoth, right, left),
  );
  for (const task of tasks) await task.join();
}

/** The report of the deadlock in `body`. */
async function report(body: () => Promise<unknown>, options?: KernelOptions): Promise<string[]> {
  const error = await assertRejects(
    () => virtually(body, { deadlock: "throw", ...options }),
    CurioError,
  );
  return error.message.split("\n");
}

const HEAD = "deadlock: every task waits for another, and nothing outside can wake them";

for (const Kind of [Lock, RLock]) {
  Deno.test(`deadlock of two ${Kind.name}s names each task, what it waits for, and who holds it`, async () => {
    const tasks: Task[] = [];
    let main = 0;
    const lines = await report(async function main_() {
      main = tasks.length;
      await crosswise(tasks, Kind);
    });
    const [max, lillian] = tasks.map((task) => `task ${task.id} '${task.name}'`);
    assertEquals(main, 0);
    assertEquals(lines[0], HEAD);
    assertMatch(
      lines[1],
      new RegExp(`^  task \\d+ 'main_' waits in Task\\.join\\(\\) \\(TASK_JOIN\\) for ${max}$`),
    );
    const wait = `waits in ${Kind.name}.acquire() (LOCK_ACQUIRE)`;
    assertEquals(lines.slice(2), [
      `  ${max} ${wait} held by ${lillian}`,
      `  ${lillian} ${wait} held by ${max}`,
    ]);
  });
}

Deno.test("deadlock report tells the line of each wait when stacks are on", async () => {
  const lines = await report(() => crosswise([]), { stacks: true });
  assertEquals(lines.length, 4);
  for (const line of lines.slice(1)) {
    assertMatch(line, / \(at file:\S+\/standstill_test\.ts:\d+\)$/);
  }
});

Deno.test("deadlock report tells no lines when stacks are off", async () => {
  const lines = await report(() => crosswise([]));
  assertEquals(lines.filter((line) => line.includes("standstill_test.ts")), []);
});

Deno.test("deadlock report names a holder that has ended without releasing", async () => {
  let holder = 0;
  const lines = await report(async () => {
    const lock = new Lock();
    const task = spawn({ name: "careless" }, () => lock.acquire());
    await task.join();
    holder = task.id;
    await lock.acquire();
  });
  assert(lines[1].endsWith(`held by task ${holder} 'careless', which has ended`), lines[1]);
});

Deno.test("deadlock report names a task that waits for itself", async () => {
  const lines = await report(async function selfish() {
    const lock = new Lock();
    await lock.acquire();
    await lock.acquire();
  });
  assertMatch(
    lines[1],
    /task (\d+) 'selfish' waits in Lock\.acquire\(\) .* held by task \1 'selfish'$/,
  );
});

Deno.test("deadlock report names who holds the lock that a notified waiter needs", async () => {
  const lines = await report(async function holder() {
    const condition = new Condition();
    const waiter = spawn({ name: "waiter" }, async () => {
      using _held = await condition.acquire();
      await condition.wait();
    });
    await reach(waiter, "COND_WAIT");
    using _held = await condition.acquire();
    condition.notify();
    await waiter.join();
  });
  assertMatch(
    lines[2],
    /'waiter' waits in Lock\.acquire\(\) \(LOCK_ACQUIRE\) held by task \d+ 'holder'$/,
  );
});

Deno.test("deadlock report names every wait of a task that has several", async () => {
  const lines = await report(async function main() {
    await Promise.all([new Event().wait(), new Queue<number>().get()]);
  });
  assertEquals(lines.slice(1).map((line) => line.replace(/task \d+/, "task N")), [
    "  task N 'main' waits in Event.wait() (EVENT_WAIT)",
    "  task N 'main' waits in Queue.get() (QUEUE_GET)",
  ]);
});

Deno.test('deadlock: "throw" cancels every task and waits for their clean-up', async () => {
  const trace: string[] = [];
  await report(async () => {
    const task = spawn(async () => {
      try {
        await new Event().wait();
      } finally {
        await schedule();
        trace.push("cleaned up");
      }
    });
    await task.join().catch(() => trace.push("told"));
  });
  assertEquals(trace.sort(), ["cleaned up", "told"]);
});

Deno.test('deadlock: "throw" rejects with the report even if the first task catches its cancellation', async () => {
  const lines = await report(() => new Event().wait().catch(() => {}));
  assertEquals(lines[0], HEAD);
});

Deno.test('deadlock: "throw" ends the run even if a shielded wait can never end', async () => {
  const kernel = new Kernel({ clock: new VirtualClock(), deadlock: "throw" });
  const running = kernel.run(async () => {
    const lock = new Lock();
    await spawn({ name: "careless" }, () => lock.acquire()).join();
    await disableCancellation(() => lock.acquire());
  }).catch((error) => error);
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve("the run goes on for ever"), 3000);
  const outcome = await Promise.race([running, late.promise]);
  clearTimeout(timer);
  assert(outcome instanceof CurioError, String(outcome));
  assertEquals(outcome.message.split("\n")[0], HEAD);
});

Deno.test('deadlock: "throw" logs nothing, and the kernel runs on', async () => {
  const log = new RecordingLog();
  await using kernel = new Kernel({ log, clock: new VirtualClock(), deadlock: "throw" });
  await assertRejects(() => kernel.run(() => new Event().wait()), CurioError, HEAD);
  assertEquals(await kernel.run(() => sleep(5)), 5);
  assertEquals(log.texts(), []);
});

Deno.test('deadlock: "warn", the default, reports once and lets the run go on', async () => {
  const log = new RecordingLog();
  await virtually(async () => {
    const event = new Event();
    void log.until(/^deadlock: /).then(() => setTimeout(() => event.set(), 300));
    await event.wait();
  }, { log });
  assertEquals(log.entries.map(({ level, text }) => [level, text.split("\n")[0]]), [[
    "warn",
    HEAD,
  ]]);
});

Deno.test('deadlock: "warn" with a log given writes nothing to the console', async () => {
  const log = new RecordingLog();
  const calls = await consoleOutput(() =>
    virtually(async () => {
      const event = new Event();
      void log.until(/^deadlock: /).then(() => event.set());
      await event.wait();
    }, { log })
  );
  assertEquals(calls, []);
});

Deno.test("deadlock is reported again once the tasks have moved and stand still anew", async () => {
  const log = new RecordingLog();
  await virtually(async () => {
    for (let round = 1; round <= 2; round++) {
      const event = new Event();
      void (async () => {
        while (log.entries.length < round) await new Promise((resolve) => setTimeout(resolve, 10));
        event.set();
      })();
      await event.wait();
    }
  }, { log });
  assertEquals(log.texts("warn").length, 2);
});

/** Whether anything is reported while `body` waits for half a second of the host's time. */
async function silence(body: (wake: Promise<void>) => Promise<unknown>): Promise<string[]> {
  const log = new RecordingLog();
  const wake = new Promise<void>((resolve) => setTimeout(resolve, 500));
  const kernel = new Kernel({ log });
  await kernel.run(() => body(wake));
  await kernel.shutdown();
  return log.texts();
}

Deno.test("deadlock is not reported while something outside may wake a task, or time will", async () => {
  const reports = await Promise.all([
    silence((wake) => abortable(wake)),
    silence((wake) => wake),
    silence(() => sleep(0.5)),
    silence(() => timeoutAfter(0.5, () => new Event().wait()).catch(() => {})),
    silence(async (wake) => {
      const event = new Event();
      spawn(() => event.wait());
      await wake;
    }),
    silence(async (wake) => {
      const forever = spawn(() => sleep(Infinity));
      void wake.then(() => forever.cancel({ blocking: false }));
      await forever.wait();
    }),
  ]);
  assertEquals(reports, [[], [], [], [], [], []]);
});

Deno.test('deadlock: "ignore" reports nothing', async () => {
  const log = new RecordingLog();
  await virtually(async () => {
    const event = new Event();
    setTimeout(() => event.set(), 500);
    await event.wait();
  }, { log, deadlock: "ignore" });
  assertEquals(log.texts(), []);
});
