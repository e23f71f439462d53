import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async";
import { CurioError, ReadResourceBusy, TaskCancelled, TaskTimeout } from "../../kernel/errors.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { schedule, sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import * as c from "../../net/constants.ts";
import { socket } from "../../net/make_socket.ts";
import type { Socket } from "../../net/socket.ts";
import { inKernel, settle, text, until } from "./support.ts";

/** A datagram socket on the loopback interface. */
async function bound(hostname = "127.0.0.1"): Promise<Socket<Deno.NetAddr>> {
  const sock = socket(hostname.includes(":") ? c.AF_INET6 : c.AF_INET, c.SOCK_DGRAM);
  await sock.bind([hostname, 0]);
  return sock;
}

Deno.test("Socket.sendto() and recvfrom() exchange datagrams, each whole, with their senders", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    assertEquals(await client.sendto("hello", server.getsockname()), 5);
    assertEquals(await client.sendto(new Uint8Array([1, 2]), server.getsockname()), 2);
    const [data, address] = await server.recvfrom(100);
    assertEquals([text(data), address], ["hello", client.getsockname()]);
    assertEquals([...await server.recv(100)], [1, 2]);
    await server.sendto("back", address);
    assertEquals(text(await client.recv(100)), "back");
  }));

Deno.test("a datagram socket speaks IPv6", () =>
  inKernel(async () => {
    await using server = await bound("::1");
    await using client = socket(c.AF_INET6, c.SOCK_DGRAM);
    await client.sendto("six", server.getsockname());
    const [data, { hostname }] = await server.recvfrom(100);
    assertEquals([text(data), hostname], ["six", "::1"]);
  }));

Deno.test("Socket.sendto() gives a socket that is not bound an address", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = socket(c.AF_INET, c.SOCK_DGRAM);
    assertEquals(client.getsockname(), { transport: "udp", hostname: "0.0.0.0", port: 0 });
    await client.sendto("x", ["localhost", server.getsockname().port]);
    const [, { port }] = await server.recvfrom(10);
    assertEquals(client.getsockname().port, port);
    await server.sendto("y", ["127.0.0.1", port]);
    assertEquals(text(await client.recv(10)), "y");
  }));

Deno.test("Socket.recvfrom() gives an empty datagram, and cuts a long one", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    for (const data of ["", "abcdef", "gh"]) await client.sendto(data, server.getsockname());
    assertEquals((await server.recvfrom(3))[0].length, 0);
    assertEquals(text((await server.recvfrom(3))[0]), "abc");
    const buffer = new Uint8Array(4);
    assertEquals(await server.recvInto(buffer), 2);
    assertEquals(text(buffer), "gh\0\0");
  }));

Deno.test("Socket.recvfrom() gives each datagram an array of its own and no larger", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    await client.sendto("abc", server.getsockname());
    const [data] = await server.recvfrom(100);
    assertEquals(data.buffer.byteLength, 3);
  }));

Deno.test("Socket.recvfrom() cancelled leaves the datagram to the next", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    await assertRejects(() => timeoutAfter(0.01, () => server.recvfrom(10)), TaskTimeout);
    await client.sendto("kept", server.getsockname());
    assertEquals(text((await server.recvfrom(10))[0]), "kept");
  }));

Deno.test("Socket.recvfrom() cancelled before it begins takes nothing", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    const task = spawn(() => server.recvfrom(10));
    await task.cancel();
    assert(task.exception instanceof TaskCancelled);
    await client.sendto("kept", server.getsockname());
    assertEquals(text((await server.recvfrom(10))[0]), "kept");
  }));

Deno.test("Socket.recvfrom() cancelled after its datagram has come keeps it", async () => {
  await using kernel = new Kernel();
  await using server = await bound();
  await using client = await bound();
  const trace: string[] = [];
  const task = await kernel.run(async () => {
    const task = spawn(async () => {
      trace.push(text((await server.recvfrom(10))[0]));
      await sleep(60);
      trace.push("not reached");
    });
    await schedule();
    return task;
  });
  await client.sendto("mine", server.getsockname());
  while (task.state !== "READY") await delay(1);
  await task.cancel({ blocking: false });
  await kernel.run(() => task.wait());
  assertEquals(trace, ["mine"]);
});

Deno.test("Socket.recvfrom() of a second task at the same time is ReadResourceBusy", () =>
  inKernel(async () => {
    await using server = await bound();
    const task = spawn(() => server.recvfrom(10));
    await schedule();
    assertEquals(task.state, "READ_WAIT");
    await assertRejects(() => server.recv(10), ReadResourceBusy, "in Socket.recvfrom()");
    await task.cancel();
  }));

