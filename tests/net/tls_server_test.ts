import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { openConnection } from "../../net/open_connection.ts";
import { runServer } from "../../net/server.ts";
import type { Socket } from "../../net/socket.ts";
import { CERT_REQUIRED, createDefaultContext } from "../../net/ssl_module.ts";
import { openUnixConnection } from "../../net/open_unix_connection.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { unixServer } from "../../net/unix_server.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { unhandledRejections } from "../helpers/unhandled.ts";
import { inKernel, receiveAll, SocketDir, text, until } from "./support.ts";
import {
  certificate,
  clientContext,
  connectTls,
  echo,
  serverContext,
  startTls,
} from "./tls_support.ts";

/** Whether the server at `port` still serves. */
async function assertServes(port: number): Promise<void> {
  await using sock = await connectTls(port);
  await sock.sendall("still here");
  assertEquals(text(await sock.recv(100)), "still here");
}

Deno.test("tcpServer({ ssl }) serves several clients at once", () =>
  inKernel(async () => {
    const [server, port] = await startTls(echo);
    const clients = await Promise.all([1, 2, 3].map(() => connectTls(port)));
    for (const [index, client] of clients.entries()) await client.sendall(`client ${index}`);
    for (const [index, client] of clients.entries()) {
      assertEquals(text(await client.recv(100)), `client ${index}`);
      await client.close();
    }
    await server.cancel();
  }));

Deno.test("runServer({ ssl }) takes a socket that listens", () =>
  inKernel(async () => {
    const sock = tcpServerSocket("127.0.0.1", 0);
    const { port } = sock.getsockname();
    const server = spawn(runServer, sock, echo, { ssl: serverContext() });
    await assertServes(port);
    await server.cancel();
  }));

Deno.test("unixServer({ ssl }) speaks TLS too", () =>
  inKernel(async () => {
    using dir = new SocketDir();
    const path = dir.at("tls");
    let listens = false;
    const options = { ssl: serverContext(), onListen: () => listens = true };
    const server = spawn(() => unixServer(path, echo, options));
    await until(() => listens);
    const plain = await openUnixConnection(path);
    await using sock = await clientContext().wrapSocket(plain, { serverHostname: "localhost" });
    await sock.sendall("hello");
    assertEquals(text(await sock.recv(100)), "hello");
    assertEquals(sock.getpeername().path, path);
    await server.cancel();
  }));

Deno.test("tcpServer({ ssl }) lets each client write its goodbye when it is cancelled", () =>
  inKernel(async () => {
    let isIn = false;
    const [server, port] = await startTls(async (client) => {
      isIn = true;
      try {
        await client.recv(100);
      } finally {
        await client.sendall("GOODBYE");
      }
    });
    await using client = await connectTls(port);
    await until(() => isIn); // A client is through its handshake before its server is.
    await server.cancel();
    assertEquals(await receiveAll(client), "GOODBYE");
  }));

Deno.test("tcpServer({ ssl }) logs what does not speak TLS, and serves the others", async () => {
  const log = new RecordingLog();
  const unhandled = await unhandledRejections(() =>
    inKernel(async () => {
      const seen: Socket[] = [];
      const [server, port] = await startTls(async (client) => {
        seen.push(client);
        await echo(client);
      });
      const offers = [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", // the beginning of a handshake, cut off
        "",
      ];
      for (const offer of offers) {
        const sock = await openConnection("localhost", port);
        await sock.sendall(Uint8Array.from(offer, (char) => char.charCodeAt(0)));
        await sock.shutdown(1);
        while ((await sock.recv(100)).length > 0);
        await sock.close();
      }
      await until(() => log.entries.length === 3);
      assertEquals(seen.length, 0);
      await assertServes(port);
      await server.cancel();
    }, log)
  );
  assertEquals(unhandled, []);
  const [rubbish, ...others] = log.texts("warn");
  assertMatch(
    rubbish!,
    /^tcpServer\(\) turned away 127\.0\.0\.1:\d+: its TLS handshake failed: .*wrong version/,
  );
  for (const entry of others) assertMatch(entry, /the peer closed the connection$/);
});

Deno.test("tcpServer({ ssl }) tells a client by an alert that it does not speak TLS", () =>
  inKernel(async () => {
    const [server, port] = await startTls(echo);
    await using sock = await openConnection("localhost", port);
    await sock.sendall("GET / HTTP/1.0\r\n\r\n");
    assertEquals([...await sock.asStream().readall()], [21, 3, 3, 0, 2, 2, 70]);
    await server.cancel();
  }, new RecordingLog()));

