// The kid's numbers, and nobody else:  numbers.ts
import { run, runInProcess, runInThread } from "@curio/core";

function fib(n: number): number {
  return n <= 2 ? 1 : fib(n - 1) + fib(n - 2);
}

async function kid() {
  let total = 0;
  for (let n = 0; n < 20; n++) total += await runInProcess(fib, n);
  await runInThread((line: string) => console.log(line), `The total is ${total}`);
}

await run(kid);
