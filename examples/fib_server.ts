// A server that tells Fibonacci numbers, and crunches them in other processes: however long one takes,
// the other clients are served meanwhile.
//
//   deno run --allow-net --allow-run=deno examples/fib_server.ts [host] [port]
//
// Type a number at `nc localhost 25000`. Without --allow-run the numbers are crunched in threads.
import { run, runInProcess, type Socket, tcpServer } from "@curio/core";

const [host = "localhost", port = "25000"] = Deno.args;

function fib(n: number): number {
  return n <= 2 ? 1 : fib(n - 1) + fib(n - 2);
}

async function fibClient(client: Socket) {
  await using stream = client.asStream({ encoding: "utf-8" });
  for await (const line of stream) {
    const n = Number(line);
    const answer = Number.isInteger(n) && n > 0 ? await runInProcess(fib, n) : "a number, please";
    await stream.write(`${answer}\n`);
  }
}

await run(tcpServer, host, Number(port), fibClient, {
  onListen: ({ hostname, port }) => console.log(`Fibonacci at ${hostname}:${port}`),
});
