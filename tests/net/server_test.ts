import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { CurioError } from "../../kernel/errors.ts";
import { sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import type { Task } from "../../kernel/task.ts";
import { createConnection } from "../../net/open_connection.ts";
import { type ClientHandler, runServer, type ServerOptions, tcpServer } from "../../net/server.ts";
import type { Socket } from "../../net/socket.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { Event } from "../../sync/event.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { inKernel, receiveAll, text, until } from "./support.ts";

/** Starts a server, and resolves when it listens. */
async function start(
  handler: ClientHandler,
  options: ServerOptions = {},
): Promise<[Task, Deno.NetAddr]> {
  const listening = new Event();
  let address!: Deno.NetAddr;
  const onListen = (at: Deno.NetAddr) => {
    address = at;
    listening.set();
  };
  const task = spawn(tcpServer, "127.0.0.1", 0, handler, { ...options, onListen });
  await listening.wait();
  return [task, address];
}

async function echo(client: Socket): Promise<void> {
  for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
}

async function sayGoodbye(client: Socket): Promise<void> {
  try {
    await echo(client);
  } catch (error) {
    await client.sendall("GOODBYE");
    throw error;
  }
}

Deno.test("tcpServer() serves many clients at once", () =>
  inKernel(async () => {
    const [server, address] = await start(echo);
    const clients = await Promise.all(Array.from({ length: 20 }, () => createConnection(address)));
    for (const [i, client] of clients.entries()) await client.sendall(`client ${i}`);
    for (const [i, client] of clients.entries()) {
      assertEquals(text(await client.recv(100)), `client ${i}`);
    }
    await server.cancel();
    for (const client of clients) await client.close();
  }));

Deno.test("tcpServer() gives the handler the client's address, and closes the client after it", () =>
  inKernel(async () => {
    const addresses: Deno.NetAddr[] = [];
    const [server, address] = await start(async (client, from) => {
      addresses.push(from);
      await client.sendall("bye");
    });
    await using client = await createConnection(address);
    assertEquals(await receiveAll(client), "bye");
    assertEquals(addresses, [client.getsockname()]);
    await server.cancel();
  }));

Deno.test("tcpServer() logs a handler's crash, which ends that client only", async () => {
  const logged: string[] = [];
  const ignore = () => {};
  const log = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (...parts: unknown[]) => void logged.push(parts.join(" ")),
  };
  await inKernel(async () => {
    const [server, address] = await start(async function fragile(client) {
      const data = text(await client.recv(100));
      if (data === "crash") throw new Error("on purpose");
      await client.sendall(data);
    });
    await using bad = await createConnection(address);
    await using good = await createConnection(address);
    await bad.sendall("crash");
    assertEquals(await receiveAll(bad), "");
    await good.sendall("fine");
    assertEquals(await receiveAll(good), "fine");
    await server.cancel();
  }, log);
  assertEquals(logged.length, 1);
  assert(logged[0].includes("'fragile' crashed: Error: on purpose"), logged[0]);
});

Deno.test("tcpServer() whose handler is a method without its object says what to pass", async () => {
  class Chat {
    #users = 0;
    async talk(client: Socket) {
      this.#users++;
      await client.sendall("welcome");
    }
  }
  const log = new RecordingLog();
  await inKernel(async () => {
    const [server, address] = await start(new Chat().talk);
    await using client = await createConnection(address);
    assertEquals(await receiveAll(client), "");
    await server.cancel();
  }, log);
  assertEquals(log.entries.length, 1);
  assertStringIncludes(log.entries[0].text, "Cannot call 'talk' without its object");
});

