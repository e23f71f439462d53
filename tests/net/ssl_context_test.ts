import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CurioError } from "../../kernel/errors.ts";
import { openConnection } from "../../net/open_connection.ts";
import { runServer, tcpServer } from "../../net/server.ts";
import { socket } from "../../net/socket_module.ts";
import {
  CERT_NONE,
  CERT_REQUIRED,
  createDefaultContext,
  Purpose,
  SSLContext,
  SSLError,
} from "../../net/ssl_module.ts";
import { tcpServerSocket } from "../../net/tcp_server_socket.ts";
import { inKernel } from "./support.ts";
import { certificate, clientContext, echo, plainPair, serverContext } from "./tls_support.ts";

Deno.test("createDefaultContext() verifies servers, and asks clients for nothing", () => {
  const client = createDefaultContext();
  assertEquals([client.purpose, client.verifyMode, client.checkHostname], [
    Purpose.SERVER_AUTH,
    CERT_REQUIRED,
    true,
  ]);
  const server = createDefaultContext(Purpose.CLIENT_AUTH);
  assertEquals([server.verifyMode, server.checkHostname], [CERT_NONE, false]);
  assertEquals([CERT_NONE, CERT_REQUIRED], [0, 2]); // Python's numbers
});

Deno.test("createDefaultContext() refuses an unknown purpose", () => {
  assertThrows(() => createDefaultContext("SERVER" as Purpose), TypeError, "Purpose.SERVER_AUTH");
});

Deno.test("SSLContext.verifyMode CERT_NONE switches checkHostname off, and that switches it back", () => {
  const context = new SSLContext();
  context.verifyMode = CERT_NONE;
  assertEquals(context.checkHostname, false);
  context.checkHostname = true;
  assertEquals(context.verifyMode, CERT_REQUIRED);
  assertThrows(() => context.verifyMode = 1, RangeError, "CERT_NONE or CERT_REQUIRED");
});

Deno.test("SSLContext.loadCertChain() takes paths, URLs, or the text itself", async () => {
  const [cert, key] = [certificate("server.pem"), certificate("server_key.pem")];
  const context = createDefaultContext(Purpose.CLIENT_AUTH);
  context.loadCertChain(cert, key);
  context.loadCertChain(new URL(`file://${cert}`), new URL(`file://${key}`));
  const texts = await Promise.all([cert, key].map((path) => Deno.readTextFile(path)));
  context.loadCertChain(texts[0]!, texts[1]!);
  context.loadCertChain(texts.join("\n"));
  assertEquals(
    Deno.inspect(context),
    "SSLContext [for CLIENT_AUTH, CERT_NONE, with a certificate]",
  );
});

Deno.test("SSLContext.loadCertChain() says that a file is missing", () => {
  const context = createDefaultContext(Purpose.CLIENT_AUTH);
  const error = assertThrows(
    () => context.loadCertChain("nowhere.pem", "nowhere.pem"),
    Deno.errors.NotFound,
    `there is no file nowhere.pem`,
  );
  assertEquals((error as Error & { code?: string }).code, "ENOENT");
});

Deno.test("SSLContext.loadCertChain() says that a file is no PEM", () => {
  const context = createDefaultContext(Purpose.CLIENT_AUTH);
  const key = certificate("server_key.pem");
  for (const file of ["server.der", "make.sh", "server_key.pem"]) {
    assertThrows(
      () => context.loadCertChain(certificate(file), key),
      SSLError,
      "there is none in it",
    );
  }
  const broken = "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----";
  assertThrows(() => context.loadCertChain(broken, key), SSLError, "given as text");
});

Deno.test("SSLContext.loadCertChain() says that a key does not belong to the certificate", () => {
  assertThrows(
    () => serverContext("server.pem", "self_signed_key.pem"),
    SSLError,
    "belong together",
  );
});

