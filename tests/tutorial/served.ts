import { type ClientHandler, run, runServer, spawn } from "@curio/core";
import { consoleOutput } from "../helpers/console_output.ts";

/** What the handlers of the tutorial's servers print first, whoever the client is. */
export const CONNECTION = "Connection from";

/**
 * Runs `runServer("", 0, handler)`, as the older tutorial calls it, while `client` talks to it from outside.
 * Waits for the last client to leave, and gives the lines that the server printed, without addresses.
 */
export async function served(
  handler: ClientHandler,
  client: (port: number) => Promise<void>,
): Promise<string[]> {
  const calls = await consoleOutput(() =>
    run(async () => {
      const { promise: port, resolve } = Promise.withResolvers<number>();
      const onListen = (addr: Deno.NetAddr) => resolve(addr.port);
      const server = spawn(runServer, "", 0, handler, { onListen });
      await client(await port);
      while (server.children.length > 0) await server.children[0]!.wait();
      await server.cancel();
    })
  );
  return calls.map((call) => call.replace(/^log: /, "").replace(/ \[object Object\]$/, ""));
}

/** Sends `text` from a client made of nothing but Deno, and gives all that comes back. */
export async function exchange(port: number, text: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "localhost", port });
  await conn.write(new TextEncoder().encode(text));
  await conn.closeWrite();
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1000);
  let received = "";
  for (let count; (count = await conn.read(buffer)) !== null;) {
    received += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return received;
}
