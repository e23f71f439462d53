// An echo server that SIGHUP restarts:  deno run --allow-net examples/echo_managed.ts [host] [port]
import { CancelledError, run, SignalQueue, spawn, tcpServer } from "@curio/core";
import type { Socket } from "@curio/core/socket";

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  const stream = client.asStream();
  try {
    for await (const line of stream) await stream.write(line);
  } catch (error) {
    if (error instanceof CancelledError) await stream.write("SERVER IS GOING AWAY!\n");
    throw error;
  }
  console.log("Connection closed");
}

async function main(host: string, port: number) {
  await using restart = new SignalQueue("SIGHUP");
  for (;;) {
    console.log("Starting the server");
    const server = spawn(tcpServer, host, port, echoClient);
    await restart.get();
    console.log("Server shutting down");
    await server.cancel();
  }
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(main, host, Number(port));
