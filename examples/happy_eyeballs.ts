// Connects to whichever address answers first. They are tried one after another, the next one as soon as
// one has failed, or has not answered for 0.3 s:
//   deno run --allow-net examples/happy_eyeballs.ts [port] [host]...
import { Event, ignoreAfter, isCancelled, openConnection, run, TaskGroup } from "@curio/core";
import { getaddrinfo, SOCK_STREAM, type Socket } from "@curio/core/socket";

async function openFirst(addresses: Deno.NetAddr[], delay = 0.3): Promise<Socket> {
  const errors: unknown[] = [];
  let first = null as Socket | null;

  async function attempt({ hostname, port }: Deno.NetAddr, failed: Event) {
    try {
      const sock = await openConnection(hostname, port);
      if (first === null) return first = sock;
      await sock.close();
    } catch (error) {
      if (isCancelled(error)) throw error;
      console.log(hostname, "failed:", (error as Error).message);
      errors.push(error);
      failed.set();
    }
  }

  // Waits for the first socket, and cancels whoever still tries.
  const group = new TaskGroup({ wait: "object" });
  group.spawn(async () => {
    for (const address of addresses) {
      const failed = new Event();
      group.spawn(attempt, address, failed);
      await ignoreAfter(delay, () => failed.wait());
    }
  });
  try {
    await group.join();
  } catch (error) {
    await first?.close();
    throw error;
  }
  return first ?? Promise.reject(new AggregateError(errors, "Nobody answered"));
}

async function main(port: number, hosts: string[]) {
  const found = (await Promise.all(hosts.map((host) => getaddrinfo(host, port)))).flat();
  const streams = found.filter((info) => info.type === SOCK_STREAM);
  await using sock = await openFirst(streams.map((info) => info.address));
  console.log("Connected to", sock.getpeername());
}

const [port = "80", ...hosts] = Deno.args;
await run(main, Number(port), hosts.length > 0 ? hosts : ["www.python.org"]);
