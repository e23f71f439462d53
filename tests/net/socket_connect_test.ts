import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CurioError, TaskCancelled, TaskTimeout } from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import * as c from "../../net/constants.ts";
import { createConnection, openConnection } from "../../net/open_connection.ts";
import { socket } from "../../net/make_socket.ts";
import type { Socket } from "../../net/socket.ts";
import type { SocketStream, TextSocketStream } from "../../net/socket_stream.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { FullServer, inKernel, Pair, receiveAll, text } from "./support.ts";

async function freePort(): Promise<number> {
  await using sock = tcpServerSocket("127.0.0.1", 0);
  return sock.getsockname().port;
}

Deno.test("Socket.connect() connects a socket of the program's own", () =>
  inKernel(async () => {
    await using server = tcpServerSocket("127.0.0.1", 0);
    await using sock = socket();
    await sock.connect(server.getsockname());
    assertEquals(sock.getpeername(), server.getsockname());
    await assertRejects(() => sock.connect(server.getsockname()), CurioError, "make a new one");
  }));

Deno.test("Socket.connect() to where nobody listens is ConnectionRefused with its code", () =>
  inKernel(async () => {
    await using sock = socket();
    const port = await freePort();
    const error = await assertRejects(
      () => sock.connect(["127.0.0.1", port]),
      Deno.errors.ConnectionRefused,
    ) as Error & { code: string };
    assertEquals(error.code, "ECONNREFUSED");
    assertEquals(await sock.connectEx(["127.0.0.1", port]), 111);
  }));

Deno.test("Socket.connectEx() returns 0 when connected", async () => {
  await using server = tcpServerSocket("127.0.0.1", 0);
  await using sock = socket();
  assertEquals(await sock.connectEx(server.getsockname()), 0);
});

Deno.test("openConnection() to a name without an address is NotFound with a code", () =>
  inKernel(async () => {
    const error = await assertRejects(
      () => openConnection("no-such-host.invalid", 80),
      Deno.errors.NotFound,
      "no-such-host.invalid",
    ) as Error & { code: string };
    assertEquals(error.code, "ENOTFOUND");
  }));

Deno.test("openConnection() works outside any task", async () => {
  await using server = tcpServerSocket("127.0.0.1", 0);
  await using sock = await openConnection("127.0.0.1", server.getsockname().port);
  assertEquals(sock.getpeername().port, server.getsockname().port);
});

Deno.test("openConnection() cancelled gives up the attempt", () =>
  inKernel(async () => {
    await using full = await FullServer.open();
    const { port } = full.server.getsockname();
    const task = spawn(openConnection, "127.0.0.1", port);
    await schedule();
    assertEquals(task.state, "CONNECT_WAIT");
    await task.cancel();
    assertEquals(task.exception instanceof TaskCancelled, true);
  }));

Deno.test("Socket.connect() cancelled leaves a socket that can try again", () =>
  inKernel(async () => {
    await using full = await FullServer.open();
    await using server = tcpServerSocket("127.0.0.1", 0);
    await using sock = socket();
    await assertRejects(
      () => timeoutAfter(0.02, () => sock.connect(full.server.getsockname())),
      TaskTimeout,
    );
    await sock.connect(server.getsockname());
    assertEquals(sock.getpeername(), server.getsockname());
  }));

Deno.test("Socket.close() fails a task in connect()", () =>
  inKernel(async () => {
    await using full = await FullServer.open();
    const sock = socket();
    const address = full.server.getsockname();
    const task = spawn(() =>
      assertRejects(() => sock.connect(address), CurioError, "closed while")
    );
    await schedule();
    await sock.close();
    await task.join();
  }));

Deno.test("a socket that is not connected refuses with NotConnected", async () => {
  await using sock = socket();
  await assertRejects(() => sock.recv(1), Deno.errors.NotConnected, "Socket.recv()");
  await assertRejects(() => sock.sendall("x"), Deno.errors.NotConnected, "Socket.sendall()");
  assertThrows(() => sock.getpeername(), Deno.errors.NotConnected);
  assertThrows(() => sock.asStream(), Deno.errors.NotConnected);
});

