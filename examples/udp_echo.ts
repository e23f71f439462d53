// Sends every datagram back:  deno run --allow-net examples/udp_echo.ts [host] [port]
// Try it with:  socat - UDP:localhost:26000
import { run } from "@curio/core";
import { AF_INET, SOCK_DGRAM, socket } from "@curio/core/socket";

async function udpEcho(host: string, port: number) {
  await using sock = socket(AF_INET, SOCK_DGRAM);
  await sock.bind([host, port]);
  console.log("Listening at", sock.getsockname());
  for (;;) {
    const [data, addr] = await sock.recvfrom(10000);
    console.log("Received", data.length, "bytes from", addr);
    await sock.sendto(data, addr);
  }
}

const [host = "localhost", port = "26000"] = Deno.args;
await run(udpEcho, host, Number(port));