Deno.test("Socket.close() fails a task in recvfrom(), and frees the port", () =>
  inKernel(async () => {
    const server = await bound();
    const task = spawn(() => assertRejects(() => server.recvfrom(10), CurioError, "closed while"));
    await schedule();
    const address = server.getsockname();
    await server.close();
    await task.join();
    await assertRejects(() => server.recvfrom(10), CurioError, "has been closed");
    await assertRejects(() => server.sendto("x", address), CurioError, "has been closed");
    await using again = socket(c.AF_INET, c.SOCK_DGRAM);
    await again.bind(address);
  }));

Deno.test("a datagram socket drops what comes while SO_RCVBUF is full, and goes on", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    server.setsockopt(c.SOL_SOCKET, c.SO_RCVBUF, 10_000);
    assertEquals(server.getsockopt(c.SOL_SOCKET, c.SO_RCVBUF), 10_000);
    for (let i = 0; i < 20; i++) {
      await client.sendto(`${i}`.padEnd(1000), server.getsockname());
    }
    await until(() => Deno.inspect(server).includes("dropped"));
    await settle();
    const kept: number[] = [];
    for (let i = 0; i < 6; i++) kept.push(Number(text(await server.recv(2000))));
    assertEquals(kept, [0, 1, 2, 3, 4, 5]);
    await client.sendto("next", server.getsockname());
    await until(() => Deno.inspect(server).includes("1 to receive"));
    assertEquals(text(await server.recv(10)), "next");
  }));

Deno.test("Socket.connect() of a datagram socket lets nobody else in", () =>
  inKernel(async () => {
    await using peer = await bound();
    await using stranger = await bound();
    await using sock = socket(c.AF_INET, c.SOCK_DGRAM);
    await sock.connect(peer.getsockname());
    assertEquals(sock.getpeername(), peer.getsockname());
    await sock.send("hello");
    await sock.sendall("again");
    const [data, address] = await peer.recvfrom(10);
    assertEquals(text(data), "hello");
    await stranger.sendto("let me in", ["127.0.0.1", address.port]);
    await peer.sendto("from the peer", ["127.0.0.1", address.port]);
    assertEquals(text(await sock.recv(100)), "from the peer");
  }));

Deno.test("a datagram socket without a peer refuses send() and getpeername()", () =>
  inKernel(async () => {
    await using sock = await bound();
    await assertRejects(() => sock.send("x"), Deno.errors.NotConnected, "sendto()");
    assertThrows(() => sock.getpeername(), Deno.errors.NotConnected);
    assertThrows(() => sock.asStream(), CurioError, "SOCK_STREAM");
    await assertRejects(() => sock.shutdown(c.SHUT_WR), CurioError, "SOCK_STREAM");
    await assertRejects(() => sock.accept(), CurioError, "does not listen");
    assertThrows(() => sock.listen(), CurioError);
  }));

Deno.test("Socket.listen() of a datagram socket says that it has no connections", () =>
  inKernel(async () => {
    await using sock = socket(c.AF_INET, c.SOCK_DGRAM);
    await sock.bind(["127.0.0.1", 0]);
    assertThrows(() => sock.listen(), CurioError, "make it of SOCK_STREAM");
  }));

Deno.test("Socket.recvfrom() on a socket that nobody can send to says so", () =>
  inKernel(async () => {
    await using sock = socket(c.AF_INET, c.SOCK_DGRAM);
    await assertRejects(() => sock.recvfrom(10), CurioError, "bind()");
  }));

Deno.test("Socket.bind() of a datagram socket to a taken port is AddrInUse with its code", () =>
  inKernel(async () => {
    await using first = await bound();
    await using second = socket(c.AF_INET, c.SOCK_DGRAM);
    const error = await assertRejects(
      async () => await second.bind(first.getsockname()),
      Deno.errors.AddrInUse,
    ) as Error & { code: string };
    assertEquals(error.code, "EADDRINUSE");
    await second.bind(["127.0.0.1", 0]);
    await assertRejects(async () => await second.bind(["127.0.0.1", 0]), CurioError, "is bound");
  }));

