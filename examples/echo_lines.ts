// An echo server, line by line:  deno run --allow-net examples/echo_lines.ts [host] [port]
import { run, tcpServer } from "@curio/core";
import type { Socket } from "@curio/core/socket";

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  const stream = client.asStream();
  for await (const line of stream) await stream.write(line);
  console.log("Connection closed");
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(tcpServer, host, Number(port), echoClient);
