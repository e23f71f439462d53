// A program watched line by line: ping, or any other.
//   deno run --allow-run examples/ping.ts [command] [arguments]
import { run } from "@curio/core";
import { PIPE, Popen } from "@curio/core/subprocess";

async function main(command: string[]) {
  await using p = new Popen(command, { stdout: PIPE });
  const decoder = new TextDecoder();
  for await (const line of p.stdout) console.log("Got:", decoder.decode(line).trimEnd());
}

await run(main, Deno.args.length > 0 ? Deno.args : ["ping", "-c", "3", "localhost"]);
