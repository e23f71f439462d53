// Fetches a page, byte by byte what the server sends:
//   deno run --allow-net examples/http_get.ts [host] [port] [path]
import { openConnection, run } from "@curio/core";

async function get(host: string, port: number, path: string) {
  await using sock = await openConnection(host, port);
  await sock.sendall(`GET ${path} HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
  return await sock.asStream({ encoding: "utf-8" }).readall();
}

const [host = "www.python.org", port = "80", path = "/"] = Deno.args;
console.log(await run(get, host, Number(port), path));
