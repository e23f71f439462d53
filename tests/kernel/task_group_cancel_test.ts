import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  CancelledError,
  CancelScope,
  Event,
  isCancelled,
  run,
  schedule,
  sleep,
  spawn,
  type Task,
  TaskCancelled,
  TaskError,
  TaskGroup,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { virtually } from "../helpers/virtually.ts";

/** Sleeps until cancelled, and then says goodbye after `turns` turns. */
async function friend(trace: string[], name: string, turns = 0): Promise<void> {
  try {
    await sleep(Infinity);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    for (; turns > 0; turns--) await schedule();
    trace.push(`${name} going home`);
    throw error;
  }
}

function crash(error: Error): Promise<never> {
  return Promise.reject(error);
}

/** The cancellation that `task` ended with. */
function endOf(task: Task): CancelledError {
  assert(task.exception instanceof CancelledError);
  return task.exception;
}

// -- Cancelling the joiner

Deno.test("TaskGroup cancelled in its body: the body first, then the members in the order of spawning", async () => {
  const trace: string[] = [];
  await run(async () => {
    const kid = spawn(async () => {
      await new TaskGroup().run(async (group) => {
        for (const name of ["Max", "Lillian", "Thomas"]) group.spawn(friend, trace, name);
        try {
          await sleep(1000);
        } catch (error) {
          trace.push("Fine. Saving my work.");
          throw error;
        }
      });
    });
    await reach(kid, "TIME_SLEEP");
    await reachAll(kid.children, "TIME_SLEEP");
    await kid.cancel();
    trace.push("Leaving!");
  });
  assertEquals(trace, [
    "Fine. Saving my work.",
    "Max going home",
    "Lillian going home",
    "Thomas going home",
    "Leaving!",
  ]);
});

Deno.test("TaskGroup.join() cancelled while it waits cancels the members in order and waits for each", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const joiner = spawn(() => group.join());
    group.spawn(friend, trace, "Max", 3);
    group.spawn(friend, trace, "Lillian", 2);
    group.spawn(friend, trace, "Thomas", 1);
    await reachAll(group.tasks, "TIME_SLEEP");
    await joiner.cancel();
    trace.push("joiner gone");
    await assertRejects(() => joiner.join(), TaskError);
  });
  assertEquals(trace, ["Thomas going home", "Lillian going home", "Max going home", "joiner gone"]);
});

Deno.test("TaskGroup.join() cancelled before it waits cancels the members", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    await reach(group.spawn(friend, trace, "Max"), "TIME_SLEEP");
    const joiner = spawn(() => group.join());
    await joiner.cancel({ blocking: false });
    await assertRejects(() => joiner.join(), TaskError);
    trace.push("joiner gone");
  });
  assertEquals(trace, ["Max going home", "joiner gone"]);
});

Deno.test("TaskGroup.join() that need not wait delivers no cancellation", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>();
    await group.spawn(() => "done").wait();
    const joiner = spawn(async () => {
      await group.join();
      trace.push(`joined: ${group.results}`);
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await joiner.cancel({ blocking: false });
    await joiner.join();
  });
  assertEquals(trace, ["joined: done", "cancelled at the next blocking point"]);
});

Deno.test("TaskGroup.join() cancelled just after the last member ended is done, and the cancellation comes next", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>();
    const go = new Event();
    group.spawn(() => go.wait());
    const first = spawn(async () => {
      await group.join();
      // Woken by the same end as the second, and before it.
      await second.cancel({ blocking: false });
    });
    const second = spawn(async () => {
      await group.join();
      trace.push("joined");
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reachAll([first, second], "TASK_JOIN");
    go.set();
    await second.wait();
  });
  assertEquals(trace, ["joined", "cancelled at the next blocking point"]);
});

Deno.test("TaskGroup joiner rejects with the very cancellation it was given", async () => {
  const cancellation = new TaskCancelled("bedtime");
  await run(async () => {
    const joiner = spawn(() => new TaskGroup<number>().run((g) => void g.spawn(sleep, Infinity)));
    await reach(joiner, "TASK_JOIN");
    await joiner.cancel({ exc: cancellation });
    assertStrictEquals(joiner.exception, cancellation);
  });
});

