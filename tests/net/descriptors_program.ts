/** A program for `descriptors_test.ts`: counts the descriptors of a process in which nothing else runs. */
import { ignoreAfter } from "../../kernel/timeout.ts";
import { sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { AF_INET, SOCK_DGRAM } from "../../net/constants.ts";
import { socket } from "../../net/make_socket.ts";
import { createConnection, openConnection } from "../../net/open_connection.ts";
import { openUnixConnection } from "../../net/open_unix_connection.ts";
import { tcpServer } from "../../net/server.ts";
import type { Socket } from "../../net/socket.ts";
import { socketpair } from "../../net/socketpair.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { unixServerSocket } from "../../net/unix_server_socket.ts";
import { FullServer, inKernel, SocketDir, until } from "./support.ts";

const CLIENTS = 500;

function countDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** Runs `scenario` and tells whether it left descriptors behind. */
async function check(name: string, scenario: () => Promise<void>): Promise<void> {
  const before = countDescriptors();
  await scenario();
  // The host lets go of a descriptor with the operation that used it, which may be a turn later.
  for (let turn = 0; turn < 100 && countDescriptors() > before; turn++) await sleep(0.005);
  const after = countDescriptors();
  console.log(name, after === before ? "left nothing" : `left ${after - before} descriptors`);
}

async function cancelServer(): Promise<void> {
  const server = spawn(tcpServer, "127.0.0.1", 0, async (client: Socket) => {
    try {
      await client.recv(100);
    } finally {
      await client.sendall("GOODBYE");
    }
  }, { onListen: ({ port }: Deno.NetAddr) => void (address[1] = port) });
  const address: [string, number] = ["127.0.0.1", 0];
  await until(() => address[1] !== 0);
  const clients: Socket[] = [];
  while (clients.length < CLIENTS) clients.push(await createConnection(address));
  await until(() => server.children.length === CLIENTS);
  await server.cancel();
  for (const client of clients) await client.close();
}

async function cancelEverything(): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await using server = tcpServerSocket("127.0.0.1", 0);
    await ignoreAfter(0, () => server.accept());
    await using client = await createConnection(server.getsockname());
    const [sock] = await server.accept();
    await ignoreAfter(0, () => server.accept());
    await ignoreAfter(0, () => sock.recv(10));
    await ignoreAfter(0, () => client.sendall(new Uint8Array(10_000_000)));
    await sock.close();
  }
}

async function cancelConnect(): Promise<void> {
  await using full = await FullServer.open();
  const { port } = full.server.getsockname();
  for (let i = 0; i < 50; i++) await ignoreAfter(0.001, openConnection, "127.0.0.1", port);
  await sleep(0.05);
}

async function useUnixSockets(): Promise<void> {
  using dir = new SocketDir();
  const path = dir.at("sock");
  for (let i = 0; i < 20; i++) {
    await using server = unixServerSocket(path);
    await ignoreAfter(0, () => server.accept());
    await using client = await openUnixConnection(path);
    const [sock] = await server.accept();
    await ignoreAfter(0, () => sock.recv(10));
    await ignoreAfter(0, () => client.sendall(new Uint8Array(10_000_000)));
    await sock.close();
  }
}

async function useDatagrams(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await using sock = socket(AF_INET, SOCK_DGRAM);
    await ignoreAfter(0, async () => await sock.bind(["127.0.0.1", 0]));
    if (sock.getsockname().port === 0) await sock.bind(["127.0.0.1", 0]);
    await ignoreAfter(0, () => sock.recvfrom(10));
    await sock.sendto("x", sock.getsockname());
    await sock.recvfrom(10);
  }
}

async function usePairs(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const [left, right] = await socketpair();
    using raw = left.blocking();
    await raw.conn.write(new Uint8Array(10));
    await right.recv(10);
    await right.close();
    await left.close();
  }
}

async function useNodeSockets(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await using server = tcpServerSocket("127.0.0.1", 0, { reusePort: true });
    await ignoreAfter(0.002, () => server.accept());
    await using held = tcpServerSocket("127.0.0.1", 0);
    const { port } = held.getsockname();
    await using client = await openConnection("127.0.0.1", port, { sourceAddr: ["127.0.0.1", 0] });
    const [sock] = await held.accept();
    await ignoreAfter(0, () => client.recv(10));
    await sock.close();
  }
}

const SCENARIOS = {
  "Unix sockets": useUnixSockets,
  "datagram sockets": useDatagrams,
  "pairs of sockets": usePairs,
  "sockets of Node's": useNodeSockets,
  "a cancelled server": cancelServer,
  "what was cancelled": cancelEverything,
  "cancelled connects": cancelConnect,
};
// The host opens a few descriptors of its own at the first go, once and for all.
for (const scenario of Object.values(SCENARIOS)) await inKernel(scenario);
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  await inKernel(() => check(name, scenario));
}
