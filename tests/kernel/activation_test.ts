import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type Activation,
  Event,
  Kernel,
  Queue,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  timeoutAfter,
} from "../../mod.ts";
import { foreignTurn } from "../helpers/foreign_turn.ts";
import { reach } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

type Hook = keyof Activation;
const HOOKS: readonly Hook[] = ["activate", "created", "running", "suspended", "terminated"];

/** Notes every call of a hook. */
class Recorder implements Activation {
  readonly trace: string[] = [];

  activate(): void {
    this.trace.push("activate");
  }

  created(task: Task): void {
    this.trace.push(`created ${task.name}`);
  }

  running(task: Task): void {
    this.trace.push(`running ${task.name}`);
  }

  suspended(task: Task, trap: string): void {
    this.trace.push(`suspended ${task.name} ${trap}`);
  }

  terminated(task: Task): void {
    this.trace.push(`terminated ${task.name}`);
  }
}

/** Everything the hooks are told while `fn` runs. */
async function traceOf(fn: () => Promise<unknown>): Promise<string[]> {
  const recorder = new Recorder();
  await run({ activations: [recorder] }, fn);
  return recorder.trace;
}

/** An activation that throws in `hook`, and counts how often it is called at all. */
function broken(hook: Hook): Activation & { calls: number } {
  const activation = { calls: 0 } as Activation & { calls: number };
  for (const name of HOOKS) {
    activation[name] = () => {
      activation.calls++;
      if (name === hook) throw new Error(`broken in ${hook}`);
    };
  }
  return activation;
}

Deno.test("Activation is told of a task from its creation to its end", async () => {
  const trace = await traceOf(async function main() {
    const child = spawn(async function child() {
      await schedule();
    });
    await child.join();
  });
  assertEquals(trace, [
    "activate",
    "created main",
    "running main",
    "created child",
    "suspended main TASK_JOIN",
    "running child",
    "suspended child READY",
    "running child",
    "terminated child",
    "running main",
    "terminated main",
  ]);
});

Deno.test("Activation is told of a task that never blocks: running, then terminated alone", async () => {
  const trace = await traceOf(function main() {
    return Promise.resolve();
  });
  assertEquals(trace, ["activate", "created main", "running main", "terminated main"]);
});

Deno.test("Activation is told of tasks that take turns, one at a time", async () => {
  const trace = await traceOf(async function main() {
    const queue = new Queue<number>(1);
    const event = new Event();
    const consumer = spawn(async function consumer() {
      await queue.get();
      event.set();
    });
    await reach(consumer, "QUEUE_GET");
    await queue.put(1);
    await event.wait();
  });
  assertEquals(trace, [
    "activate",
    "created main",
    "running main",
    "created consumer",
    "suspended main READY",
    "running consumer",
    "suspended consumer QUEUE_GET",
    "running main",
    "suspended main EVENT_WAIT",
    "running consumer",
    "terminated consumer",
    "running main",
    "terminated main",
  ]);
});

Deno.test("Activation.suspended() is told the name of the state", async () => {
  const traps: string[] = [];
  const activation: Activation = { suspended: (_task, trap) => traps.push(trap) };
  await virtually({ activations: [activation] }, async () => {
    await sleep(0.001);
    await foreignTurn();
    const task = spawn(() => new Event().wait());
    await reach(task, "EVENT_WAIT");
    await task.cancel();
  });
  assertEquals(traps, ["TIME_SLEEP", "PROMISE_WAIT", "READY", "EVENT_WAIT", "TASK_JOIN"]);
});

Deno.test("Activation is told of a task that goes on after a foreign promise", async () => {
  const trace = await traceOf(async function main() {
    await foreignTurn();
  });
  assertEquals(trace, [
    "activate",
    "created main",
    "running main",
    "suspended main PROMISE_WAIT",
    "running main",
    "terminated main",
  ]);
});

Deno.test("Activation is told of a cancelled task like of any other", async () => {
  const trace = await traceOf(async function main() {
    const child = spawn(async function child() {
      await sleep(Infinity);
    });
    await schedule();
    await child.cancel();
  });
  assertEquals(trace.filter((line) => line.includes("child")), [
    "created child",
    "running child",
    "suspended child TIME_SLEEP",
    "running child",
    "terminated child",
  ]);
});

Deno.test("Activation is told of a crash as of any end, and can read it", async () => {
  const failure = new Error("broken");
  const seen: unknown[] = [];
  const activation: Activation = {
    terminated: (task) => seen.push([task.name, task.terminated, task.state, task.exception]),
  };
  await run({ activations: [activation], log: new RecordingLog() }, async function main() {
    await spawn(function child() {
      return Promise.reject(failure);
    }).wait();
  });
  assertEquals(seen, [
    ["child", true, "TERMINATED", failure],
    ["main", true, "TERMINATED", undefined],
  ]);
});

Deno.test("Activation.created() is told inside spawn(), before the task runs", async () => {
  const trace: string[] = [];
  const activation: Activation = {
    created: (task) => trace.push(`created ${task.name} ${task.state} ${task.cycles}`),
  };
  await run({ activations: [activation] }, async function main() {
    trace.push("before spawn()");
    const task = spawn(function child() {
      trace.push("child runs");
    });
    trace.push("after spawn()");
    await task.join();
  });
  assertEquals(trace, [
    "created main INITIAL 0",
    "before spawn()",
    "created child INITIAL 0",
    "after spawn()",
    "child runs",
  ]);
});

