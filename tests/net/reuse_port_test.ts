import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CurioError, ReadResourceBusy, TaskTimeout } from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import * as c from "../../net/constants.ts";
import { socket } from "../../net/make_socket.ts";
import { createConnection } from "../../net/open_connection.ts";
import { tcpServer } from "../../net/server.ts";
import type { Socket } from "../../net/socket.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { inKernel, receiveAll, text, until } from "./support.ts";

// Elsewhere the system gives one of them all the clients, or has no such option.
const isLinux = Deno.build.os === "linux";
const ANY = { reusePort: true };

Deno.test({
  name: "tcpServer({ reusePort }): two servers on one port both get clients",
  ignore: !isLinux,
  fn: () =>
    inKernel(async () => {
      const served = [0, 0];
      const addresses: Deno.NetAddr[] = [];
      const start = (index: number, port: number) =>
        spawn(tcpServer, "127.0.0.1", port, async (client: Socket) => {
          served[index]++;
          await client.sendall("hello");
        }, { reusePort: true, onListen: (address: Deno.NetAddr) => void addresses.push(address) });
      const first = start(0, 0);
      await until(() => addresses.length === 1);
      const second = start(1, addresses[0].port);
      await until(() => addresses.length === 2);
      assertEquals(addresses[0], addresses[1]);
      while (served.includes(0)) {
        await using client = await createConnection(addresses[0]);
        assertEquals(await receiveAll(client), "hello");
      }
      await first.cancel();
      await using client = await createConnection(addresses[0]);
      assertEquals(await receiveAll(client), "hello");
      await second.cancel();
    }),
});

Deno.test({
  name: "tcpServerSocket({ reusePort }) tells its port at once, and is served like any other",
  ignore: !isLinux,
  fn: () =>
    inKernel(async () => {
      await using server = tcpServerSocket("127.0.0.1", 0, ANY);
      const { hostname, port } = server.getsockname();
      assertEquals(hostname, "127.0.0.1");
      assert(port > 0);
      const accepting = spawn(() => server.accept());
      await schedule();
      assertEquals(accepting.state, "ACCEPT_WAIT");
      await assertRejects(() => server.accept(), ReadResourceBusy);
      await using client = await retry(() => createConnection(["127.0.0.1", port]));
      const [peer, address] = await accepting.join();
      await using _peer = peer;
      assertEquals(address, client.getsockname());
      await client.sendall("hello");
      assertEquals(text(await peer.recv(100)), "hello");
      const data = new Uint8Array(5_000_000).fill(65);
      const sending = spawn(async () => {
        await peer.sendall(data);
        await peer.shutdown(c.SHUT_WR);
      });
      assertEquals((await receiveAll(client)).length, data.length);
      await sending.join();
      await client.close();
      assertEquals((await peer.recv(1)).length, 0);
    }),
});

/** The server begins to listen a moment after it was made. */
async function retry<T>(connect: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await schedule();
    }
  }
}

Deno.test("a socket with SO_REUSEPORT refuses in accept() what the system refuses", () =>
  inKernel(async () => {
    await using taken = tcpServerSocket("127.0.0.1", 0);
    await using sock = socket();
    sock.setsockopt(c.SOL_SOCKET, c.SO_REUSEPORT, 1);
    assertEquals(sock.getsockopt(c.SOL_SOCKET, c.SO_REUSEPORT), 1);
    sock.bind(taken.getsockname());
    sock.listen();
    const error = await assertRejects(() => sock.accept(), Deno.errors.AddrInUse) as Error & {
      code: string;
    };
    assertEquals(error.code, "EADDRINUSE");
  }));

Deno.test("accept() with reusePort cancelled loses nobody, and close() fails who waits", () =>
  inKernel(async () => {
    const server = tcpServerSocket("127.0.0.1", 0, ANY);
    await assertRejects(() => timeoutAfter(0.05, () => server.accept()), TaskTimeout);
    await using client = await retry(() => createConnection(server.getsockname()));
    const [peer, address] = await server.accept();
    assertEquals(address, client.getsockname());
    await peer.close();
    const task = spawn(() => assertRejects(() => server.accept(), CurioError, "closed while"));
    await schedule();
    await server.close();
    await task.join();
  }));

Deno.test("a socket with reusePort that is closed at once leaves nothing", async () => {
  const server = tcpServerSocket("127.0.0.1", 0, ANY);
  await server.close();
  const waiting = tcpServerSocket("127.0.0.1", 0, ANY);
  const accepting = assertRejects(() => waiting.accept(), CurioError, "closed while");
  await waiting.close();
  await accepting;
});

Deno.test("tcpServerSocket() refuses to do without reuseAddress", () => {
  assertThrows(
    () => tcpServerSocket("127.0.0.1", 0, { reuseAddress: false }),
    Deno.errors.NotSupported,
    "SO_REUSEADDR",
  );
});
