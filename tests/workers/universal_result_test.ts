import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { cancelAtEveryStep } from "../../kernel/testing/mod.ts";
import { CurioError, Kernel, run, spawn, UniversalResult } from "../../mod.ts";
import { assertAdvice } from "../helpers/assert_advice.ts";
import { settle } from "../helpers/settle.ts";
import { hostTurn } from "../helpers/unhandled.ts";

Deno.test("UniversalResult.setValue() reaches tasks of a kernel, and code in none", async () => {
  const result = new UniversalResult<number>();
  await using kernel = new Kernel();
  const all = Promise.all([result.unwrap(), kernel.run(() => result.unwrap())]);
  while (result.statistics().waiting < 2) await hostTurn();
  assertEquals(result.isSet(), false);
  result.setValue(42);
  assertEquals(await all, [42, 42]);
  assertEquals([result.isSet(), await result.unwrap()], [true, 42]);
});

Deno.test("UniversalResult.setException() rejects unwrap() with that very error", async () => {
  const result = new UniversalResult<number>();
  const error = new RangeError("too far");
  const waiting = assertRejects(() => result.unwrap(), RangeError, "too far");
  result.setException(error);
  await waiting;
  await assertRejects(() => run(() => result.unwrap()), RangeError, "too far");
});

Deno.test("UniversalResult is set once", () => {
  const result = new UniversalResult<number>();
  result.setValue(1);
  assertAdvice(assertThrows(() => result.setValue(2), CurioError), /twice/);
  assertThrows(() => result.setException(new Error("late")), CurioError);
  assertEquals(Deno.inspect(result), "UniversalResult [set, 0 waiting]");
});

Deno.test("UniversalResult.unwrap() leaves nothing behind when cancelled at any step", async () => {
  await cancelAtEveryStep(async (spawnVictim) => {
    const result = new UniversalResult<number>();
    const task = spawn(() => result.unwrap());
    const victim = spawnVictim(() => result.unwrap());
    await settle();
    result.setValue(7);
    for (const each of [task, victim]) await each.wait();
    assertEquals([task.result, result.statistics()], [7, { waiting: 0 }]);
  });
});