Deno.test("TaskGroup joiner cancelled a second time still waits for every member", async () => {
  const trace: string[] = [];
  await run(async () => {
    const cleaning = new Event();
    const finish = new Event();
    const joiner = spawn(async () => {
      await new TaskGroup().run((group) => {
        group.spawn(async () => {
          try {
            await sleep(Infinity);
          } finally {
            cleaning.set();
            await finish.wait();
            trace.push("cleaned up");
          }
        });
      });
    });
    await reach(joiner, "TASK_JOIN");
    await joiner.cancel({ blocking: false });
    await cleaning.wait();
    const second = spawn(() => joiner.cancel());
    await reach(second, "TASK_JOIN");
    finish.set();
    await second.join();
    trace.push("joiner gone");
  });
  assertEquals(trace, ["cleaned up", "joiner gone"]);
});

Deno.test("TaskGroup joiner whose outer scope is cancelled during the clean-up still waits for every member", async () => {
  const trace: string[] = [];
  await run(async () => {
    const [outer, inner] = [new CancelScope(), new CancelScope()];
    const finish = new Event();
    await outer.run(async () => {
      await inner.run(() =>
        new TaskGroup().run(async (group) => {
          const task = group.spawn(async () => {
            try {
              await sleep(Infinity);
            } finally {
              outer.cancel();
              setTimeout(() => finish.set(), 0);
              await finish.wait();
              trace.push("cleaned up");
            }
          });
          await reach(task, "TIME_SLEEP");
          inner.cancel();
        })
      );
      trace.push("left the inner scope");
      await schedule();
      trace.push("not reached");
    });
    trace.push("left the outer scope");
  });
  assertEquals(trace, ["cleaned up", "left the inner scope", "left the outer scope"]);
});

Deno.test("TaskGroup.run() whose body swallows the cancellation joins as usual", async () => {
  const trace: string[] = [];
  await run(async () => {
    const go = new Event();
    const kid = spawn(async () => {
      await new TaskGroup().run(async (group) => {
        group.spawn(async () => {
          await go.wait();
          trace.push("member done");
        });
        await sleep(Infinity).catch(() => trace.push("swallowed"));
      });
      trace.push("joined");
    });
    await reach(kid, "TIME_SLEEP");
    await kid.cancel({ blocking: false });
    await reach(kid, "TASK_JOIN");
    go.set();
    await kid.join();
  });
  assertEquals(trace, ["swallowed", "member done", "joined"]);
});

Deno.test("TaskGroup of a cancelled joiner throws the cancellation, not what members fail with meanwhile", async () => {
  await run({ log: new RecordingLog() }, async () => {
    const joiner = spawn(() =>
      new TaskGroup<void>({ throwOnError: true }).run((group) => {
        group.spawn(async () => {
          await sleep(Infinity).catch(() => crash(new Error("in clean-up")));
        });
      })
    );
    await reach(joiner, "TASK_JOIN");
    await schedule();
    await joiner.cancel();
    assert(joiner.exception instanceof TaskCancelled);
  });
});

Deno.test("TaskGroup cancelled with groups inside is left from the inside out", async () => {
  const trace: string[] = [];
  await run(async () => {
    async function nest(name: string, depth: number): Promise<void> {
      try {
        await new TaskGroup<void>().run((group) => {
          if (depth > 0) group.spawn(nest, `${name}.${depth}`, depth - 1);
          else group.spawn(friend, trace, name);
        });
      } finally {
        trace.push(`${name} left`);
      }
    }
    const task = spawn(nest, "a", 2);
    let innermost: Task = task;
    while (innermost.state !== "TIME_SLEEP") {
      await schedule();
      innermost = innermost.children[0] ?? innermost;
    }
    await task.cancel();
  });
  assertEquals(trace, ["a.2.1 going home", "a.2.1 left", "a.2 left", "a left"]);
});

// -- Timeouts

