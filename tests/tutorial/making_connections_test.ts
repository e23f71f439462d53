/** "Making Connections": a page, plain and over TLS, a chunk at a time, from a server of our own. */
import { assertEquals } from "@std/assert";
import { openConnection, run, ssl } from "@curio/core";
import { consoleOutput } from "../helpers/console_output.ts";
import { certificate } from "../net/tls_support.ts";

const RESPONSE = [
  "HTTP/1.1 301 Moved Permanently",
  "Server: Varnish",
  "Location: https://www.python.org/",
  "Content-Length: 0",
  "Connection: close",
  "X-Name: caf\u00e9", // which latin-1 has as one byte
  "",
  "",
].join("\r\n");

/** Answers one client, and gives what it asked for. */
async function answer(listener: Deno.Listener<Deno.TcpConn | Deno.TlsConn>): Promise<string> {
  using conn = await listener.accept();
  const buffer = new Uint8Array(1000);
  const request = new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  await conn.write(Uint8Array.from(RESPONSE, (char) => char.charCodeAt(0)));
  await conn.closeWrite();
  return request;
}

async function get(port: number, context?: ssl.SSLContext) {
  await using sock = await openConnection(
    "127.0.0.1",
    port,
    context && {
      ssl: context,
      serverHostname: "localhost",
    },
  );
  await sock.sendall("GET / HTTP/1.0\r\nHost: www.python.org\r\n\r\n");
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const chunk = await sock.recv(10000);
    if (chunk.length === 0) break;
    chunks.push(chunk);
  }
  const response = await new Blob(chunks).bytes();
  console.log(new TextDecoder("latin1").decode(response));
}

const REQUEST = "GET / HTTP/1.0\r\nHost: www.python.org\r\n\r\n";

Deno.test("The older tutorial's client gets a page, and is redirected", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = answer(listener);
  assertEquals(await consoleOutput(() => run(get, listener.addr.port)), [`log: ${RESPONSE}`]);
  assertEquals(await answering, REQUEST);
});

Deno.test("The older tutorial's client gets a page over TLS", async () => {
  using listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: await Deno.readTextFile(certificate("server.pem")),
    key: await Deno.readTextFile(certificate("server_key.pem")),
  });
  const answering = answer(listener);
  const cafile = certificate("authority.pem");
  const context = ssl.createDefaultContext(ssl.Purpose.SERVER_AUTH, { cafile });
  const calls = await consoleOutput(() => run(get, listener.addr.port, context));
  assertEquals(calls, [`log: ${RESPONSE}`]);
  assertEquals(await answering, REQUEST);
});
