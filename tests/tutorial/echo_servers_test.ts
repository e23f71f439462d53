/**
 * "A Simple Echo Server" and "A Stream-Based Echo Server", as the older tutorial has them. The newer one's
 * are programs of examples/.
 */
import { assertEquals } from "@std/assert";
import type { Socket } from "@curio/core";
import { CONNECTION, exchange, served } from "./served.ts";

const TALK = "Hello\nIs anyone there?\n";
const LINES = [CONNECTION, "Connection closed"];

/** What the server's clients receive, two at once, and what the server prints. */
async function talk(handler: (client: Socket, addr: Deno.Addr) => Promise<void>) {
  let received: string[] = [];
  const printed = await served(handler, async (port) => {
    received = await Promise.all([exchange(port, TALK), exchange(port, TALK)]);
  });
  return { received, printed: printed.sort() };
}

const ECHOED = { received: [TALK, TALK], printed: [...LINES, ...LINES].sort() };

Deno.test("The older tutorial's echo server: runServer('', port, echoClient)", async () => {
  async function echoClient(client: Socket, addr: Deno.Addr) {
    console.log("Connection from", addr);
    for (;;) {
      const data = await client.recv(1000);
      if (data.length === 0) break;
      await client.sendall(data);
    }
    console.log("Connection closed");
  }

  assertEquals(await talk(echoClient), ECHOED);
});

Deno.test("The older tutorial's echo server on a pair of streams", async () => {
  async function echoClient(client: Socket, addr: Deno.Addr) {
    console.log("Connection from", addr);
    const [reader, writer] = client.makeStreams();
    for (;;) {
      const data = await reader.read(1000);
      if (data.length === 0) break;
      await writer.write(data);
    }
    console.log("Connection closed");
  }

  assertEquals(await talk(echoClient), ECHOED);
});

Deno.test("The older tutorial's echo server on a pair of streams, line by line", async () => {
  async function echoClient(client: Socket, addr: Deno.Addr) {
    console.log("Connection from", addr);
    const [reader, writer] = client.makeStreams();
    for await (const line of reader) await writer.write(line);
    console.log("Connection closed");
    await reader.close();
    await writer.close();
  }

  assertEquals(await talk(echoClient), ECHOED);
});
