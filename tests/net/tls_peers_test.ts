import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openConnection } from "../../net/open_connection.ts";
import type { Socket } from "../../net/socket.ts";
import { CERT_NONE, createDefaultContext } from "../../net/ssl_module.ts";
import { Child } from "../helpers/child.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { isInstalled } from "../helpers/installed.ts";
import { inKernel } from "./support.ts";
import { certificate, clientContext, serverContext, startTls } from "./tls_support.ts";

// Against TLS that nobody here wrote. CI installs the tools; elsewhere the tests that need them are
// ignored if there are none.

const hasOpenssl = isInstalled("openssl");
const hasCurl = isInstalled("curl");
const AUTHORITY = certificate("authority.pem");

/** Answers a request of HTTP with what it was, and closes. */
async function answer(client: Socket): Promise<void> {
  const stream = client.asStream({ encoding: "utf-8" });
  const request = await stream.readline();
  while ((await stream.readline()).trim() !== "");
  const body = `You asked for ${request.trim()} over ${client.selectedAlpnProtocol()}\n`;
  await stream.write(`HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

/** Gives back each line backwards, as `openssl s_server -rev` does. */
async function reverse(client: Socket): Promise<void> {
  const stream = client.asStream({ encoding: "utf-8" });
  for await (const line of stream) await stream.write(`${[...line.trim()].reverse().join("")}\n`);
}

Deno.test({
  name: "tcpServer({ ssl }) is understood by curl",
  ignore: !hasCurl,
  fn: () =>
    inKernel(async () => {
      const ssl = serverContext();
      ssl.setAlpnProtocols(["http/1.1"]);
      const [server, port] = await startTls(answer, { ssl });
      for (const version of ["1.2", "1.3"]) {
        const args = ["-sS", `--tls-max`, version, "--cacert", AUTHORITY];
        await using curl = new Child("curl", {
          args: [...args, `https://localhost:${port}/${version}`],
        });
        const { code, lines, errors } = await curl.end();
        assertEquals([code, errors], [0, ""]);
        assertEquals(lines, [`You asked for GET /${version} HTTP/1.1 over http/1.1`]);
      }
      await server.cancel();
    }),
});

Deno.test({
  name: "tcpServer({ ssl }) is told by curl that its certificate is not trusted, and logs it",
  ignore: !hasCurl,
  async fn() {
    const log = new RecordingLog();
    await inKernel(async () => {
      const [server, port] = await startTls(answer);
      await using curl = new Child("curl", { args: ["-sS", `https://localhost:${port}/`] });
      assertEquals((await curl.end()).code, 60);
      await log.until(/turned away/);
      await server.cancel();
    }, log);
    assertMatch(log.texts("warn")[0]!, /its TLS handshake failed: .*UnknownCA/);
  },
});

for (const version of ["-tls1_2", "-tls1_3"]) {
  Deno.test({
    name: `tcpServer({ ssl }) is understood by openssl s_client ${version}`,
    ignore: !hasOpenssl,
    fn: () =>
      inKernel(async () => {
        const ssl = serverContext();
        ssl.setAlpnProtocols(["echo"]);
        const [server, port] = await startTls(reverse, { ssl });
        const args = ["s_client", "-connect", `localhost:${port}`, "-CAfile", AUTHORITY, version];
        args.push("-alpn", "echo", "-verify_return_error", "-brief");
        await using client = new Child("openssl", { args, stdin: "piped" });
        await client.type("abc");
        await client.line("cba");
        await client.endInput();
        const { code, errors } = await client.end();
        assertEquals(code, 0);
        assertMatch(errors, /Verification: OK/);
        await server.cancel();
      }),
  });

  Deno.test({
    name: `openConnection({ ssl }) understands openssl s_server ${version}`,
    ignore: !hasOpenssl,
    fn: () =>
      inKernel(async () => {
        await using server = new OpensslServer("server.pem", version, "-alpn", "h2,echo");
        const port = await server.port();
        const anybody = createDefaultContext();
        anybody.verifyMode = CERT_NONE;
        for (const ssl of [clientContext(), anybody]) {
          const options = { ssl, alpnProtocols: ["echo"] };
          await using sock = await openConnection("localhost", port, options);
          assertEquals(sock.selectedAlpnProtocol(), "echo");
          const stream = sock.asStream({ encoding: "utf-8" });
          await stream.write("zyx\n");
          assertEquals(await stream.readline(), "xyz\n");
        }
        await assertRejects(
          () => openConnection("localhost", port, { ssl: true }),
          Error,
          "signed by nobody",
        );
      }),
  });
}

Deno.test({
  name: "openConnection({ ssl }) refuses what openssl s_server shows if it has expired",
  ignore: !hasOpenssl,
  fn: () =>
    inKernel(async () => {
      await using server = new OpensslServer("expired.pem");
      const port = await server.port();
      const ssl = clientContext();
      await assertRejects(() => openConnection("localhost", port, { ssl }), Error, "has expired");
    }),
});

/** `openssl s_server` that gives back each line backwards, at a port of its own. */
class OpensslServer extends Child {
  constructor(name: string, ...options: string[]) {
    const [cert, key] = [certificate(name), certificate("server_key.pem")];
    const args = ["s_server", "-accept", "0", "-cert", cert, "-key", key, "-rev", ...options];
    super("openssl", { args });
  }

  async port(): Promise<number> {
    await this.shows(/ACCEPT .*:\d+\n/);
    return Number(/ACCEPT .*:(\d+)\n/.exec(this.text)![1]);
  }
}
