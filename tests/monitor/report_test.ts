import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { CurioError, Kernel, run, sleep, spawn } from "../../mod.ts";
import { ps, where } from "../../monitor/mod.ts";
import { settle } from "../helpers/settle.ts";
import { virtually } from "../helpers/virtually.ts";

Deno.test("ps() gives the table of the caller's kernel", () =>
  virtually(async function main() {
    const kid = spawn({ name: "kid" }, sleep, 10);
    await sleep(4);
    const [, , main, other, end] = ps().split("\n");
    assertMatch(main, /^\d+ +RUNNING {6}2 {10}None {4}None {4}main *$/);
    assertMatch(other, /^\d+ +TIME_SLEEP {3}1 {10}None {4}6\.00000 kid *$/);
    assertEquals(end, "");
    await kid.join();
  }));

Deno.test("ps(kernel) looks at that kernel from anywhere", async () => {
  await using kernel = new Kernel();
  assertEquals(ps(kernel).split("\n").length, 3);
  await kernel.run(() => void spawn({ name: "kid" }, sleep, 1000));
  assertMatch(ps(kernel), /^\d+ +INITIAL +0 .*kid *$/m);
  // It is the only one with tasks.
  assertEquals(ps(), ps(kernel));
});

Deno.test("ps() and where() outside a task want to know which kernel", () => {
  assertThrows(() => ps(), CurioError, "none has tasks: give it the kernel");
  assertThrows(() => where(1), CurioError, "none has tasks: give it the kernel");
});

Deno.test("where() gives the stack of a task, most recent call last", () =>
  run({ stacks: true }, async () => {
    async function play() {
      await sleep(1000);
    }
    const task = spawn(async function kid() {
      await play();
    });
    await settle();
    const lines = where(task.id).split("\n");
    assertEquals(
      lines[0],
      `Stack for Task(id=${task.id}, name='kid', state='TIME_SLEEP') (most recent call last):`,
    );
    assertMatch(lines[1], /^ {2}File ".*report_test\.ts", line \d+, in kid$/);
    assertEquals(lines[2], "    await play();");
    assertMatch(lines[3], /, in play$/);
    assertEquals(lines.slice(4), ["    await sleep(1000);", ""]);
    await task.cancel();
  }));

Deno.test("where() says why there is no stack", () =>
  run(async function main() {
    const kid = spawn({ name: "kid" }, sleep, 1000);
    assertMatch(where(kid.id), /^No stack for Task\(.*\): it has not run yet\n$/);
    await settle();
    assertMatch(where(kid.id), /^No stack for Task\(.*\): stacks were not kept/);
    await kid.cancel();
    assertEquals(where(kid.id), `No task ${kid.id}\n`);
  }));
