// Our echo server on streams. Prints its port.
import { run, tcpServer } from "../../mod.ts";
import type { Socket } from "../../net/socket_module.ts";

async function echoClient(client: Socket): Promise<void> {
  const stream = client.asStream();
  for (;;) {
    const data = await stream.read(1000);
    if (data.length === 0) break;
    await stream.write(data);
  }
}

const onListen = (addr: Deno.Addr) => console.log((addr as Deno.NetAddr).port);
await run(tcpServer, "127.0.0.1", 0, echoClient, { onListen });