Deno.test("TaskGroup out of time cancels its members and rejects with TaskTimeout", async () => {
  const trace: string[] = [];
  await run(async () => {
    await assertRejects(
      () =>
        timeoutAfter(
          0.002,
          () => new TaskGroup<void>().run((group) => void group.spawn(friend, trace, "Max", 2)),
        ),
      TaskTimeout,
    );
    trace.push("out of time");
  });
  assertEquals(trace, ["Max going home", "out of time"]);
});

Deno.test("TaskGroup.join() out of time ends the group: its results can be read", async () => {
  await virtually(async () => {
    const group = new TaskGroup<string | number>();
    group.spawn(() => "done");
    group.spawn(sleep, Infinity);
    await assertRejects(() => timeoutAfter(0.002, () => group.join()), TaskTimeout);
    assertEquals(group.result, "done");
    assertEquals(group.exceptions.map(isCancelled), [false, true]);
  });
});

Deno.test("TaskGroup members are not in the timeout of the task that spawned them", async () => {
  await virtually(async () => {
    const group = new TaskGroup<string>();
    await timeoutAfter(0.001, async () => {
      group.spawn(async () => {
        await sleep(0.004);
        return "took its time";
      });
      await schedule();
    });
    await group.join();
    assertEquals(group.results, ["took its time"]);
  });
});

Deno.test("TaskGroup that was joined in time keeps its results when the deadline passes right after", async () => {
  await virtually(async () => {
    const group = new TaskGroup<string>();
    await timeoutAfter(0.001, async () => {
      group.spawn(() => {
        const start = performance.now();
        while (performance.now() - start < 2);
        return "just in time";
      });
      await group.join();
    });
    assertEquals(group.results, ["just in time"]);
  });
});

// -- Who and why

Deno.test("TaskGroup says that a sibling failed, which, and how", async () => {
  const failure = new Error("broken");
  await run({ log: new RecordingLog() }, async () => {
    const group = new TaskGroup<number>();
    const victim = group.spawn({ name: "fetcher" }, sleep, Infinity);
    const failed = group.spawn({ name: "parser" }, crash, failure);
    await group.join();
    const error = endOf(victim);
    assert(error instanceof TaskCancelled);
    assertStrictEquals(error.origin.by, failed);
    assertEquals([error.origin.kind, error.origin.reason], ["group", failure]);
    assertEquals(
      error.message,
      `task ${victim.id} 'fetcher' cancelled by task ${failed.id} 'parser': a sibling failed`,
    );
  });
});

Deno.test("TaskGroup says that the body failed, and with what", async () => {
  const failure = new Error("broken");
  await run(async function main() {
    let victim: Task | undefined;
    await assertRejects(() =>
      new TaskGroup<number>().run((group) => {
        victim = group.spawn({ name: "fetcher" }, sleep, Infinity);
        throw failure;
      })
    );
    const { origin, message } = endOf(victim!);
    assertEquals([origin.kind, origin.by, origin.reason], ["group", null, failure]);
    const { id, parentId } = victim!;
    assertEquals(
      message,
      `task ${id} 'fetcher' cancelled by task ${parentId} 'main': the body of its group failed`,
    );
  });
});

Deno.test("TaskGroup says that the group has ended to the losers, blaming nobody", async () => {
  await run(async function main() {
    const group = new TaskGroup<string | number>({ wait: "any" });
    const loser = group.spawn({ name: "loser" }, sleep, Infinity);
    group.spawn(() => "winner");
    await group.join();
    const { origin, message } = endOf(loser);
    assertEquals([origin.kind, origin.by], ["group", null]);
    assertEquals(
      message,
      `task ${loser.id} 'loser' cancelled by task ${loser.parentId} 'main': its group has ended`,
    );
  });
});

Deno.test("TaskGroup.cancelRemaining() says so, and blames nobody for a failure of before", async () => {
  await run({ log: new RecordingLog() }, async function main() {
    const group = new TaskGroup<number>();
    const victim = group.spawn({ name: "rest" }, sleep, Infinity);
    await group.spawn(crash, new Error("broken")).wait();
    await group.cancelRemaining();
    const { message } = endOf(victim);
    assert(message.includes(`cancelled by task ${victim.parentId} 'main'`), message);
    assert(message.endsWith("its group was told to cancel what remains"), message);
    await group.join();
  });
});

