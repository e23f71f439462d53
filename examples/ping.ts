// A subprocess, watched line by line:  deno run --allow-run examples/ping.ts [command] [arguments]
import { run } from "@curio/core";
import { PIPE, Popen } from "@curio/core/subprocess";

const command = Deno.args.length > 0 ? Deno.args : ["ping", "-c", "3", "localhost"];

async function main() {
  const p = new Popen(command, { stdout: PIPE });
  const decoder = new TextDecoder("ascii");
  for await (const line of p.stdout) console.log("Got:", decoder.decode(line).trimEnd());
}

await run(main);