Deno.test("Activation gets the same Task object that the program has", async () => {
  const created: Task[] = [];
  await run({ activations: [{ created: (task) => created.push(task) }] }, async () => {
    const task = spawn(schedule);
    assertStrictEquals(created[1], task);
    await task.join();
  });
});

Deno.test("Activation.activate() is called once per kernel, with the kernel, before the first task", async () => {
  const trace: unknown[] = [];
  const activation: Activation = {
    activate: (kernel) => trace.push(kernel),
    created: (task) => trace.push(task.name),
  };
  await using kernel = new Kernel({ activations: [activation] });
  assertEquals(trace, []);
  await kernel.run(function first() {});
  await kernel.run(function second() {});
  assertEquals(trace, [kernel, "first", "second"]);
});

Deno.test("Activation.activate() is called by a run() without a function too, once", async () => {
  const trace: string[] = [];
  const activation: Activation = { activate: () => trace.push("activate") };
  await using kernel = new Kernel({ activations: [activation] });
  await kernel.run();
  await kernel.run(() => {});
  assertEquals(trace, ["activate"]);
});

Deno.test("Activation shared by two kernels is activated by each", async () => {
  const kernels: unknown[] = [];
  const activation: Activation = { activate: (kernel) => kernels.push(kernel) };
  await using first = new Kernel({ activations: [activation] });
  await using second = new Kernel({ activations: [activation] });
  await first.run(() => {});
  await second.run(() => {});
  assertEquals(kernels, [first, second]);
});

Deno.test("Activation given as debug, alone or in an array, comes before the others", async () => {
  for (const wrap of [(one: Activation) => one, (one: Activation) => [one]]) {
    const trace: string[] = [];
    const debug: Activation = { created: () => trace.push("debug") };
    const other: Activation = { created: () => trace.push("other") };
    await run({ debug: wrap(debug), activations: [other] }, () => {});
    assertEquals(trace, ["debug", "other"]);
  }
});

Deno.test("Activation is told of what the kernel's shutdown ends", async () => {
  const trace = await traceOf(async function main() {
    spawn(async function background() {
      await sleep(Infinity);
    });
    await schedule();
  });
  assertEquals(trace.slice(-3), [
    "terminated main",
    "running background",
    "terminated background",
  ]);
});

Deno.test("Activation without hooks is fine", async () => {
  await run({ activations: [{}] }, async () => {
    await spawn(schedule).join();
  });
});

Deno.test("Activation whose hook throws is logged once and removed whole; the others go on", async () => {
  for (const hook of HOOKS) {
    const log = new RecordingLog();
    const recorder = new Recorder();
    const activation = broken(hook);
    let calls = 0;
    await run({ activations: [activation, recorder], log }, async function main() {
      const child = spawn(schedule);
      await child.join();
      await schedule();
      calls = activation.calls;
      await spawn(schedule).join();
    });
    assertEquals(log.entries.map((entry) => entry.level), ["error"], hook);
    assert(log.texts()[0].endsWith(`Error: broken in ${hook}`), log.texts()[0]);
    assertEquals(activation.calls, calls, `${hook}: called again after it was removed`);
    assertEquals(recorder.trace.at(-1), "terminated main", hook);
  }
});

Deno.test("Activation whose hook throws leaves the program as it would be without", async () => {
  for (const hook of HOOKS) {
    const results = await run(
      { activations: [broken(hook)], log: new RecordingLog() },
      async () => {
        const tasks = [1, 2, 3].map((n) =>
          spawn(async () => {
            await schedule();
            return n;
          })
        );
        const results: number[] = [];
        for (const task of tasks) results.push(await task.join());
        return results;
      },
    );
    assertEquals(results, [1, 2, 3], hook);
  }
});

Deno.test("Activation given twice whose hook throws is removed without harm", async () => {
  for (const hook of HOOKS) {
    const log = new RecordingLog();
    const activation = broken(hook);
    const result = await run(
      { debug: activation, activations: [activation], log },
      async () => {
        await schedule();
        return "fine";
      },
    );
    assertEquals(result, "fine", hook);
  }
});

Deno.test("Activation whose hook throws, with a log that throws too, cannot hurt the kernel", async () => {
  const log = new RecordingLog();
  log.error = () => {
    throw new Error("log is broken too");
  };
  const result = await run({ activations: [broken("running")], log }, async () => {
    await schedule();
    return "fine";
  });
  assertEquals(result, "fine");
});

Deno.test("Activation.suspended() may wake the task that was suspended", async () => {
  const event = new Event();
  const activation: Activation = {
    suspended: (_task, trap) => {
      if (trap === "EVENT_WAIT") event.set();
    },
  };
  await virtually({ activations: [activation] }, async () => {
    await timeoutAfter(0.05, () => event.wait());
  });
});

Deno.test("Activation.suspended() may cancel the task that was suspended, and hurts no other", async () => {
  const event = new Event();
  const activation: Activation = {
    suspended: (task, trap) => {
      if (task.name === "victim" && trap === "EVENT_WAIT") void task.cancel({ blocking: false });
    },
  };
  await virtually({ activations: [activation] }, async () => {
    const other = spawn(() => event.wait());
    await reach(other, "EVENT_WAIT");
    const victim = spawn({ name: "victim" }, () => event.wait());
    await reach(victim, "TERMINATED");
    assertEquals(event.statistics().waiting, 1);
    event.set();
    await timeoutAfter(0.05, () => other.join());
  });
});
