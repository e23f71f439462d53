// Our echo server on sockets. Prints its port.
import { run, tcpServer } from "../../mod.ts";
import type { Socket } from "../../net/socket_module.ts";

async function echoClient(client: Socket): Promise<void> {
  for (;;) {
    const data = await client.recv(1000);
    if (data.length === 0) break;
    await client.sendall(data);
  }
}

const onListen = (addr: Deno.Addr) => console.log((addr as Deno.NetAddr).port);
await run(tcpServer, "127.0.0.1", 0, echoClient, { onListen });
