// An echo server that lends each connection to code that knows nothing of tasks:
//   deno run --allow-net examples/blocking_echo.ts [host] [port]
import { abortable, run, tcpServer } from "@curio/core";
import type { Socket } from "@curio/core/socket";

function echo(conn: Deno.Conn, signal: AbortSignal) {
  return conn.readable.pipeTo(conn.writable, { signal });
}

async function echoClient(client: Socket, addr: Deno.Addr) {
  console.log("Connection from", addr);
  using raw = client.blocking();
  await abortable((signal) => echo(raw.conn, signal));
  console.log("Connection closed");
}

const [host = "localhost", port = "25000"] = Deno.args;
await run(tcpServer, host, Number(port), echoClient);
