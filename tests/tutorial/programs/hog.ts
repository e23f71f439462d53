// The kid who crunches numbers in the kernel, and lets nobody else do anything:  hog.ts [count]
import { run, SignalEvent, spawn } from "@curio/core";

const count = Number(Deno.args[0] ?? 50);

function fib(n: number): number {
  return n <= 2 ? 1 : fib(n - 1) + fib(n - 2);
}

// deno-lint-ignore require-await -- that is the mistake
async function kid() {
  console.log("Building the Millenium Falcon in Minecraft");
  let total = 0;
  for (let n = 0; n < count; n++) total += fib(n);
  console.log("The total is", total);
}

async function parent() {
  const goodbye = new SignalEvent("SIGTERM");
  const kidTask = spawn(kid);
  await goodbye.wait();
  console.log("Let's go");
  await kidTask.cancel();
  console.log("Leaving!");
}

await run(parent);
