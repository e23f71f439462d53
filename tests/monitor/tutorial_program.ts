/** The tutorial's hello.py, in a hurry, with a monitor on any port. */
import { run, sleep, spawn } from "../../mod.ts";

async function countdown(n: number): Promise<void> {
  for (; n > 0; n--) {
    console.log("T-minus", n);
    await sleep(0.01);
  }
}

async function kid(): Promise<void> {
  console.log("Building the Millenium Falcon in Minecraft");
  await sleep(1000);
}

async function parent(): Promise<void> {
  const kidTask = spawn(kid);
  await sleep(0.01);
  console.log("Let's go");
  const countTask = spawn(countdown, 3);
  await countTask.join();
  console.log("We're leaving!");
  await kidTask.join();
  console.log("Leaving");
}

await run({ withMonitor: { port: 0 } }, parent);