Deno.test("tcpServer({ ssl }) keeps nobody waiting for a client whose handshake stalls", () =>
  inKernel(async () => {
    const [server, port] = await startTls(echo);
    await using _silent = await openConnection("localhost", port);
    await until(() => server.children.length === 1);
    await assertServes(port);
    await server.cancel();
  }, new RecordingLog()));

Deno.test("tcpServer({ ssl }) turns away a client whose handshake stalls", async () => {
  const log = new RecordingLog();
  await inKernel(async () => {
    const [server, port] = await startTls(echo, { handshakeTimeout: { milliseconds: 50 } });
    await using silent = await openConnection("localhost", port);
    assertEquals((await silent.recv(1)).length, 0);
    await server.cancel();
  }, log);
  const [entry] = log.texts("warn");
  assertMatch(entry!, /turned away 127\.0\.0\.1:\d+: its TLS handshake took longer than 0\.05 s$/);
});

Deno.test("tcpServer({ ssl }) cancelled ends the handshakes in progress", async () => {
  const log = new RecordingLog();
  await inKernel(async () => {
    const [server, port] = await startTls(echo, { grace: 30 });
    const clients: Socket[] = [];
    for (let count = 0; count < 10; count++) clients.push(await openConnection("localhost", port));
    await until(() => server.children.length === 10);
    await timeoutAfter(20, () => server.cancel());
    for (const client of clients) {
      assertEquals((await client.recv(1)).length, 0);
      await client.close();
    }
  }, log);
  assertEquals(log.entries, []);
});

Deno.test("tcpServer({ ssl }) logs a client that distrusts it, or leaves without a word", async () => {
  const log = new RecordingLog();
  await inKernel(async () => {
    const [server, port] = await startTls(echo);
    await assertRejects(() => connectTls(port, true), Error, "Cannot trust");
    const client = await connectTls(port);
    client.detach().close();
    await log.until(/echo.*close_notify/);
    await assertServes(port);
    await server.cancel();
  }, log);
});

Deno.test("tcpServer({ ssl }) turns away who has no certificate it trusts, if it wants one", async () => {
  const log = new RecordingLog();
  await inKernel(async () => {
    const ssl = serverContext();
    ssl.verifyMode = CERT_REQUIRED;
    ssl.loadVerifyLocations(certificate("authority.pem"));
    const seen: string[] = [];
    const [server, port] = await startTls(async (client) => {
      seen.push(text(await client.recv(100)));
    }, { ssl });
    const stranger = clientContext();
    stranger.loadCertChain(certificate("self_signed.pem"), certificate("self_signed_key.pem"));
    for (const context of [clientContext(), stranger]) {
      // In TLS 1.3 a client is through before the server has looked at its certificate.
      await assertRejects(async () => {
        await using sock = await connectTls(port, context);
        while ((await sock.recv(1)).length > 0);
        throw new Error("It was let in");
      }, Error).then((error) => assert(error.message !== "It was let in", error.message));
    }
    await until(() => log.entries.length === 2);
    const known = clientContext();
    known.loadCertChain(certificate("server.pem"), certificate("server_key.pem"));
    const sock = await connectTls(port, known);
    await sock.sendall("friend");
    while ((await sock.recv(1)).length > 0);
    await sock.close();
    assertEquals(seen, ["friend"]);
    await server.cancel();
  }, log);
  for (const entry of log.texts()) assertMatch(entry, /turned away/);
});

Deno.test("tcpServer({ ssl }) shows a certificate that was renewed meanwhile", () =>
  inKernel(async () => {
    const ssl = serverContext("expired.pem");
    const [server, port] = await startTls(echo, { ssl });
    await assertRejects(() => connectTls(port), Error, "has expired");
    ssl.loadCertChain(certificate("server.pem"), certificate("server_key.pem"));
    await assertServes(port);
    await server.cancel();
  }, new RecordingLog()));

Deno.test("tcpServer({ ssl }) and its clients leave no descriptor behind", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inKernel(async () => {
    const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;
    const anybody = createDefaultContext();
    const [server, port] = await startTls(echo);
    await assertServes(port);
    await until(() => server.children.length === 0);
    const before = descriptors();
    for (let round = 0; round < 10; round++) {
      await assertServes(port);
      await assertRejects(() => connectTls(port, anybody), Error);
      const rubbish = await openConnection("localhost", port);
      await rubbish.sendall("rubbish, and then more of it");
      await rubbish.close();
      const plain = await openConnection("localhost", port);
      const options = { serverHostname: "localhost" };
      const late = spawn(() => clientContext().wrapSocket(plain, options));
      await until(() => late.state === "READ_WAIT");
      await late.cancel();
    }
    await until(() => server.children.length === 0 && descriptors() <= before);
    await server.cancel();
  }, new RecordingLog()));