Deno.test("TaskGroup cancels a member with TaskCancelled when its joiner runs out of time", async () => {
  await virtually(async () => {
    const group = new TaskGroup<number>();
    const member = group.spawn(sleep, Infinity);
    await assertRejects(() => timeoutAfter(0.001, () => group.join()), TaskTimeout);
    const error = endOf(member);
    assert(error instanceof TaskCancelled);
    assertEquals(error.origin.kind, "group");
  });
});

Deno.test("Task.cancel() of a member keeps the canceller's reason when the group then ends", async () => {
  await run(async () => {
    const group = new TaskGroup<void>();
    const finish = new Event();
    const victim = group.spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        await finish.wait();
      }
    });
    await reach(victim, "TIME_SLEEP");
    await victim.cancel({ blocking: false });
    setTimeout(() => finish.set(), 0);
    await assertRejects(() => group.run(() => crash(new Error("in the body"))));
    assertEquals(endOf(victim).origin.kind, "cancel");
  });
});

// -- Members that go their own way

Deno.test("TaskGroup waits for a member that goes on working after its cancellation", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    group.spawn(async () => {
      await sleep(Infinity).catch(() => trace.push("ignored"));
      for (let turn = 0; turn < 3; turn++) await schedule();
      trace.push("finished all the same");
      return "stubborn";
    });
    group.spawn(async () => {
      await schedule();
      return "winner";
    });
    await group.join();
    assertEquals(group.results, ["stubborn", "winner"]);
  });
  assertEquals(trace, ["ignored", "finished all the same"]);
});

Deno.test("TaskGroup.spawn() by a member that is being cancelled: the new one is cancelled and waited for", async () => {
  const trace: string[] = [];
  await run(async () => {
    const group = new TaskGroup<void>({ wait: "none" });
    const dying = group.spawn(async () => {
      try {
        await sleep(Infinity);
      } finally {
        group.spawn(friend, trace, "late guest");
        await schedule();
        trace.push("host going home");
      }
    });
    await reach(dying, "TIME_SLEEP");
    await group.join();
    trace.push("joined");
  });
  assertEquals(trace.toSorted(), ["host going home", "joined", "late guest going home"]);
  assertEquals(trace.at(-1), "joined");
});

Deno.test("spawn() by a member outside the group outlives the group", async () => {
  const trace: string[] = [];
  await run(async () => {
    const go = new Event();
    let grandchild: Task | undefined;
    await new TaskGroup<void>().run((group) => {
      group.spawn(() => {
        grandchild = spawn(async () => {
          await go.wait();
          trace.push("grandchild done");
        });
      });
    });
    trace.push("joined");
    go.set();
    await grandchild!.join();
  });
  assertEquals(trace, ["joined", "grandchild done"]);
});

Deno.test("TaskGroup cancels members that have not started, and each reaches its first blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    await assertRejects(() =>
      new TaskGroup<void>().run((group) => {
        for (const name of ["Max", "Lillian"]) group.spawn(friend, trace, name);
        throw new Error("second thoughts");
      }), Error);
  });
  assertEquals(trace, ["Max going home", "Lillian going home"]);
});

Deno.test("TaskGroup cancelled while a member is shielded waits until it is done", async () => {
  const trace: string[] = [];
  await run(async () => {
    const saved = new Event();
    const joiner = spawn(() =>
      new TaskGroup<void>().run((group) => {
        group.spawn(async () => {
          await new CancelScope({ shield: true }).run(async () => {
            await saved.wait();
            trace.push("saved");
          });
          await schedule();
          trace.push("not reached");
        });
      })
    );
    await reach(joiner, "TASK_JOIN");
    await schedule();
    await joiner.cancel({ blocking: false });
    await schedule();
    saved.set();
    await joiner.wait();
    trace.push("joiner gone");
  });
  assertEquals(trace, ["saved", "joiner gone"]);
});
