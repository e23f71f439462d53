// The older tutorial's echo server that SIGHUP restarts:  managed_echo.ts [host] [port]
import { CancelledError, run, runServer, SignalSet, type Socket, spawn } from "@curio/core";

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  try {
    for (;;) {
      const data = await client.recv(1000);
      if (data.length === 0) break;
      await client.sendall(data);
    }
    console.log("Connection closed");
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    await client.sendall("Server going down\n");
  }
}

async function main(host: string, port: number) {
  for (;;) {
    await new SignalSet("SIGHUP").run(async (sigset) => {
      console.log("Starting the server");
      const servTask = spawn(runServer, host, port, echoClient);

      // Wait for a restart signal
      await sigset.wait();

      // Cancel the server and all of its child tasks
      console.log("Server shutting down");
      await servTask.cancelChildren();
      await servTask.cancel();
    });
  }
}

const [host = "", port = "25000"] = Deno.args;
await run(main, host, Number(port));
