import { Child, pythonVersion } from "../child.ts";
import { formatCount, formatRatio, printTable } from "../table.ts";

const CONNECTIONS = [1, 100, 1000];
const ROUNDS = 4;
/** How long a server is measured in a round; all rounds together last 2 s. */
const ROUND_SECONDS = 0.5;
const WARM_UP_SECONDS = 0.3;

interface Entry {
  readonly name: string;
  readonly server: Child;
  readonly port: string;
  readonly cells: Cell[];
}

/** What one server did with one number of connections. */
interface Cell {
  /** Messages a second, in its best round. */
  rate: number;
  /** Messages in all rounds. */
  messages: number;
  /** Seconds of processor time the server took for them. */
  seconds: number;
}

/** Measures our echo servers beside a bare loop and asyncio's. */
export async function compareEchoServers(): Promise<void> {
  const python = await pythonVersion();
  const files: [name: string, file: string][] = [
    ["Deno.listen loop", "deno_listen.ts"],
    ["@curio/core sockets", "curio_socket.ts"],
    ["@curio/core streams", "curio_stream.ts"],
  ];
  if (python !== null) files.push([`asyncio ${python} streams`, "asyncio_streams.py"]);

  await using children = new AsyncDisposableStack();
  const load = children.use(Child.start("echo/load.ts"));
  const entries: Entry[] = [];
  for (const [name, file] of files) {
    const server = children.use(Child.start(`echo/${file}`));
    const port = await server.read();
    const cells = CONNECTIONS.map(() => ({ rate: 0, messages: 0, seconds: 0 }));
    entries.push({ name, server, port, cells });
  }
  // Connects every client too, which is not to be measured.
  for (const entry of entries) {
    for (const connections of CONNECTIONS) await play(load, entry, connections, WARM_UP_SECONDS);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [column, connections] of CONNECTIONS.entries()) {
      for (const entry of entries) {
        const { messages, seconds } = await play(load, entry, connections, ROUND_SECONDS);
        const cell = entry.cells[column];
        cell.rate = Math.max(cell.rate, messages / ROUND_SECONDS);
        cell.messages += messages;
        cell.seconds += seconds;
      }
    }
  }
  report(entries);
  if (python === null) console.log("  asyncio: skipped, for want of python3 3.11 or later");
}

async function play(
  load: Child,
  { server, port }: Entry,
  connections: number,
  duration: number,
): Promise<{ messages: number; seconds: number }> {
  const start = await processorSeconds(server.pid);
  const messages = Number(await load.ask(`${port} ${connections} ${duration}`));
  const seconds = await processorSeconds(server.pid) - start;
  return { messages, seconds };
}

/** The processor time a process has taken, in all its threads; NaN where Linux does not tell. */
async function processorSeconds(pid: number): Promise<number> {
  if (Deno.build.os !== "linux") return NaN;
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, in ticks of 10 ms
}

function report(entries: readonly Entry[]): void {
  const [bare] = entries;
  const header = ["", ...CONNECTIONS.map((count) => `${formatCount(count)} conn.`)];

  console.log(
    `\nEcho: messages of 1000 bytes per second, best of ${ROUNDS} rounds; × is over the bare loop\n`,
  );
  printTable([
    header,
    ...entries.map(({ name, cells }) => [
      name,
      ...cells.map(({ rate }, column) =>
        `${formatCount(rate)} ${formatRatio(rate / bare.cells[column].rate)}`
      ),
    ]),
  ]);

  if (Deno.build.os !== "linux") return;
  console.log("\nEcho: the server's processor time per message; × is over the bare loop\n");
  const cost = ({ seconds, messages }: Cell) => seconds * 1e6 / messages;
  printTable([
    header,
    ...entries.map(({ name, cells }) => [
      name,
      ...cells.map((cell, column) =>
        `${cost(cell).toFixed(1)} µs ${formatRatio(cost(cell) / cost(bare.cells[column]))}`
      ),
    ]),
  ]);
}