Deno.test("SO_REUSEADDR lets two datagram sockets have one port", () =>
  inKernel(async () => {
    await using first = socket(c.AF_INET, c.SOCK_DGRAM);
    await using second = socket(c.AF_INET, c.SOCK_DGRAM);
    for (const sock of [first, second]) {
      assertEquals(sock.getsockopt(c.SOL_SOCKET, c.SO_REUSEADDR), 0);
      sock.setsockopt(c.SOL_SOCKET, c.SO_REUSEADDR, 1);
    }
    await first.bind(["127.0.0.1", 0]);
    await second.bind(first.getsockname());
    assertEquals(second.getsockname(), first.getsockname());
  }));

Deno.test("Socket.bind() of a datagram socket cancelled leaves it as it was", () =>
  inKernel(async () => {
    await using sock = socket(c.AF_INET, c.SOCK_DGRAM);
    const task = spawn(async () => await sock.bind(["localhost", 0]));
    await schedule();
    await task.cancel();
    assertEquals(sock.getsockname().port, 0);
    await sock.bind(["127.0.0.1", 0]);
    assert(sock.getsockname().port > 0);
  }));

Deno.test("Socket.sendto() cancelled tells whether the datagram is gone", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    const task = spawn(() => client.sendto("never", server.getsockname()));
    await task.cancel();
    assertEquals((task.exception as TaskCancelled).bytesSent, 0);
    const second = spawn(() => client.sendto("gone", server.getsockname()));
    await schedule();
    assertEquals(second.state, "WRITE_WAIT");
    await second.cancel();
    assertEquals((second.exception as TaskCancelled).bytesSent, 4);
    assertEquals(text(await server.recv(10)), "gone");
  }));

Deno.test("Socket.sendto() sends what the array held when it was called", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = await bound();
    const data = new TextEncoder().encode("before");
    const sending = client.sendto(data, ["localhost", server.getsockname().port]);
    data.fill(0);
    await sending;
    assertEquals(text(await server.recv(10)), "before");
  }));

Deno.test("Socket.sendto() of several tasks at a time sends each", () =>
  inKernel(async () => {
    await using server = await bound();
    await using client = socket(c.AF_INET, c.SOCK_DGRAM);
    const senders = ["a", "b", "c"].map((data) =>
      spawn(() => client.sendto(data, server.getsockname()))
    );
    const received: string[] = [];
    while (received.length < 3) received.push(text(await server.recv(10)));
    assertEquals(received.sort(), ["a", "b", "c"]);
    for (const task of senders) await task.join();
  }));

Deno.test("Socket.sendto() of more than a datagram holds fails with EMSGSIZE", () =>
  inKernel(async () => {
    await using sock = await bound();
    const error = await assertRejects(
      () => sock.sendto(new Uint8Array(70_000), sock.getsockname()),
      Error,
    ) as Error & { code: string };
    assertEquals(error.code, "EMSGSIZE");
    await sock.sendto("fits", sock.getsockname());
    assertEquals(text(await sock.recv(10)), "fits");
  }));

Deno.test("Socket.sendto() broadcasts only with SO_BROADCAST", () =>
  inKernel(async () => {
    await using sock = socket(c.AF_INET, c.SOCK_DGRAM);
    await assertRejects(
      () => sock.sendto("x", ["127.255.255.255", 9]),
      Deno.errors.PermissionDenied,
      "SO_BROADCAST",
    );
    sock.setsockopt(c.SOL_SOCKET, c.SO_BROADCAST, 1);
    assertEquals(sock.getsockopt(c.SOL_SOCKET, c.SO_BROADCAST), 1);
    // The loopback interface's own: nothing leaves the machine. Where there is none, it is another error.
    const refused = await sock.sendto("x", ["127.255.255.255", 9]).then(
      () => null,
      (error) => error,
    );
    assert(!(refused instanceof Deno.errors.PermissionDenied));
  }));

Deno.test("datagram sockets work outside any task", async () => {
  await using server = await bound();
  await using client = await bound();
  const received = server.recvfrom(10);
  await client.sendto("outside", server.getsockname());
  assertEquals(text((await received)[0]), "outside");
});

Deno.test("Socket.setsockopt() refuses what datagram sockets do not have", async () => {
  await using sock = socket(c.AF_INET, c.SOCK_DGRAM);
  assertThrows(
    () => sock.setsockopt(c.SOL_SOCKET, c.SO_REUSEPORT, 1),
    Deno.errors.NotSupported,
    "SO_REUSEPORT",
  );
  assertThrows(() => sock.getsockopt(c.SOL_SOCKET, 77), Deno.errors.NotSupported, "option 77");
});
