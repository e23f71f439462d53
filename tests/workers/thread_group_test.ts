/** Threads in task groups. */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import {
  AWAIT,
  CurioError,
  Event,
  isCancelled,
  run,
  sleep,
  TaskGroup,
  TaskGroupError,
} from "../../mod.ts";
import { RecordingLog } from "../helpers/recording_log.ts";

const log = new RecordingLog();

Deno.test("TaskGroup.spawnThread() makes a member whose result counts", async () => {
  await run(async () => {
    const group = new TaskGroup<number>();
    await group.run((g) => {
      g.spawnThread((n: number) => n * n, 3);
      g.spawn(() => 4);
      g.spawnThread(() => 5);
    });
    assertEquals(group.results, [9, 4, 5]);
  });
  assertQuiet();
});

Deno.test("TaskGroup cancels its threads when another member fails", async () => {
  await run({ log }, async () => {
    const group = new TaskGroup();
    const started = new Event();
    const thread = await group.run(async (g) => {
      const thread = g.spawnThread((started) => {
        started.set();
        AWAIT(sleep(1000));
      }, started);
      await started.wait();
      g.spawn(() => {
        throw new RangeError("no");
      });
      return thread;
    });
    assert(isCancelled(thread.exception));
    assertEquals((thread.exception as Error).message.includes("a sibling failed"), true);
    assertThrows(() => group.result, RangeError);
  });
  assertQuiet();
});

Deno.test("TaskGroup with throwOnError throws what its threads threw", async () => {
  await run({ log }, async () => {
    const group = new TaskGroup({ throwOnError: true });
    const error = await assertRejects(() =>
      group.run((g) => {
        g.spawnThread(() => {
          throw new RangeError("no");
        });
        g.spawnThread(() => AWAIT(sleep(1000)));
      }), TaskGroupError);
    assertEquals(error.errors.length, 1);
    assertInstanceOf(error.errors[0], RangeError);
  });
  assertQuiet();
});

Deno.test("TaskGroup with wait: any cancels the threads that lose", async () => {
  await run(async () => {
    const group = new TaskGroup<string>({ wait: "any" });
    await group.run((g) => {
      g.spawnThread(() => {
        AWAIT(sleep(1000));
        return "slow";
      });
      g.spawnThread(() => "fast");
    });
    assertEquals(group.result, "fast");
  });
  assertQuiet();
});

Deno.test("TaskGroup.spawnThread() after join() throws CurioError", async () => {
  await run(async () => {
    const group = new TaskGroup();
    await group.join();
    assertThrows(() => group.spawnThread(() => 1), CurioError, "spawn a thread");
    assertThrows(() => new TaskGroup().spawnThread(async () => {}), TypeError, "async");
  });
});

Deno.test("TaskGroup.join() that is cancelled cancels the threads and waits for them", async () => {
  await run({ log }, async () => {
    const group = new TaskGroup();
    const started = new Event();
    const cleaned = new Event();
    const thread = group.spawnThread(
      (started, cleaned) => {
        started.set();
        try {
          AWAIT(sleep(1000));
        } finally {
          AWAIT(sleep(0.01));
          cleaned.set();
        }
      },
      started,
      cleaned,
    );
    await started.wait();
    const outer = new TaskGroup();
    const joiner = outer.spawn(() => group.join());
    await sleep(0);
    await joiner.cancel();
    assertEquals([cleaned.isSet(), thread.terminated], [true, true]);
    await outer.join();
  });
  assertQuiet();
});
