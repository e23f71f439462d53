// A countdown under a monitor:  watched.ts
import { run, sleep } from "@curio/core";

async function countdown(n: number) {
  while (n > 0) {
    console.log("T-minus", n);
    await sleep(0.01);
    n -= 1;
  }
}

await run({ withMonitor: { port: 0 } }, countdown, 3);
