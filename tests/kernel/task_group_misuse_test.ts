import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  Event,
  isCancelled,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskGroup,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

async function joinedGroup(): Promise<TaskGroup> {
  const group = new TaskGroup();
  await group.join();
  return group;
}

Deno.test("TaskGroup.spawn() after join throws CurioError, and starts nothing", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await joinedGroup();
    const error = assertThrows(() => group.spawn(() => void trace.push("ran")), CurioError);
    assertAdvice(error, /spawn a task.*joined/);
    await schedule();
  });
  assertEquals(trace, []);
});

Deno.test("TaskGroup.addTask() after join throws CurioError, and leaves the task free", async () => {
  await run(async () => {
    const group = await joinedGroup();
    const task = spawn(schedule);
    assertAdvice(assertThrows(() => group.addTask(task), CurioError), /add a task.*joined/);
    await new TaskGroup([task]).join();
    assert(task.terminated);
  });
});

Deno.test("TaskGroup.spawn() after run() whose body threw throws CurioError", async () => {
  await run(async () => {
    const group = new TaskGroup();
    await assertRejects(() =>
      group.run(() => {
        throw new Error("in the body");
      }), Error);
    assertThrows(() => group.spawn(schedule), CurioError);
  });
});

Deno.test("TaskGroup.addTask() of another group's member throws CurioError that names the task", async () => {
  await run(async () => {
    const group = new TaskGroup();
    const task = group.spawn({ name: "taken" }, schedule);
    const other = new TaskGroup();
    const error = assertThrows(() => other.addTask(task), CurioError);
    assertAdvice(error, new RegExp(`task ${task.id} 'taken'.*group`));
    assertEquals(other.tasks, []);
    await group.join();
  });
});

Deno.test("TaskGroup.addTask() of a task of its own throws CurioError", async () => {
  await run(async () => {
    const group = new TaskGroup();
    const task = group.spawn(schedule);
    assertThrows(() => group.addTask(task), CurioError);
    await group.join();
    assertEquals(group.tasks, [task]);
  });
});

Deno.test("TaskGroup.addTask() of a member of a joined group throws CurioError", async () => {
  await run(async () => {
    const group = new TaskGroup();
    const task = group.spawn(schedule);
    await group.join();
    assertThrows(() => new TaskGroup().addTask(task), CurioError);
  });
});

Deno.test("new TaskGroup(tasks) that refuses one task leaves the others free", async () => {
  await run(async () => {
    const group = new TaskGroup();
    const taken = group.spawn(schedule);
    const free = spawn(schedule);
    assertThrows(() => new TaskGroup([free, taken]), CurioError);
    const other = new TaskGroup([free]);
    await other.join();
    await group.join();
    assertEquals(other.tasks, [free]);
  });
});

Deno.test("TaskGroup.result, results, exception and exceptions before join throw CurioError", async () => {
  await run(async () => {
    const group = new TaskGroup();
    await group.spawn(schedule).wait();
    for (const name of ["result", "results", "exception", "exceptions"] as const) {
      assertAdvice(assertThrows(() => group[name], CurioError), new RegExp(`${name} .*join`));
    }
    await group.join();
  });
});

Deno.test("TaskGroup methods that need a task reject outside one", async () => {
  const group = new TaskGroup();
  const calls = {
    "TaskGroup.run()": () => group.run(() => {}),
    "TaskGroup.join()": () => group.join(),
    "TaskGroup.nextDone()": () => group.nextDone(),
    "TaskGroup.nextResult()": () => group.nextResult(),
    "TaskGroup.cancelRemaining()": () => group.cancelRemaining(),
    "TaskGroup.shutdown()": () => group.shutdown(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await assertRejects(call, CurioError, `${name} outside a task: `);
    assertAdvice(error, /outside a task/);
  }
});

Deno.test("TaskGroup.run() outside a task does not run the body", async () => {
  const trace: string[] = [];
  await assertRejects(() => new TaskGroup().run(() => void trace.push("ran")), CurioError);
  assertEquals(trace, []);
});

Deno.test("TaskGroup.spawn() outside a task throws CurioError", () => {
  const error = assertThrows(() => new TaskGroup().spawn(schedule), CurioError);
  assertAdvice(error, /^TaskGroup\.spawn\(\) outside a task/);
});

Deno.test("TaskGroup.spawn() of what is no function is a TypeError that says what to pass", async () => {
  await run(async () => {
    const group = new TaskGroup();
    for (const wrong of [42, null, undefined, "f", Promise.resolve()]) {
      const error = assertThrows(() => group.spawn(wrong as unknown as () => void), TypeError);
      assertAdvice(error, /TaskGroup\.spawn\(\)/);
    }
    assertThrows(() => group.spawn({ name: "x" }, undefined as unknown as () => void), TypeError);
    await group.join();
    assertEquals(group.tasks, []);
  });
});

Deno.test("TaskGroup of which the joiner is a member: join rejects rather than wait for itself", async () => {
  const log = new RecordingLog();
  await virtually({ log }, async () => {
    for (const call of ["join", "shutdown"] as const) {
      const group = new TaskGroup();
      const member = group.spawn(async () => {
        const late = sleep(0.005).then(() => "waits for itself");
        return await Promise.race([group[call]().catch((error: unknown) => error), late]);
      });
      const error = await member.join();
      assertInstanceOf(error, CurioError, `${call}(): ${error}`);
      assertAdvice(error, /member/);
      await group.cancelRemaining();
    }
  });
});

Deno.test("TaskGroup.run() called again on a joined group runs the body and refuses new members", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = await joinedGroup();
    await assertRejects(
      () =>
        group.run((g) => {
          trace.push("body");
          g.spawn(schedule);
        }),
      CurioError,
    );
  });
  assertEquals(trace, ["body"]);
});

Deno.test("TaskGroup that nobody joined leaves its members to the end of the run", async () => {
  const trace: string[] = [];
  let member: Task | undefined;
  await run(async () => {
    member = new TaskGroup<void>().spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        trace.push("shut down");
      }
    });
    await reach(member, "TIME_SLEEP");
    trace.push("main done");
  });
  assertEquals(trace, ["main done", "shut down"]);
  assert(isCancelled(member!.exception));
  assertEquals(member!.exception.origin.kind, "shutdown");
});

Deno.test("TaskGroup.join() whose promise nobody awaits causes no unhandled rejection when cancelled", async () => {
  const rejections: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    rejections.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", note);
  try {
    await run({ log: new RecordingLog() }, async () => {
      const go = new Event();
      const task = spawn(async () => {
        const group = new TaskGroup();
        group.spawn(() => go.wait());
        void group.join();
        void group.nextDone();
        await sleep(Infinity).catch(() => {});
        await schedule();
      });
      await reach(task, "TASK_JOIN");
      await task.cancel();
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
  } finally {
    globalThis.removeEventListener("unhandledrejection", note);
  }
  assertEquals(rejections, []);
});
