import { Child } from "../child.ts";
import { formatCount, printTable } from "../table.ts";

const MOST = 10_000;
const WARM_UP = 1_000;
/** Descriptors that a process has besides its connections. */
const SPARE = 200;
/** So many milliseconds after the last descriptor was closed, no more are. */
const QUIET = 500;

const SERVERS: readonly (readonly [name: string, file: string])[] = [
  ["Deno.listen loop", "echo/deno_listen.ts"],
  ["@curio/core sockets", "echo/curio_socket.ts"],
];

/** What one server did with so many connections. */
interface Outcome {
  /** Milliseconds until all were connected; until all had their message back; until all were gone. */
  readonly connecting: number;
  readonly echoing: number;
  readonly dropping: number;
  /** Bytes of the server's memory, per connection, while all are open and have echoed. */
  readonly memory: number;
  /** Descriptors that the server has more than before the first connection. */
  readonly left: number;
}

/** Opens ten thousand connections to our echo server and to a bare one, uses them, and drops them. */
export async function measureConnections(): Promise<void> {
  if (Deno.build.os !== "linux") {
    console.log("\nConnections: skipped, as only Linux tells about descriptors and memory");
    return;
  }
  const rows: string[][] = [];
  let count = MOST;
  for (const [name, file] of SERVERS) {
    await using server = Child.start(file);
    await using load = Child.start("connections/load.ts");
    count = Math.min(MOST, await descriptorLimit(server.pid) - SPARE);
    rows.push(row(name, await measure(server, load, count)));
  }
  console.log(`\nConnections: ${formatCount(count)} to one server, 1000 bytes echoed to each\n`);
  printTable([["", "connect", "echo", "memory each", "drop", "descriptors left"], ...rows]);
  if (count < MOST) {
    console.log("  fewer than meant, as the limit of descriptors (ulimit -Hn) is low");
  }
}

async function measure(server: Child, load: Child, count: number): Promise<Outcome> {
  const port = await server.read();
  // The host opens a few descriptors at the first go, once and for all.
  await load.ask(`connect ${port} ${WARM_UP}`);
  await load.ask("echo");
  await load.ask("drop");
  const before = await settled(server.pid);
  const memoryBefore = await residentBytes(server.pid);

  const connecting = Number(await load.ask(`connect ${port} ${count}`));
  const echoing = Number(await load.ask("echo"));
  const memory = (await residentBytes(server.pid) - memoryBefore) / count;
  const start = performance.now();
  await load.ask("drop");
  const { descriptors, since } = await settled(server.pid);
  const left = descriptors - before.descriptors;
  return { connecting, echoing, dropping: since - start, memory, left };
}

function row(name: string, outcome: Outcome): string[] {
  const { connecting, echoing, memory, dropping, left } = outcome;
  const ms = (time: number) => `${formatCount(time)} ms`;
  const kilobytes = `${(memory / 1024).toFixed(1)} KiB`;
  return [name, ms(connecting), ms(echoing), kilobytes, ms(dropping), String(left)];
}

/** How many descriptors a process may have. */
async function descriptorLimit(pid: number): Promise<number> {
  const limits = await Deno.readTextFile(`/proc/${pid}/limits`);
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 1024);
}

function countDescriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** How many descriptors a process has, once that no longer changes, and since when. */
async function settled(pid: number): Promise<{ descriptors: number; since: number }> {
  let descriptors = countDescriptors(pid);
  let since = performance.now();
  while (performance.now() - since < QUIET) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = countDescriptors(pid);
    if (now === descriptors) continue;
    descriptors = now;
    since = performance.now();
  }
  return { descriptors, since };
}

/** The memory a process has, the part that is in the machine's. */
async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}
