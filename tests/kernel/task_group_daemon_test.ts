import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  currentTask,
  Event,
  isCancelled,
  run,
  schedule,
  sleep,
  spawn,
  TaskGroup,
} from "../../mod.ts";
import { Program } from "../helpers/program.ts";
import { reach } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

async function background(trace: string[]): Promise<void> {
  try {
    await sleep(Infinity);
  } finally {
    await schedule();
    trace.push("daemon cleaned up");
  }
}

Deno.test("TaskGroup.join() does not wait for a daemon to finish, but cancels it and waits for its end", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string | void>();
    const daemon = group.spawn({ daemon: true }, background, trace);
    await reach(daemon, "TIME_SLEEP");
    group.spawn(() => "done");
    await group.join();
    trace.push("joined");
    assert(isCancelled(daemon.exception));
  });
  assertEquals(trace, ["daemon cleaned up", "joined"]);
});

Deno.test("TaskGroup of daemons alone joins at once", async () => {
  const trace: string[] = [];
  await run(async () => {
    await new TaskGroup<void>().run(async (group) => {
      await reach(group.spawn({ daemon: true }, background, trace), "TIME_SLEEP");
    });
    trace.push("joined");
  });
  assertEquals(trace, ["daemon cleaned up", "joined"]);
});

Deno.test("TaskGroup lists no daemon among tasks and results", async () => {
  await run(async () => {
    const group = new TaskGroup<string>();
    const daemon = group.spawn({ daemon: true }, () => "daemon");
    const member = group.spawn(() => "member");
    assertEquals(group.tasks, [member]);
    await daemon.wait();
    await group.join();
    assertStrictEquals(group.completed, member);
    assertEquals(group.results, ["member"]);
  });
});

Deno.test('TaskGroup with wait "any" does not take a daemon for the winner', async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    const go = new Event();
    const daemon = group.spawn({ daemon: true }, () => "daemon");
    group.spawn(async () => {
      await go.wait();
      return "member";
    });
    const joiner = spawn(() => group.join());
    await daemon.wait();
    await reach(joiner, "TASK_JOIN");
    go.set();
    await joiner.join();
    assertEquals(group.result, "member");
  });
});

Deno.test("TaskGroup does not mind a daemon that crashes", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup<string>();
    const daemon = group.spawn({ daemon: true }, () => Promise.reject(new Error("broken")));
    await daemon.wait();
    group.spawn(() => "fine");
    await group.join();
    assertEquals(group.results, ["fine"]);
  });
});

Deno.test("TaskGroup cancels daemons that were added, like those it spawned", async () => {
  const trace: string[] = [];
  await run(async () => {
    const daemon = spawn({ daemon: true }, background, trace);
    await reach(daemon, "TIME_SLEEP");
    const group = new TaskGroup<void>([daemon]);
    assertEquals(group.tasks, []);
    await group.join();
    trace.push("joined");
  });
  assertEquals(trace, ["daemon cleaned up", "joined"]);
});

Deno.test("TaskGroup ends its members before its daemons, in each the oldest first", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>({ wait: "none" });
    const names = ["daemon 1", "member 1", "daemon 2", "member 2"];
    for (const name of names) {
      const task = group.spawn({ daemon: name.startsWith("daemon") }, async () => {
        try {
          await sleep(Infinity);
        } finally {
          trace.push(name);
        }
      });
      await reach(task, "TIME_SLEEP");
    }
    await group.join();
  });
  assertEquals(trace, ["member 1", "member 2", "daemon 1", "daemon 2"]);
});

Deno.test("TaskGroup that lives long forgets daemons once they have ended", async () => {
  // Under a collector that can be called: whether 20 000 finished clients are garbage.
  await using program = new Program(
    `
    const { run, schedule, TaskGroup } = curio;
    await run(async () => {
      const group = new TaskGroup();
      const clients = [];
      for (let n = 0; n < 20_000; n++) {
        clients.push(new WeakRef(group.spawn({ daemon: true }, async () => { await schedule(); })));
        if (n % 100 === 0) await schedule();
      }
      for (let n = 0; n < 10; n++) await schedule();
      await curio.sleep(0.01);
      gc();
      console.log(clients.filter((client) => client.deref() !== undefined).length < 100);
      console.log(curio.currentTask().children.length, group.tasks.length);
      await group.join();
    });
  `,
    { args: ["--v8-flags=--expose-gc"] },
  );
  const { lines, errors } = await program.end();
  assertEquals([lines, errors], [["true", "0 0"], ""]);
});

Deno.test("TaskGroup that lives long forgets members that are handed out", async () => {
  await using program = new Program(
    `
    const { run, schedule, TaskGroup } = curio;
    await run(async () => {
      const group = new TaskGroup();
      const clients = [];
      for (let n = 0; n < 20_000; n++) {
        clients.push(new WeakRef(group.spawn(schedule)));
        if (n % 10 === 9) { for (let m = 0; m < 10; m++) await group.nextResult(); }
      }
      await curio.sleep(0.01);
      gc();
      console.log(clients.filter((client) => client.deref() !== undefined).length < 100);
      await group.join();
    });
  `,
    { args: ["--v8-flags=--expose-gc"] },
  );
  const { lines, errors } = await program.end();
  assertEquals([lines, errors], [["true"], ""]);
});

Deno.test("TaskGroup of 20 000 daemons that run ends them all", async () => {
  let ended = 0;
  await run(async () => {
    const group = new TaskGroup<void>();
    for (let n = 0; n < 20_000; n++) {
      group.spawn({ daemon: true }, async () => {
        try {
          await sleep(Infinity);
        } finally {
          ended++;
        }
      });
    }
    await schedule();
    await group.join();
    assertEquals(currentTask().children, []);
  });
  assertEquals(ended, 20_000);
});
