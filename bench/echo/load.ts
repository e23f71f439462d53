/**
 * The load of the echo servers, the same for all of them: clients that each send 1000 bytes, wait
 * until 1000 bytes are back, and begin again. Takes lines of `PORT CLIENTS SECONDS` and answers each
 * with the messages echoed in that time. Clients stay connected for the next time.
 */
import { readLines } from "../lines.ts";

const message = new Uint8Array(1000).fill(120);

/** The clients connected to each port. */
const connected = new Map<number, Deno.TcpConn[]>();

/** The messages echoed to `count` clients in `seconds`. */
async function run(port: number, count: number, seconds: number): Promise<number> {
  const clients = await connect(port, count);
  const end = performance.now() + seconds * 1000;
  const counts = await Promise.all(clients.map((client) => playPingPong(client, end)));
  return counts.reduce((sum, messages) => sum + messages);
}

/** `count` clients of the server at `port`, a few connected at a time: its backlog may be short. */
async function connect(port: number, count: number): Promise<Deno.TcpConn[]> {
  const clients = connected.get(port) ?? [];
  connected.set(port, clients);
  while (clients.length < count) {
    const batch = Math.min(count - clients.length, 20);
    const connecting = Array.from({ length: batch }, () => Deno.connect({ port }));
    clients.push(...await Promise.all(connecting));
  }
  return clients.slice(0, count);
}

async function playPingPong(client: Deno.TcpConn, end: number): Promise<number> {
  const buffer = new Uint8Array(message.length);
  for (let count = 0;; count++) {
    let sent = 0;
    while (sent < message.length) sent += await client.write(message.subarray(sent));
    let received = 0;
    while (received < message.length) {
      const length = await client.read(buffer);
      if (length === null) throw new Error("The server closed a connection");
      received += length;
    }
    if (performance.now() >= end) return count;
  }
}

for await (const line of readLines(Deno.stdin.readable)) {
  const [port, clients, seconds] = line.split(" ").map(Number);
  console.log(await run(port, clients, seconds));
}
