/**
 * The clients. Takes lines and answers each with the milliseconds it took: `connect PORT COUNT`; `echo`,
 * in which all of them send 1000 bytes at once and wait until they are back; `drop`, which ends them
 * all.
 */
import { readLines } from "../lines.ts";

const message = new Uint8Array(1000).fill(120);
/** How many connect at a time: a server's backlog may be short. */
const BATCH = 50;

let clients: Deno.TcpConn[] = [];

async function connect(port: number, count: number): Promise<void> {
  while (clients.length < count) {
    const batch = Math.min(count - clients.length, BATCH);
    const connecting = Array.from({ length: batch }, () => Deno.connect({ port }));
    clients.push(...await Promise.all(connecting));
  }
}

async function echo(client: Deno.TcpConn): Promise<void> {
  for (let sent = 0; sent < message.length;) sent += await client.write(message.subarray(sent));
  const buffer = new Uint8Array(message.length);
  for (let received = 0; received < message.length;) {
    const count = await client.read(buffer);
    if (count === null) throw new Error("The server closed a connection");
    received += count;
  }
}

function drop(): void {
  for (const client of clients) client.close();
  clients = [];
}

for await (const line of readLines(Deno.stdin.readable)) {
  const [command, port, count] = line.split(" ");
  const start = performance.now();
  if (command === "connect") await connect(Number(port), Number(count));
  else if (command === "echo") await Promise.all(clients.map(echo));
  else drop();
  console.log(performance.now() - start);
}
