// An echo server at a path:
//   deno run --allow-net --allow-read --allow-write examples/unix_echo.ts [path]
// Try it with:  socat - UNIX:/tmp/echo
import { run, type Socket, unixServer } from "@curio/core";

async function echoClient(client: Socket) {
  console.log("Client connected");
  for (;;) {
    const data = await client.recv(1000);
    if (data.length === 0) break;
    await client.sendall(data);
  }
  console.log("Client gone");
}

const [path = "/tmp/echo"] = Deno.args;
await run(unixServer, path, echoClient);
