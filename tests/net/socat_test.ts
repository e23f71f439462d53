/** Datagrams and Unix sockets with a peer that is none of ours: socat, in both roles. */
import { assertEquals } from "@std/assert";
import { sleep } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import * as c from "../../net/constants.ts";
import { socket } from "../../net/make_socket.ts";
import { openUnixConnection } from "../../net/open_unix_connection.ts";
import type { Socket } from "../../net/socket.ts";
import { unixServer } from "../../net/unix_server.ts";
import { Child } from "../helpers/child.ts";
import { isInstalled } from "../helpers/installed.ts";
import { exists, inKernel, receiveAll, SocketDir, text, until } from "./support.ts";

const hasSocat = isInstalled("socat");

function socatTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: hasSocat ? name : `${name} (skipped: there is no socat)`,
    ignore: !hasSocat,
    fn: () => inKernel(fn),
  });
}

/** socat between its standard input and output and `address`. */
function socat(...args: string[]): Child {
  return new Child("socat", { args, stdin: "piped" });
}

async function echo(client: Socket): Promise<void> {
  for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
}

socatTest("a datagram socket answers socat", async () => {
  await using server = socket(c.AF_INET, c.SOCK_DGRAM);
  await server.bind(["127.0.0.1", 0]);
  await using peer = socat("-", `UDP4:127.0.0.1:${server.getsockname().port}`);
  await peer.type("hello");
  const [data, address] = await server.recvfrom(100);
  assertEquals(text(data), "hello\n");
  await server.sendto("and hello to you\n", address);
  await peer.line("and hello to you");
});

socatTest("a datagram socket is answered by socat", async () => {
  await using client = socket(c.AF_INET6, c.SOCK_DGRAM);
  await client.bind(["::1", 0]);
  // The port is picked by the system, and socat does not tell it: here it is the source of what it sends.
  const { port } = client.getsockname();
  await using peer = socat("-", `UDP6-DATAGRAM:[::1]:${port}`);
  await peer.type("who is there?");
  const [, address] = await client.recvfrom(100);
  await client.connect(address);
  for (const line of ["one\n", "two\n"]) await client.send(line);
  await peer.line("one");
  await peer.line("two");
});

socatTest("unixServer() serves socat", async () => {
  using dir = new SocketDir();
  const server = spawn(unixServer, dir.at("sock"), echo);
  await until(() => exists(dir.at("sock")));
  await using peer = socat("-", `UNIX-CONNECT:${dir.at("sock")}`);
  await peer.type("hello");
  await peer.line("hello");
  await peer.type("again");
  await peer.line("again");
  await server.cancel();
  assertEquals((await peer.end()).code, 0);
});

socatTest("openUnixConnection() talks to socat", async () => {
  using dir = new SocketDir();
  await using peer = socat("-", `UNIX-LISTEN:${dir.at("sock")}`);
  await until(() => exists(dir.at("sock")));
  const sock = await connectTo(dir.at("sock"));
  await sock.sendall("hello\n");
  await peer.line("hello");
  await peer.type("and hello to you");
  assertEquals(text(await sock.recv(100)), "and hello to you\n");
  await sock.shutdown(c.SHUT_WR);
  assertEquals(await receiveAll(sock), "");
  await sock.close();
  assertEquals((await peer.end()).code, 0);
});

/** socat makes the path a moment before it listens. */
async function connectTo(path: string): Promise<Socket> {
  for (;;) {
    try {
      return await openUnixConnection(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await sleep(0.001);
    }
  }
}

socatTest("a Unix socket takes megabytes from socat, and gives them back", async () => {
  using dir = new SocketDir();
  const server = spawn(unixServer, dir.at("sock"), echo);
  await until(() => exists(dir.at("sock")));
  const file = dir.at("data");
  const line = "0123456789abcde\n";
  Deno.writeTextFileSync(file, line.repeat(200_000));
  await using peer = new Child("socat", {
    args: ["-t", "60", `FILE:${file}!!STDOUT`, `UNIX-CONNECT:${dir.at("sock")}`],
  });
  const { code, lines } = await peer.end();
  assertEquals([code, lines.length], [0, 200_000]);
  await server.cancel();
});
