/**
 * Measures everything, or the parts named on the command line: `kernel`, `echo`, `connections`, `memory`,
 * `workers`, `universal`, `monitor`, `startup`. See README.md for what the rows mean.
 */
import { measureConnections } from "./connections/measure.ts";
import { compareEchoServers } from "./echo/compare.ts";
import { compareKernels } from "./kernel/compare.ts";
import { measureMemory } from "./memory.ts";
import { compareUniversal } from "./universal/compare.ts";
import { compareWorkers } from "./workers/compare.ts";
import { compareMonitored } from "./monitor/compare.ts";
import { measureStartUp } from "./startup/measure.ts";

const parts: Record<string, () => Promise<void>> = {
  kernel: compareKernels,
  echo: compareEchoServers,
  connections: measureConnections,
  memory: measureMemory,
  workers: compareWorkers,
  universal: compareUniversal,
  monitor: compareMonitored,
  startup: measureStartUp,
};

const names = Deno.args.length > 0 ? Deno.args : Object.keys(parts);
const unknown = names.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(
    `Cannot measure "${unknown}": name some of ${Object.keys(parts).join(", ")}, or none for all`,
  );
  Deno.exit(2);
}

console.log(
  `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${Deno.build.os} ${Deno.build.arch}, ` +
    `${navigator.hardwareConcurrency} cores, load ${Deno.loadavg()[0].toFixed(1)}`,
);
for (const name of names) await parts[name]();
