import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  CurioError,
  Kernel,
  Result,
  run,
  schedule,
  spawn,
  TaskCancelled,
  TaskTimeout,
  timeoutAfter,
} from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { reach, reachAll } from "../helpers/reach.ts";
import { virtually } from "../helpers/virtually.ts";

Deno.test("Result.isSet() becomes true with a value or an error", () => {
  const value = new Result<number>();
  const failure = new Result<number>();
  const before = [value.isSet(), failure.isSet()];
  value.setValue(1);
  failure.setException(new Error("no"));
  assertEquals([before, [value.isSet(), failure.isSet()]], [[false, false], [true, true]]);
});

Deno.test("Result.unwrap() returns a value set before, as often as it is asked", async () => {
  await run(async () => {
    const result = new Result<string>();
    result.setValue("milk");
    assertEquals([await result.unwrap(), await result.unwrap()], ["milk", "milk"]);
  });
});

Deno.test("Result.setValue() wakes every waiter, in the order they came", async () => {
  const trace: string[] = [];
  await run(async () => {
    const result = new Result<number>();
    const tasks = ["a", "b", "c"].map((name) =>
      spawn(async () => trace.push(`${name} ${await result.unwrap()}`))
    );
    await reachAll(tasks, "EVENT_WAIT");
    result.setValue(42);
    trace.push("set");
    for (const task of tasks) await task.join();
  });
  assertEquals(trace, ["set", "a 42", "b 42", "c 42"]);
});

Deno.test("Result.setException() has every waiter, and later callers, throw that very error", async () => {
  await run(async () => {
    const result = new Result<number>();
    const error = new Error("out of milk");
    const tasks = [1, 2].map(() => spawn(() => result.unwrap().catch((thrown) => thrown)));
    await reachAll(tasks, "EVENT_WAIT");
    result.setException(error);
    for (const task of tasks) assertStrictEquals(await task.join(), error);
    assertStrictEquals(await result.unwrap().catch((thrown) => thrown), error);
  });
});

Deno.test("Result.setValue(undefined) counts as set", async () => {
  await run(async () => {
    const result = new Result<undefined>();
    const task = spawn(() => result.unwrap());
    await reach(task, "EVENT_WAIT");
    result.setValue(undefined);
    assertEquals([result.isSet(), await task.join()], [true, undefined]);
  });
});

Deno.test("Result.setValue() and setException() a second time throw and change nothing", async () => {
  for (
    const again of [
      (result: Result<number>) => result.setValue(2),
      (result: Result<number>) => result.setException(new Error("late")),
    ]
  ) {
    const result = new Result<number>();
    result.setValue(1);
    assertAdvice(assertThrows(() => again(result), CurioError), /^Cannot set a Result twice/);
    assertEquals(await run(() => result.unwrap()), 1);
  }
});

Deno.test("Result.setException(undefined) throws an error that says so, early or late", async () => {
  await run(async () => {
    const result = new Result<number>();
    const early = spawn(() => result.unwrap());
    await reach(early, "EVENT_WAIT");
    result.setException(undefined);
    await early.wait();
    const late = await assertRejects(() => result.unwrap(), Error, "was given undefined");
    assertStrictEquals(early.exception, late);
  });
});

Deno.test("Result.setValue() after setException() throws and changes nothing", async () => {
  const result = new Result<number>();
  result.setException(new Error("first"));
  assertThrows(() => result.setValue(1), CurioError);
  await assertRejects(() => run(() => result.unwrap()), Error, "first");
});

Deno.test("Result.unwrap() of a set result is no blocking point", async () => {
  const trace: string[] = [];
  await run(async () => {
    const result = new Result<number>();
    result.setValue(1);
    const task = spawn(async () => {
      trace.push(`got ${await result.unwrap()}`);
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await task.cancel();
  });
  assertEquals(trace, ["got 1", "cancelled at the next blocking point"]);
});

Deno.test("Result.unwrap() cancelled leaves nothing behind", async () => {
  await run(async () => {
    const result = new Result<number>();
    const task = spawn(() => result.unwrap());
    await reach(task, "EVENT_WAIT");
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    assertEquals(result.statistics(), { waiting: 0 });
    result.setValue(1);
    assertEquals(await result.unwrap(), 1);
  });
});

Deno.test("Result.unwrap() cancelled just after setValue() keeps the value", async () => {
  const trace: string[] = [];
  await run(async () => {
    const result = new Result<number>();
    const task = spawn(async () => {
      trace.push(`got ${await result.unwrap()}`);
      await schedule().catch(() => trace.push("cancelled at the next blocking point"));
    });
    await reach(task, "EVENT_WAIT");
    result.setValue(1);
    await task.cancel();
  });
  assertEquals(trace, ["got 1", "cancelled at the next blocking point"]);
});

Deno.test("Result.unwrap() times out", async () => {
  await virtually(async () => {
    const result = new Result<number>();
    await assertRejects(() => timeoutAfter(5, () => result.unwrap()), TaskTimeout);
    assertEquals(result.statistics(), { waiting: 0 });
  });
});

Deno.test("Result.setValue() between two runs wakes a waiter, who goes on in the next", async () => {
  const result = new Result<string>();
  await using kernel = new Kernel();
  const task = await kernel.run(async () => {
    const task = spawn(() => result.unwrap());
    await reach(task, "EVENT_WAIT");
    return task;
  });
  result.setValue("from outside");
  assertEquals(await kernel.run(() => task.join()), "from outside");
});

Deno.test("Result.unwrap() rejects outside a task, set or not", async () => {
  const result = new Result<number>();
  for (let round = 0; round < 2; round++) {
    const error = await assertRejects(() => result.unwrap(), CurioError);
    assertAdvice(error, /^Result\.unwrap\(\) outside a task/);
    if (round === 0) result.setValue(1);
  }
});

Deno.test("Result prints whether it is set and how many wait", async () => {
  await run(async () => {
    const result = new Result<number>();
    const task = spawn(() => result.unwrap());
    await reach(task, "EVENT_WAIT");
    assertEquals(Deno.inspect(result), "Result [not set, 1 waiting]");
    result.setValue(1);
    assertEquals(Deno.inspect(result), "Result [set, 0 waiting]");
  });
});