Deno.test("SSLContext.loadCertChain() says that there is no key, or an encrypted one", () => {
  assertThrows(() => serverContext("server.pem", "server.pem"), SSLError, "no key in it");
  assertThrows(() => serverContext("server.pem", "encrypted_key.pem"), SSLError, "openssl pkey");
});

Deno.test("SSLContext.loadCertChain() never shows a key", async () => {
  const key = await Deno.readTextFile(certificate("self_signed_key.pem"));
  const error = assertThrows(
    () => createDefaultContext(Purpose.CLIENT_AUTH).loadCertChain(certificate("server.pem"), key),
    SSLError,
  );
  assert(!error.message.includes(key.split("\n")[1]!));
});

Deno.test("SSLContext.loadVerifyLocations() says what is wrong with a file", () => {
  const context = createDefaultContext();
  assertThrows(() => context.loadVerifyLocations("nowhere.pem"), Deno.errors.NotFound, "nowhere");
  assertThrows(() => context.loadVerifyLocations(certificate("make.sh")), SSLError, "openssl x509");
  assertThrows(
    () => context.loadVerifyLocations(undefined as unknown as string),
    TypeError,
    "the path of a file",
  );
});

Deno.test("SSLContext.setAlpnProtocols() takes names only", () => {
  const context = createDefaultContext();
  for (const wrong of ["h2", [""], [2], null]) {
    assertThrows(() => context.setAlpnProtocols(wrong as string[]), TypeError, "http/1.1");
  }
});

Deno.test("openConnection() refuses what is of no use without ssl", () =>
  inKernel(async () => {
    await assertRejects(
      () => openConnection("localhost", 1, { serverHostname: "localhost" }),
      TypeError,
      "give ssl too",
    );
    await assertRejects(
      () => openConnection("localhost", 1, { ssl: false, alpnProtocols: ["h2"] }),
      TypeError,
      "give ssl too",
    );
  }));

Deno.test("openConnection() refuses what is no context for a client", () =>
  inKernel(async () => {
    for (const ssl of [serverContext(), "yes" as unknown as boolean]) {
      await assertRejects(
        () => openConnection("localhost", 1, { ssl }),
        TypeError,
        "Purpose.SERVER_AUTH",
      );
    }
  }));

Deno.test("tcpServer() refuses what is no context for a server", () =>
  inKernel(async () => {
    for (const ssl of [true as unknown as SSLContext, clientContext()]) {
      await assertRejects(
        () => tcpServer("127.0.0.1", 0, echo, { ssl }),
        TypeError,
        "Purpose.CLIENT_AUTH",
      );
    }
    const ssl = createDefaultContext(Purpose.CLIENT_AUTH);
    await assertRejects(
      () => runServer(tcpServerSocket("127.0.0.1", 0), echo, { ssl }),
      CurioError,
      "loadCertChain()",
    );
    const settings = { ssl: serverContext(), handshakeTimeout: -1 };
    await assertRejects(() => tcpServer("127.0.0.1", 0, echo, settings), RangeError);
  }));

Deno.test("SSLContext.wrapSocket() refuses what it cannot wrap, and leaves the socket alone", () =>
  inKernel(async () => {
    const [client, server] = await plainPair();
    await assertRejects(() => clientContext().wrapSocket(client), TypeError, "serverHostname");
    await assertRejects(
      () => clientContext().wrapSocket(client, { serverSide: true }),
      TypeError,
      "CLIENT_AUTH",
    );
    await assertRejects(
      () => serverContext().wrapSocket(server, { serverHostname: "localhost" }),
      TypeError,
      "leave it out",
    );
    await client.sendall("as before");
    assertEquals((await server.recv(100)).length, 9);
    await client.close();
    await server.close();
    await using fresh = socket();
    await assertRejects(() => serverContext().wrapSocket(fresh), Deno.errors.NotConnected);
    await using listening = tcpServerSocket("127.0.0.1", 0);
    await assertRejects(() => serverContext().wrapSocket(listening), Error, "runServer()");
  }));
