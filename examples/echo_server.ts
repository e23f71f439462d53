// An echo server:  deno run --allow-net examples/echo_server.ts [host] [port]
import { run, tcpServer } from "@curio/core";
import type { Socket } from "@curio/core/socket";

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  for (;;) {
    const data = await client.recv(1000);
    if (data.length === 0) break;
    await client.sendall(data);
  }
  console.log("Connection closed");
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(tcpServer, host, Number(port), echoClient);
