import { assert, assertEquals } from "@std/assert";
import { TaskCancelled } from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import * as c from "../../net/constants.ts";
import { socketpair } from "../../net/socketpair.ts";
import { inKernel, receiveAll, text } from "./support.ts";

Deno.test("socketpair() gives two sockets that are connected to each other", () =>
  inKernel(async () => {
    const [left, right] = await socketpair();
    assertEquals(left.getpeername(), right.getsockname());
    assertEquals(right.getpeername(), left.getsockname());
    await left.sendall("there");
    assertEquals(text(await right.recv(100)), "there");
    await right.sendall("and back");
    await right.shutdown(c.SHUT_WR);
    assertEquals(await receiveAll(left), "and back");
    await left.close();
    await right.close();
  }));

Deno.test("socketpair() works outside any task, many at a time", async () => {
  const pairs = await Promise.all(Array.from({ length: 20 }, () => socketpair()));
  for (const [index, [left]] of pairs.entries()) await left.sendall(`${index}`);
  for (const [index, [left, right]] of pairs.entries()) {
    assertEquals(text(await right.recv(10)), `${index}`);
    await left.close();
    await right.close();
  }
});

Deno.test("socketpair() cancelled at any moment leaves nothing", async () => {
  await inKernel(async () => {
    for (let turns = 0; turns < 12; turns++) {
      const task = spawn(async () => {
        const [left, right] = await socketpair();
        await left.close();
        await right.close();
      });
      for (let turn = 0; turn < turns; turn++) await schedule();
      await task.cancel();
      if (task.exception !== undefined) assert(task.exception instanceof TaskCancelled);
    }
  });
  assertQuiet();
});

Deno.test("socketpair() needs no permission but the loopback interface's", async () => {
  const url = import.meta.resolve("../../net/socketpair.ts");
  const program = `data:text/javascript,import { socketpair } from ${JSON.stringify(url)};
    const [left, right] = await socketpair();
    await left.sendall("hello");
    console.log((await right.recv(9)).length);
    await left.close(); await right.close();`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-net=127.0.0.1", program],
  }).output();
  assertEquals([code, text(stdout)], [0, "5\n"]);
});

Deno.test("socketpair() without the permission is NotCapable", async () => {
  const url = import.meta.resolve("../../net/socketpair.ts");
  const program = `data:text/javascript,import { socketpair } from ${JSON.stringify(url)};
    await socketpair().catch((error) => console.log(error.name));`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", program],
  }).output();
  assertEquals([code, text(stdout)], [0, "NotCapable\n"]);
});
