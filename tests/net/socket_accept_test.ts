import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async";
import { CurioError, ReadResourceBusy, TaskTimeout } from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM } from "../../net/constants.ts";
import { createConnection } from "../../net/open_connection.ts";
import { socket } from "../../net/make_socket.ts";
import type { Socket } from "../../net/socket.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { inKernel, text } from "./support.ts";

function connectTo(server: Socket): Promise<Socket> {
  return createConnection(server.getsockname());
}

Deno.test("Socket.bind() reserves the port at once and getsockname() tells it", async () => {
  await using sock = socket();
  assertEquals(sock.getsockname(), { transport: "tcp", hostname: "0.0.0.0", port: 0 });
  sock.bind(["127.0.0.1", 0]);
  const { hostname, port } = sock.getsockname();
  assertEquals(hostname, "127.0.0.1");
  await using other = socket();
  const error = assertThrows(
    () => other.bind({ hostname: "127.0.0.1", port }),
    Deno.errors.AddrInUse,
  ) as Error & { code: string };
  assertEquals(error.code, "EADDRINUSE");
});

Deno.test('Socket.bind() to the host "" is every interface of the socket\'s family', async () => {
  await using four = socket(AF_INET);
  four.bind(["", 0]);
  assertEquals(four.getsockname().hostname, "0.0.0.0");
  await using six = socket(AF_INET6);
  six.bind(["", 0]);
  assertEquals(six.getsockname().hostname, "::");
});

Deno.test("Socket.bind() refuses what is no address", async () => {
  await using sock = socket();
  assertThrows(() => sock.bind("/tmp/x" as unknown as [string, number]), TypeError, "bind()");
  assertThrows(() => sock.bind(["localhost", 65536]), RangeError, "65536");
});

Deno.test("Socket.bind() and connect() of a socket that is bound already are CurioErrors", async () => {
  await using sock = socket();
  sock.bind(["127.0.0.1", 0]);
  assertThrows(() => sock.bind(["127.0.0.1", 0]), CurioError, "bound to");
  await assertRejects(() => sock.connect(["127.0.0.1", 1]), CurioError, "bound to");
});

Deno.test("Socket.accept() gives each client's socket and its address", () =>
  inKernel(async () => {
    await using server = socket();
    server.bind(["localhost", 0]);
    server.listen(5);
    await using client = await connectTo(server);
    const [sock, address] = await server.accept();
    assertEquals(address, client.getsockname());
    assertEquals(sock.getpeername(), address);
    assertEquals(sock.getsockname(), client.getpeername());
    await sock.close();
  }));

Deno.test("Socket.accept() before listen() is a CurioError", async () => {
  await using sock = socket();
  await assertRejects(() => sock.accept(), CurioError, "does not listen");
  assertThrows(() => sock.listen(), CurioError, "not bound");
});

Deno.test("Socket.accept() gives an IPv4 client of both families' socket its IPv4 address", async () => {
  await using server = tcpServerSocket("", 0);
  const { port } = server.getsockname();
  await using _client = await createConnection(["127.0.0.1", port]);
  const [sock, address] = await server.accept();
  assertEquals(address.hostname, "127.0.0.1");
  await sock.close();
});

Deno.test("Socket.accept() cancelled leaves the connection to the next", () =>
  inKernel(async () => {
    await using server = tcpServerSocket("127.0.0.1", 0);
    await assertRejects(() => timeoutAfter(0.01, () => server.accept()), TaskTimeout);
    await using first = await connectTo(server);
    await using second = await connectTo(server);
    const [one, from] = await server.accept();
    const [two, fromTwo] = await server.accept();
    assertEquals([from, fromTwo], [first.getsockname(), second.getsockname()]);
    await one.close();
    await two.close();
  }));

