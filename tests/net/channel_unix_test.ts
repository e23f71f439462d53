import { assert, assertEquals, assertRejects } from "@std/assert";
import { CurioError, TaskTimeout } from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { Channel } from "../../net/channel.ts";
import { exists, inKernel, SocketDir, text } from "./support.ts";

const KEY = "peekaboo";

Deno.test("a channel at a path carries messages, and removes the path when closed", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const channel = new Channel(dir.at("sock"));
    assertEquals(channel.bind(), { transport: "unix", path: dir.at("sock") });
    const accepting = spawn(() => channel.accept({ authkey: KEY }));
    await using client = await channel.connect({ authkey: KEY });
    await using server = await accepting.join();
    await client.send({ over: "a path" });
    assertEquals(await server.recv(), { over: "a path" });
    await server.sendBytes("bytes");
    assertEquals(text(await client.recvBytes()), "bytes");
    await channel.close();
    assert(!exists(dir.at("sock")));
  }));

Deno.test("Channel.connect() at a path waits until somebody listens there", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    await using there = new Channel(dir.at("sock"));
    const connecting = spawn(() => there.connect());
    await schedule();
    await using here = new Channel(dir.at("sock"));
    await using server = await here.accept();
    await using client = await connecting.join();
    await client.sendBytes("x");
    assertEquals(text(await server.recvBytes()), "x");
  }));

Deno.test("Channel.close() ends a connect at a path where nobody listens", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const channel = new Channel(dir.at("sock"));
    await assertRejects(() => timeoutAfter(0.01, () => channel.connect()), TaskTimeout);
    const task = spawn(() => assertRejects(() => channel.connect(), CurioError, "closed while"));
    await schedule();
    await channel.close();
    await task.join();
  }));

Deno.test("console.log shows a channel's path", () => {
  assertEquals(Deno.inspect(new Channel("/tmp/x")), "Channel [at /tmp/x]");
});
