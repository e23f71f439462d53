// A countdown while you wait for your kid to put their shoes on.
import { run, sleep } from "@curio/core";

async function countdown(n: number) {
  while (n > 0) {
    console.log("T-minus", n);
    await sleep(1);
    n -= 1;
  }
}

await run(countdown, 10);