Deno.test("tcpServer() cancelled lets each of 1000 clients say goodbye, and can be started again at once", () =>
  inKernel(async () => {
    const [server, address] = await start(sayGoodbye);
    const clients: Socket[] = [];
    while (clients.length < 1000) clients.push(await createConnection(address));
    await until(() => server.children.length === 1000);
    const goodbyes = Promise.all(clients.map((client) => receiveAll(client)));
    await server.cancel();
    assertEquals(new Set(await goodbyes), new Set(["GOODBYE"]));
    for (const client of clients) await client.close();

    const again = spawn(tcpServer, address.hostname, address.port, echo);
    await until(() => again.state === "ACCEPT_WAIT");
    await using client = await createConnection(address);
    await client.sendall("back");
    assertEquals(text(await client.recv(100)), "back");
    await again.cancel();
  }));

Deno.test("tcpServer() cancelled lets clients go on for the grace, and no longer than they need", () =>
  inKernel(async () => {
    const trace: string[] = [];
    const [server, address] = await start(async (client) => {
      await client.recv(1);
      trace.push("received");
      await sleep(0.02);
      trace.push("finished");
    }, { grace: 30 });
    await using client = await createConnection(address);
    await client.sendall("x");
    await until(() => trace.length > 0);
    const begin = performance.now();
    await server.cancel();
    assertEquals(trace, ["received", "finished"]);
    assertLess(performance.now() - begin, 5000);
  }));

Deno.test("tcpServer() cancels clients that outlast the grace", () =>
  inKernel(async () => {
    const [server, address] = await start(sayGoodbye, { grace: 0.02 });
    await using client = await createConnection(address);
    await until(() => server.children.length === 1);
    await server.cancel();
    assertEquals(await receiveAll(client), "GOODBYE");
  }));

Deno.test("tcpServer() forgets clients that are gone", () =>
  inKernel(async () => {
    const [server, address] = await start(echo);
    for (let i = 0; i < 50; i++) await (await createConnection(address)).close();
    await until(() => server.children.length === 0);
    await server.cancel();
  }));

Deno.test("tcpServer() survives what an accept may fail with", () =>
  inKernel(async () => {
    const sock = tcpServerSocket("127.0.0.1", 0);
    const address = sock.getsockname();
    const failures = ["ECONNABORTED", "EMFILE"];
    const accept = sock.accept.bind(sock);
    sock.accept = () => {
      const code = failures.shift();
      if (code === undefined) return accept();
      return Promise.reject(Object.assign(new Error(`refused (${code})`), { code }));
    };
    const warnings: unknown[] = [];
    const warn = console.warn;
    console.warn = (...parts) => void warnings.push(...parts);
    try {
      const server = spawn(runServer, sock, echo);
      await using client = await createConnection(address);
      await client.sendall("still here");
      assertEquals(text(await client.recv(100)), "still here");
      await server.cancel();
    } finally {
      console.warn = warn;
    }
    assertEquals(warnings.length, 1);
  }));

Deno.test("runServer() takes a socket, or a host and a port", () =>
  inKernel(async () => {
    const sock = tcpServerSocket("127.0.0.1", 0);
    const address = sock.getsockname();
    const server = spawn(runServer, sock, echo);
    await using client = await createConnection(address);
    await client.sendall("one");
    assertEquals(text(await client.recv(100)), "one");
    await server.cancel();
    await assertRejects(() => sock.accept(), CurioError, "closed");

    const second = spawn(() => runServer("127.0.0.1", address.port, echo));
    await until(() => second.state === "ACCEPT_WAIT");
    await second.cancel();
  }));

Deno.test("tcpServer() rejects with what the system refuses, and with TypeError for no handler", () =>
  inKernel(async () => {
    await using taken = tcpServerSocket("127.0.0.1", 0);
    const { port } = taken.getsockname();
    await assertRejects(() => tcpServer("127.0.0.1", port, echo), Deno.errors.AddrInUse);
    const nothing = undefined as unknown as ClientHandler;
    await assertRejects(() => tcpServer("127.0.0.1", 0, nothing), TypeError, "give a function");
  }));

Deno.test("tcpServer() outside a task is a CurioError", async () => {
  await assertRejects(() => tcpServer("127.0.0.1", 0, echo), CurioError, "outside a task");
});