Deno.test("Socket.accept() cancelled after its connection has come keeps it", async () => {
  await using kernel = new Kernel();
  await using server = tcpServerSocket("127.0.0.1", 0);
  const accepted: Socket[] = [];
  const task = await kernel.run(async () => {
    const task = spawn(async () => {
      accepted.push((await server.accept())[0]);
      await sleep(60);
    });
    await schedule();
    return task;
  });
  await using _client = await connectTo(server);
  while (task.state !== "READY") await delay(1);
  await task.cancel({ blocking: false });
  await kernel.run(() => task.wait());
  assertEquals(accepted.length, 1);
  await accepted[0].close();
});

Deno.test("Socket.accept() that was cancelled has its connection closed with the socket", () =>
  inKernel(async () => {
    const server = tcpServerSocket("127.0.0.1", 0);
    await assertRejects(() => timeoutAfter(0.01, () => server.accept()), TaskTimeout);
    await using client = await connectTo(server);
    await sleep(0.01);
    await server.close();
    assertEquals((await client.recv(1)).length, 0);
  }));

Deno.test("Socket.accept() of a second task at the same time is ReadResourceBusy", () =>
  inKernel(async () => {
    await using server = tcpServerSocket("127.0.0.1", 0);
    const task = spawn(() => server.accept());
    await schedule();
    assertEquals(task.state, "ACCEPT_WAIT");
    await assertRejects(() => server.accept(), ReadResourceBusy);
    await task.cancel();
  }));

Deno.test("Socket.close() fails a task in accept(), and frees the port at once", () =>
  inKernel(async () => {
    const server = tcpServerSocket("127.0.0.1", 0);
    const { port } = server.getsockname();
    const task = spawn(() => assertRejects(() => server.accept(), CurioError, "closed while"));
    await schedule();
    await server.close();
    await using again = tcpServerSocket("127.0.0.1", port);
    assertEquals(again.getsockname().port, port);
    await task.join();
  }));

Deno.test("Socket.close() may be called twice, and by two tasks", () =>
  inKernel(async () => {
    const server = tcpServerSocket("127.0.0.1", 0);
    await Promise.all([server.close(), server.close()]);
    await server.close();
  }));

Deno.test("a pending accept or recv that nobody waits for does not keep the process alive", async () => {
  const program = `
    import { Kernel } from ${JSON.stringify(import.meta.resolve("../../kernel/kernel.ts"))};
    import { ignoreAfter } from ${JSON.stringify(import.meta.resolve("../../kernel/timeout.ts"))};
    import { tcpServerSocket } from ${
    JSON.stringify(import.meta.resolve("../../net/tcp_server_socket.ts"))
  };
    import { createConnection } from ${
    JSON.stringify(import.meta.resolve("../../net/open_connection.ts"))
  };
    await new Kernel().run(async () => {
      const server = tcpServerSocket("127.0.0.1", 0);
      const client = await createConnection(server.getsockname());
      const [sock] = await server.accept();
      await ignoreAfter(0.01, () => server.accept());
      await ignoreAfter(0.01, () => client.recv(10));
      await ignoreAfter(0.01, () => sock.asStream().readline());
      console.log("done");
    });`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    signal: AbortSignal.timeout(10_000),
  }).output();
  assertEquals([code, text(stdout), text(stderr)], [0, "done\n", ""]);
});

Deno.test("socket() of a family or type there is none of is NotSupported", () => {
  assertThrows(() => socket(7), Deno.errors.NotSupported, "family 7");
  assertThrows(() => socket(AF_INET, 3), Deno.errors.NotSupported, "type 3");
  assertThrows(() => socket(AF_UNIX, SOCK_DGRAM), Deno.errors.NotSupported, "for datagrams");
});

Deno.test("console.log shows what a socket is about", async () => {
  const server = tcpServerSocket("127.0.0.1", 0);
  const { port } = server.getsockname();
  assertEquals(Deno.inspect(server), `Socket [listening on 127.0.0.1:${port}]`);
  assertEquals(Deno.inspect(socket()), "Socket [not connected]");
  const client = await connectTo(server);
  assert(Deno.inspect(client).endsWith(` to 127.0.0.1:${port}]`));
  await client.close();
  await server.close();
  assertEquals(Deno.inspect(server), "Socket [closed]");
});
