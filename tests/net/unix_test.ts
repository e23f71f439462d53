import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CurioError,
  ReadResourceBusy,
  TaskTimeout,
  WriteResourceBusy,
} from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import * as c from "../../net/constants.ts";
import { socket } from "../../net/make_socket.ts";
import { createConnection } from "../../net/open_connection.ts";
import { openUnixConnection } from "../../net/open_unix_connection.ts";
import type { Socket } from "../../net/socket.ts";
import { unixServerSocket } from "../../net/unix_server_socket.ts";
import { exists, inKernel, receiveAll, SocketDir, text } from "./support.ts";

/** Runs `body` in a kernel, with both ends of a connection over a Unix socket. */
function withPair(body: (left: Socket, right: Socket) => Promise<void>): Promise<void> {
  return inKernel(async () => {
    using dir = new SocketDir();
    await using server = unixServerSocket(dir.at("sock"));
    await using left = await openUnixConnection(dir.at("sock"));
    const [right] = await server.accept();
    await using _right = right;
    await body(left, right);
  });
}

Deno.test("a Unix socket is bound, listens, accepts and connects by path", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const path = dir.at("sock");
    await using server = socket(c.AF_UNIX, c.SOCK_STREAM);
    assertEquals(server.getsockname(), { transport: "unix", path: "" });
    server.bind(path);
    assertEquals(server.getsockname(), { transport: "unix", path });
    server.listen(5);
    await using client = socket(c.AF_UNIX);
    await client.connect(path);
    const [peer, address] = await server.accept();
    assertEquals(address, { transport: "unix", path: "" });
    assertEquals(client.getpeername(), { transport: "unix", path });
    await client.sendall("hello");
    await client.shutdown(c.SHUT_WR);
    assertEquals(await receiveAll(peer), "hello");
    await peer.close();
  }));

Deno.test("Unix addresses go in as paths and as they come out, others are a TypeError", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    await using server = unixServerSocket(dir.at("sock"));
    for (const address of [dir.at("sock"), server.getsockname()]) {
      await using client = await createConnection(address);
      assertEquals(client.family, c.AF_UNIX);
    }
    await using sock = socket(c.AF_UNIX);
    assertThrows(() => sock.bind(["localhost", 0]), TypeError, "path");
    assertThrows(() => sock.bind(""), TypeError, "path");
    await using tcp = socket();
    assertThrows(() => tcp.bind("/tmp/x"), TypeError, `["host", port]`);
  }));

Deno.test("openUnixConnection() to where there is no socket is NotFound, to a dead one ConnectionRefused", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const missing = await assertRejects(
      () => openUnixConnection(dir.at("none")),
      Deno.errors.NotFound,
    ) as Error & { code: string };
    assertEquals(missing.code, "ENOENT");
    Deno.writeTextFileSync(dir.at("file"), "");
    await assertRejects(() => openUnixConnection(dir.at("file")), Deno.errors.ConnectionRefused);
    await using sock = socket(c.AF_UNIX);
    assertEquals(await sock.connectEx(dir.at("none")), 2);
  }));

Deno.test("Socket.close() of a Unix server removes its path", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const server = unixServerSocket(dir.at("sock"));
    assert(exists(dir.at("sock")));
    await assertRejects(() => timeoutAfter(0.01, () => server.accept()), TaskTimeout);
    await server.close();
    assert(!exists(dir.at("sock")));
  }));

Deno.test("recv() on a Unix socket cancelled loses nothing", () =>
  withPair(async (left, right) => {
    await assertRejects(() => timeoutAfter(0.01, () => right.recv(100)), TaskTimeout);
    await left.sendall("kept");
    assertEquals(text(await right.recv(100)), "kept");
  }));

Deno.test("accept() on a Unix socket cancelled loses nobody", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    await using server = unixServerSocket(dir.at("sock"));
    await assertRejects(() => timeoutAfter(0.01, () => server.accept()), TaskTimeout);
    await using client = await openUnixConnection(dir.at("sock"));
    const [peer] = await server.accept();
    await peer.sendall("welcome");
    assertEquals(text(await client.recv(100)), "welcome");
    await peer.close();
  }));

Deno.test("sendall() on a Unix socket to a peer that never reads waits, and tells what is gone", () =>
  withPair(async (left, right) => {
    const data = new Uint8Array(16 * 1024 * 1024).fill(7);
    const error = await assertRejects(
      () => timeoutAfter(0.05, () => left.sendall(data)),
      TaskTimeout,
    ) as TaskTimeout;
    const gone = error.bytesSent!;
    assert(gone > 0 && gone < data.length);
    const closing = spawn(async () => {
      await left.shutdown(c.SHUT_WR);
    });
    assertEquals((await receiveAll(right)).length, gone);
    await closing.join();
  }));

Deno.test("two tasks that read or write on one Unix socket: the second is busy", () =>
  withPair(async (left, right) => {
    const reading = spawn(() => right.recv(1));
    const writing = spawn(() => left.sendall(new Uint8Array(16 * 1024 * 1024)));
    await schedule();
    await schedule();
    await assertRejects(() => left.sendall("x"), WriteResourceBusy);
    await writing.cancel();
    await reading.join();
    const again = spawn(() => left.recv(1));
    await schedule();
    await assertRejects(() => left.recv(1), ReadResourceBusy);
    await again.cancel();
  }));

Deno.test("close() of a Unix socket fails a task that reads and one that writes", () =>
  withPair(async (left) => {
    const reading = spawn(() => assertRejects(() => left.recv(1), CurioError, "closed while"));
    const writing = spawn(() =>
      assertRejects(
        () => left.sendall(new Uint8Array(16 * 1024 * 1024)),
        CurioError,
        "closed while",
      )
    );
    await schedule();
    await left.close();
    await reading.join();
    await writing.join();
  }));

Deno.test("sendall() to a Unix peer that is gone fails with the system's error", () =>
  withPair(async (left, right) => {
    await right.close();
    const error = await assertRejects(async () => {
      for (;;) await left.sendall(new Uint8Array(100_000));
    }) as Error & { code: string };
    assert(["EPIPE", "ECONNRESET"].includes(error.code), error.message);
  }));

Deno.test("a Unix socket has the options it can have", () =>
  withPair((left) => {
    left.setsockopt(c.SOL_SOCKET, c.SO_KEEPALIVE, 1);
    assertEquals(left.getsockopt(c.SOL_SOCKET, c.SO_KEEPALIVE), 1);
    assertThrows(() => left.setsockopt(c.IPPROTO_TCP, c.TCP_NODELAY, 1), Deno.errors.NotSupported);
    return Promise.resolve();
  }));

Deno.test("streams over a Unix socket read lines", () =>
  withPair(async (left, right) => {
    const stream = right.asStream({ encoding: "utf-8" });
    await left.sendall("one\ntwo\n");
    assertEquals(await stream.readline(), "one\n");
    assertEquals(await stream.readline(), "two\n");
  }));

Deno.test("console.log shows the path of a Unix socket", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    await using server = unixServerSocket(dir.at("sock"));
    assertEquals(Deno.inspect(server), `Socket [listening on ${dir.at("sock")}]`);
    await using client = await openUnixConnection(dir.at("sock"));
    assertEquals(Deno.inspect(client), `Socket [an unnamed socket to ${dir.at("sock")}]`);
  }));