Deno.test("Socket.setsockopt() sets what Deno can, before and after connecting", () =>
  inKernel(async () => {
    await using server = tcpServerSocket("127.0.0.1", 0);
    await using sock = socket();
    sock.setsockopt(c.SOL_SOCKET, c.SO_REUSEADDR, 1);
    sock.setsockopt(c.IPPROTO_TCP, c.TCP_NODELAY, 1);
    await sock.connect(server.getsockname());
    sock.setsockopt(c.SOL_SOCKET, c.SO_KEEPALIVE, true);
    assertEquals(sock.getsockopt(c.SOL_SOCKET, c.SO_REUSEADDR), 1);
    assertEquals(sock.getsockopt(c.IPPROTO_TCP, c.TCP_NODELAY), 1);
    assertEquals(sock.getsockopt(c.SOL_SOCKET, c.SO_KEEPALIVE), 1);
  }));

Deno.test("Socket.setsockopt() of a listener goes to its clients", () =>
  inKernel(async () => {
    await using server = tcpServerSocket("127.0.0.1", 0);
    server.setsockopt(c.IPPROTO_TCP, c.TCP_NODELAY, 1);
    await using _client = await createConnection(server.getsockname());
    const [sock] = await server.accept();
    assertEquals(sock.getsockopt(c.IPPROTO_TCP, c.TCP_NODELAY), 1);
    await sock.close();
  }));

Deno.test("Socket.setsockopt() names the option that Deno cannot set", async () => {
  await using sock = socket();
  const refuse = (level: number, option: number, value: number, name: string) => {
    const set = () => sock.setsockopt(level, option, value);
    assertThrows(set, Deno.errors.NotSupported, name);
  };
  refuse(c.SOL_SOCKET, c.SO_RCVBUF, 65536, "SO_RCVBUF");
  refuse(c.SOL_SOCKET, c.SO_LINGER, 1, "SO_LINGER");
  refuse(c.SOL_SOCKET, c.SO_REUSEADDR, 0, "SO_REUSEADDR");
  refuse(c.IPPROTO_TCP, 99, 1, "option 99 of level 6");
  assertThrows(() => sock.getsockopt(c.SOL_SOCKET, 77), Deno.errors.NotSupported, "option 77");
});

Deno.test("Socket.asStream() gives bytes unless told otherwise, in its types too", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const bytes: ReturnType<Socket["asStream"]> & SocketStream = pair.left.asStream();
    const limited: SocketStream = pair.left.asStream({ maxLine: 10 });
    const lines: TextSocketStream = pair.left.asStream({ encoding: "utf-8", maxLine: 10 });
    await pair.right.sendall("one\ntwo\nthree\n");
    assertEquals(text(await bytes.readline()), "one\n");
    assertEquals(text(await limited.readline()), "two\n");
    assertEquals(await lines.readline(), "three\n");
  }));

Deno.test("Socket.detach() gives the host's connection and refuses use from then on", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream();
    const conn = pair.left.detach();
    await conn.write(new TextEncoder().encode("raw"));
    conn.close();
    assertEquals(await receiveAll(pair.right), "raw");
    await assertRejects(() => pair.left.recv(1), CurioError, "detached");
    await assertRejects(() => stream.readline(), CurioError, "detached");
  }));

Deno.test("Socket.detach() gives bytes that were taken first, then those in flight, then the rest", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await pair.right.sendall("line\nrest");
    await pair.left.asStream().readline();
    await assertRejects(
      () => timeoutAfter(0.01, () => pair.left.asStream().readline()),
      TaskTimeout,
    );
    const conn = pair.left.detach();
    await pair.right.sendall(" and more");
    await pair.right.close();
    const parts: string[] = [];
    const buffer = new Uint8Array(4);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      parts.push(text(buffer.subarray(0, count)));
    }
    conn.close();
    assertEquals(parts.join(""), "rest and more");
  }));

