// The kid has homework: numbers to crunch, in another process, so that everybody else can go on. Press
// Control-C to have the parent call them home, even in the middle of a calculation.
//
//   deno run --allow-run=deno examples/fib.ts [seconds] [count]
//
// The arguments are how long a second of the story takes (1 unless given), and how many Fibonacci
// numbers the kid adds up (50 unless given, which takes all evening). Without --allow-run the numbers
// are crunched in a thread of this process.
import {
  CancelledError,
  Event,
  run,
  runInProcess,
  SignalEvent,
  sleep,
  spawn,
  TaskGroup,
  TaskTimeout,
  timeoutAfter,
} from "@curio/core";

const second = Number(Deno.args[0] ?? 1);
const count = Number(Deno.args[1] ?? 50);
const start = new Event();

function fib(n: number): number {
  return n <= 2 ? 1 : fib(n - 1) + fib(n - 2);
}

async function friend(name: string) {
  console.log("Hi, my name is", name);
  console.log("Playing Minecraft");
  try {
    await sleep(1000 * second);
  } catch (error) {
    if (error instanceof CancelledError) console.log(name, "going home");
    throw error;
  }
}

async function kid() {
  for (;;) {
    try {
      console.log("Can I play?");
      await timeoutAfter(1 * second, () => start.wait());
      break;
    } catch (error) {
      if (!(error instanceof TaskTimeout)) throw error;
      console.log("Wha!?!");
    }
  }

  console.log("Building the Millenium Falcon in Minecraft");

  await new TaskGroup().run(async (group) => {
    group.spawn(friend, "Max");
    group.spawn(friend, "Lillian");
    group.spawn(friend, "Thomas");
    try {
      let total = 0;
      for (let n = 0; n < count; n++) {
        total += await runInProcess(fib, n);
      }
      console.log("The total is", total);
    } catch (error) {
      if (error instanceof CancelledError) console.log("Fine. Saving my work.");
      throw error;
    }
  });
}

async function parent() {
  const goodbye = new SignalEvent("SIGINT", "SIGTERM");

  const kidTask = spawn(kid);
  await sleep(5 * second);

  console.log("Yes, go play");
  start.set();

  await goodbye.wait();
  goodbye.close(); // From here on Control-C interrupts the program.

  console.log("Let's go");
  await kidTask.cancel();
  console.log("Leaving!");
}

await run(parent);
