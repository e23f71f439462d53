import { Worker } from "node:worker_threads";
import { serve } from "./contestant.ts";

/** The baseline: a bare worker, a message there and one back, and a queue of who waits. */
const source = `
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", (message) => parentPort.postMessage(message));
`;
const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
const waiting: ((value: never) => void)[] = [];
worker.on("message", (value: unknown) => waiting.shift()!(value as never));

await serve({
  name: "bare postMessage",
  echo: (value) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(value);
    }),
});
Deno.exit();
