// An echo server on streams:  deno run --allow-net examples/echo_stream.ts [host] [port]
import { run, tcpServer } from "@curio/core";
import type { Socket } from "@curio/core/socket";

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  const stream = client.asStream();
  for (;;) {
    const data = await stream.read(1000);
    if (data.length === 0) break;
    await stream.write(data);
  }
  console.log("Connection closed");
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(tcpServer, host, Number(port), echoClient);
