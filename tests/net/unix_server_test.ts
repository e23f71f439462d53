import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TaskTimeout } from "../../kernel/errors.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { openUnixConnection } from "../../net/open_unix_connection.ts";
import { runServer } from "../../net/server.ts";
import type { Socket } from "../../net/socket.ts";
import { unixServer } from "../../net/unix_server.ts";
import { unixServerSocket } from "../../net/unix_server_socket.ts";
import { exists, inKernel, receiveAll, SocketDir, text, until } from "./support.ts";
import { clientContext, serverContext } from "./tls_support.ts";

async function echo(client: Socket): Promise<void> {
  for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
}

/** Leaves a socket file behind, as a server does that crashed. */
async function crash(path: string): Promise<void> {
  const program = `Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} });
    console.log("listening"); setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  assert(exists(path));
}

Deno.test("unixServer() serves each client in a task, and removes its path when cancelled", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const path = dir.at("sock");
    const server = spawn(unixServer, path, echo);
    await until(() => exists(path));
    for (const word of ["one", "two"]) {
      await using client = await openUnixConnection(path);
      await client.sendall(word);
      assertEquals(text(await client.recv(100)), word);
    }
    await server.cancel();
    assert(!exists(path));
  }));

Deno.test("unixServer() cancelled lets its clients say goodbye", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const listening: string[] = [];
    const server = spawn(unixServer, dir.at("sock"), async (client: Socket) => {
      try {
        await client.recv(1);
      } finally {
        await client.sendall("goodbye");
      }
    }, { onListen: ({ path }: Deno.UnixAddr) => void listening.push(path) });
    await until(() => listening.length > 0);
    assertEquals(listening, [dir.at("sock")]);
    await using client = await openUnixConnection(dir.at("sock"));
    await until(() => server.children.length === 1);
    await server.cancel();
    assertEquals(await receiveAll(client), "goodbye");
  }));

Deno.test("runServer() serves a Unix socket", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const server = spawn(runServer, unixServerSocket(dir.at("sock")), echo);
    await using client = await openUnixConnection(dir.at("sock"));
    await client.sendall("hello");
    assertEquals(text(await client.recv(100)), "hello");
    await server.cancel();
    assert(!exists(dir.at("sock")));
  }));

Deno.test("unixServerSocket() replaces the socket file that a crash left", async () => {
  using dir = new SocketDir();
  await crash(dir.at("sock"));
  await using server = unixServerSocket(dir.at("sock"));
  await using client = await openUnixConnection(dir.at("sock"));
  const [peer] = await server.accept();
  await peer.sendall("alive");
  assertEquals(text(await client.recv(10)), "alive");
  await peer.close();
});

Deno.test("unixServerSocket() leaves alone a path where a server listens", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    await using server = unixServerSocket(dir.at("sock"));
    const error = assertThrows(
      () => unixServerSocket(dir.at("sock")),
      Deno.errors.AddrInUse,
      "a server listens there",
    ) as Error & { code: string };
    assertEquals(error.code, "EADDRINUSE");
    // To find that out, it connected.
    const [probe] = await server.accept();
    assertEquals((await probe.recv(1)).length, 0);
    await probe.close();
    await using client = await openUnixConnection(dir.at("sock"));
    const [peer] = await server.accept();
    await peer.sendall("still here");
    assertEquals(text(await client.recv(100)), "still here");
    await peer.close();
  }));

Deno.test("unixServerSocket() leaves alone a file that is no socket", () => {
  using dir = new SocketDir();
  Deno.writeTextFileSync(dir.at("file"), "precious");
  assertThrows(() => unixServerSocket(dir.at("file")), Deno.errors.AddrInUse, "no socket");
  assertEquals(Deno.readTextFileSync(dir.at("file")), "precious");
});

Deno.test("unixServerSocket() in a directory that is missing is NotFound", () => {
  using dir = new SocketDir();
  assertThrows(() => unixServerSocket(dir.at("none/sock")), Deno.errors.NotFound);
});

Deno.test({
  name: "unixServerSocket() takes an abstract name, which leaves no file",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inKernel(async () => {
      const name = `\0curio-test-${Deno.pid}`;
      await using _server = unixServerSocket(name);
      assertThrows(() => unixServerSocket(name), Deno.errors.AddrInUse, "a server listens there");
      await using client = await openUnixConnection(name);
      assertEquals(client.getpeername().path, name);
    }),
});

Deno.test("unixServer() refuses a handler that is none, and options that are wrong", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    await assertRejects(() => unixServer(dir.at("a"), 7 as unknown as typeof echo), TypeError);
    await assertRejects(() => unixServer(dir.at("a"), echo, { grace: -1 }), RangeError);
    assert(!exists(dir.at("a")));
    await assertRejects(() => timeoutAfter(0.01, unixServer, dir.at("a"), echo), TaskTimeout);
  }));

Deno.test("openUnixConnection({ ssl }) speaks TLS with unixServer({ ssl })", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const server = spawn(() => unixServer(dir.at("sock"), echo, { ssl: serverContext() }));
    await until(() => exists(dir.at("sock")));
    const ssl = clientContext();
    await using client = await openUnixConnection(dir.at("sock"), {
      ssl,
      serverHostname: "localhost",
    });
    await client.sendall("hello");
    assertEquals(text(await client.recv(100)), "hello");
    await assertRejects(() => openUnixConnection(dir.at("sock"), { ssl }), TypeError);
    await server.cancel();
  }));
