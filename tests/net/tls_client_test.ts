import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { isCancelled, TaskTimeout } from "../../kernel/errors.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { openConnection } from "../../net/open_connection.ts";
import {
  CERT_NONE,
  CERT_REQUIRED,
  createDefaultContext,
  SSLCertVerificationError,
  SSLError,
} from "../../net/ssl_module.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { inKernel, text } from "./support.ts";
import {
  certificate,
  clientContext,
  connectTls,
  echo,
  plainPair,
  serverContext,
  startTls,
} from "./tls_support.ts";

/** Runs `main` beside a TLS server that echoes. */
function besideEcho(
  main: (port: number) => Promise<void>,
  ssl = serverContext(),
): Promise<void> {
  return inKernel(async () => {
    const [server, port] = await startTls(echo, { ssl });
    await main(port);
    await server.cancel();
  }, new RecordingLog());
}

Deno.test("openConnection() speaks TLS with a server that the context trusts", () =>
  besideEcho(async (port) => {
    await using sock = await connectTls(port);
    await sock.sendall("hello");
    assertEquals(text(await sock.recv(100)), "hello");
    assertEquals(sock.getpeername().port, port);
    assertEquals(sock.selectedAlpnProtocol(), null);
  }));

Deno.test("openConnection() refuses a server whose authority is not trusted", () =>
  besideEcho(async (port) => {
    for (const ssl of [true, createDefaultContext()]) {
      const error = await assertRejects(
        () => openConnection("localhost", port, { ssl }),
        SSLCertVerificationError,
        "Cannot trust localhost in openConnection() because its certificate is signed by nobody",
      );
      assertEquals(error.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    }
  }));

Deno.test("openConnection() refuses a certificate that is for another host", () =>
  besideEcho(async (port) => {
    const ssl = clientContext();
    for (const serverHostname of ["other.test", "127.0.0.2"]) {
      await assertRejects(
        () => openConnection("localhost", port, { ssl, serverHostname }),
        SSLCertVerificationError,
        "is for DNS:localhost, DNS:example.test",
      );
    }
  }));

Deno.test("openConnection() refuses a certificate that has expired", () =>
  besideEcho(async (port) => {
    const error = await assertRejects(
      () => openConnection("localhost", port, { ssl: clientContext() }),
      SSLCertVerificationError,
      "has expired",
    );
    assertEquals(error.code, "CERT_HAS_EXPIRED");
  }, serverContext("expired.pem")));

Deno.test("openConnection() refuses a certificate that is signed by itself, unless it is trusted", () =>
  besideEcho(async (port) => {
    await assertRejects(() => connectTls(port), SSLCertVerificationError, "signed by itself");
    const ssl = createDefaultContext();
    ssl.verifyMode = CERT_NONE;
    await (await openConnection("localhost", port, { ssl })).close();
  }, serverContext("self_signed.pem", "self_signed_key.pem")));

Deno.test("openConnection() checks the name in serverHostname instead of the host", () =>
  besideEcho(async (port) => {
    for (const serverHostname of ["example.test", "127.0.0.1", "::1"]) {
      const settings = { ssl: clientContext(), serverHostname };
      await (await openConnection("localhost", port, settings)).close();
    }
    await (await openConnection("127.0.0.1", port, { ssl: clientContext() })).close();
  }));

Deno.test("openConnection() looks at no certificate with CERT_NONE", () =>
  besideEcho(async (port) => {
    const ssl = createDefaultContext();
    ssl.verifyMode = CERT_NONE;
    for (const serverHostname of [undefined, "other.test"]) {
      await using sock = await openConnection("localhost", port, { ssl, serverHostname });
      await sock.sendall("hello");
      assertEquals(text(await sock.recv(100)), "hello");
    }
  }, serverContext("expired.pem")));

Deno.test("openConnection() with checkHostname = false still wants a certificate that is trusted", () =>
  besideEcho(async (port) => {
    const ssl = clientContext();
    ssl.checkHostname = false;
    const settings = { ssl, serverHostname: "other.test" };
    await (await openConnection("localhost", port, settings)).close();
    const stranger = createDefaultContext();
    stranger.checkHostname = false;
    await assertRejects(() => connectTls(port, stranger), SSLCertVerificationError);
  }));

Deno.test("openConnection() agrees with the server on a protocol", async () => {
  const ssl = serverContext();
  ssl.setAlpnProtocols(["h2", "http/1.1"]);
  await besideEcho(async (port) => {
    const context = clientContext();
    context.setAlpnProtocols(["http/1.1", "smtp"]);
    await using one = await openConnection("localhost", port, { ssl: context });
    assertEquals(one.selectedAlpnProtocol(), "http/1.1");
    const alpnProtocols = ["h2"];
    await using two = await openConnection("localhost", port, { ssl: context, alpnProtocols });
    assertEquals(two.selectedAlpnProtocol(), "h2");
    const error = await assertRejects(
      () => openConnection("localhost", port, { ssl: context, alpnProtocols: ["smtp"] }),
      SSLError,
    );
    assertInstanceOf(error.cause, Error);
  }, ssl);
});

Deno.test("openConnection() shows its certificate to a server that wants one", async () => {
  const ssl = serverContext();
  ssl.verifyMode = CERT_REQUIRED;
  ssl.loadVerifyLocations(certificate("authority.pem"));
  await besideEcho(async (port) => {
    const known = clientContext();
    known.loadCertChain(certificate("server.pem"), certificate("server_key.pem"));
    await using sock = await connectTls(port, known);
    await sock.sendall("hello");
    assertEquals(text(await sock.recv(100)), "hello");
  }, ssl);
});

Deno.test("openConnection() says that a server does not speak TLS", () =>
  inKernel(async () => {
    for (const ssl of [true, clientContext()]) {
      await using listener = tcpServerSocket("127.0.0.1", 0);
      const { port } = listener.getsockname();
      const server = spawn(async () => {
        const [client] = await listener.accept();
        await client.sendall("220 mail.example.com ESMTP\r\n");
        await client.recv(1000);
        await client.close();
      });
      await assertRejects(
        () => openConnection("localhost", port, { ssl }),
        SSLError,
        "both speak TLS",
      );
      await server.join();
    }
  }));

Deno.test("openConnection() says that the server ended the connection in the handshake", () =>
  inKernel(async () => {
    for (const ssl of [true, clientContext()]) {
      await using listener = tcpServerSocket("127.0.0.1", 0);
      const { port } = listener.getsockname();
      const server = spawn(async () => {
        const [client] = await listener.accept();
        await client.recv(1000);
        await client.close();
      });
      await assertRejects(
        () => openConnection("localhost", port, { ssl }),
        SSLError,
        "the peer closed the connection",
      );
      await server.join();
    }
  }));

Deno.test("openConnection() cancelled in the handshake closes the connection", () =>
  inKernel(async () => {
    for (const ssl of [true, clientContext()]) {
      await using listener = tcpServerSocket("127.0.0.1", 0);
      const { port } = listener.getsockname();
      const task = spawn(() => openConnection("localhost", port, { ssl }));
      await using client = (await listener.accept())[0];
      await client.recv(1); // The handshake has begun.
      assertEquals(task.state, "CONNECT_WAIT");
      await task.cancel();
      assertEquals(isCancelled(task.exception), true);
      while ((await client.recv(1000)).length > 0);
    }
  }));

Deno.test("SSLContext.wrapSocket() ends with a timeout if the server does not answer", () =>
  inKernel(async () => {
    const [client, server] = await plainPair();
    const options = { serverHostname: "localhost" };
    await assertRejects(
      () => timeoutAfter(0.05, () => clientContext().wrapSocket(client, options)),
      TaskTimeout,
    );
    while ((await server.recv(1000)).length > 0);
    await server.close();
  }));

Deno.test("openConnection() over TLS connects from sourceAddr", {
  ignore: Deno.build.os !== "linux", // Elsewhere a machine is only 127.0.0.1 to itself.
}, () =>
  besideEcho(async (port) => {
    const settings = { ssl: clientContext(), sourceAddr: ["127.0.0.2", 0] as const };
    await using sock = await openConnection("127.0.0.1", port, settings);
    assertEquals(sock.getsockname().hostname, "127.0.0.2");
    await sock.sendall("hello");
    assertEquals(text(await sock.recv(100)), "hello");
  }));

Deno.test("openConnection() works outside tasks", () =>
  besideEcho(async (port) => {
    await new Promise<void>((resolve, reject) => {
      setTimeout(async () => {
        try {
          const sock = await connectTls(port);
          await sock.sendall("hello");
          assertEquals(text(await sock.recv(100)), "hello");
          await sock.close();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }));