Deno.test("Socket.detach() after a cancelled recv gives a connection whose streams work", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    await assertRejects(() => timeoutAfter(0.01, () => pair.left.recv(100)), TaskTimeout);
    const conn = pair.left.detach();
    await pair.right.sendall("via readable");
    await pair.right.shutdown(c.SHUT_WR);
    assertEquals(await new Response(conn.readable).text(), "via readable");
    const writer = conn.writable.getWriter();
    await writer.write(new TextEncoder().encode("via writable"));
    await writer.close();
    assertEquals(await receiveAll(pair.right), "via writable");
  }));

Deno.test("a socket of AF_INET6 binds, connects and accepts by IPv6", () =>
  inKernel(async () => {
    await using server = socket(c.AF_INET6);
    server.bind(["", 0]);
    server.listen();
    assertEquals(server.getsockname().hostname, "::");
    await using client = socket(c.AF_INET6);
    await client.connect(["::1", server.getsockname().port]);
    const [peer, address] = await server.accept();
    assertEquals(address, client.getsockname());
    assertEquals([peer.family, address.hostname], [c.AF_INET6, "::1"]);
    await peer.close();
    await using other = socket(c.AF_INET6);
    await assertRejects(
      () => other.connect(["127.0.0.1", server.getsockname().port]),
      Deno.errors.NotFound,
      "IPv6",
    );
  }));

Deno.test({
  name: "openConnection({ sourceAddr }) connects from that address",
  ignore: Deno.build.os !== "linux", // Elsewhere the loopback interface has one address only.
  fn: () =>
    inKernel(async () => {
      await using server = tcpServerSocket("127.0.0.1", 0);
      const { port } = server.getsockname();
      await using client = await openConnection("127.0.0.1", port, {
        sourceAddr: ["127.0.0.2", 0],
      });
      const [peer, address] = await server.accept();
      assertEquals(address.hostname, "127.0.0.2");
      assertEquals(client.getsockname(), address);
      assertEquals(client.getpeername(), server.getsockname());
      await client.sendall("hello");
      assertEquals(text(await peer.recv(100)), "hello");
      await peer.sendall("and back");
      await peer.close();
      assertEquals(await receiveAll(client), "and back");
    }),
});

Deno.test("openConnection({ sourceAddr }) refuses what the system refuses, and can be cancelled", () =>
  inKernel(async () => {
    const sourceAddr = ["127.0.0.1", 0] as const;
    await assertRejects(
      async () => await openConnection("127.0.0.1", await freePort(), { sourceAddr }),
      Deno.errors.ConnectionRefused,
    );
    await using full = await FullServer.open();
    const { port } = full.server.getsockname();
    const task = spawn(openConnection, "127.0.0.1", port, { sourceAddr });
    await schedule();
    assertEquals(task.state, "CONNECT_WAIT");
    await task.cancel();
    assertEquals(task.exception instanceof TaskCancelled, true);
  }));

Deno.test("a connection from a sourceAddr behaves as any: cancelled reads, halves, resets", () =>
  inKernel(async () => {
    await using server = tcpServerSocket("127.0.0.1", 0);
    const { port } = server.getsockname();
    await using client = await openConnection("127.0.0.1", port, { sourceAddr: ["127.0.0.1", 0] });
    const [peer] = await server.accept();
    await assertRejects(() => timeoutAfter(0.01, () => client.recv(10)), TaskTimeout);
    await peer.sendall("kept");
    assertEquals(text(await client.recv(10)), "kept");
    const data = new Uint8Array(16 * 1024 * 1024);
    const { bytesSent } = await assertRejects(
      () => timeoutAfter(0.05, () => client.sendall(data)),
      TaskTimeout,
    ) as TaskTimeout;
    const ending = spawn(() => client.shutdown(c.SHUT_WR));
    assertEquals((await receiveAll(peer)).length, bytesSent);
    await ending.join();
    await peer.sendall("still open");
    assertEquals(text(await client.recv(10)), "still open");
    await peer.close();
    assertEquals((await client.recv(10)).length, 0);
  }));
