// A server that speaks TLS; look at https://localhost:10000 with a browser or curl. A certificate:
//   openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout privkey_rsa -out certificate.crt
//   deno run --allow-net --allow-read examples/ssl_server.ts [host] [port] [certificate] [key]
import { run, type Socket, ssl, tcpServer } from "@curio/core";

async function handler(client: Socket) {
  const [reader, writer] = client.makeStreams();

  // Read the HTTP request
  const decoder = new TextDecoder();
  for await (const bytes of reader) {
    const line = decoder.decode(bytes).trim();
    if (line === "") break;
    console.log(line);
  }

  // Send a response
  await writer.write("HTTP/1.0 200 OK\r\nContent-type: text/plain\r\n\r\n");
  await writer.write("If you're seeing this, it probably worked. Yay!\n");
  await writer.write(`${new Date()}\n`);
  await writer.close();
  await reader.close();
}

const [host = "", port = "10000", cert = "certificate.crt", key = "privkey_rsa"] = Deno.args;
const context = ssl.createDefaultContext(ssl.Purpose.CLIENT_AUTH);
context.loadCertChain(cert, key);
await run(tcpServer, host, Number(port), handler, { ssl: context });
