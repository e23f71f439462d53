// The kid who crunches numbers in a process, and rests in a thread:  crunch.ts [count] [rest]
// The arguments are how many Fibonacci numbers it adds up, and how long it rests after each, in seconds.
import {
  CancelledError,
  run,
  runInProcess,
  runInThread,
  SignalEvent,
  spawn,
  TaskGroup,
} from "@curio/core";
import { friend } from "../people.ts";

const [count = "50", rest = "1"] = Deno.args;

function fib(n: number): number {
  return n <= 2 ? 1 : fib(n - 1) + fib(n - 2);
}

/** Python's time.sleep(). */
function timeSleep(seconds: number) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

async function kid() {
  console.log("Building the Millenium Falcon in Minecraft");

  await new TaskGroup().run(async (f) => {
    f.spawn(friend, "Max");
    f.spawn(friend, "Lillian");
    f.spawn(friend, "Thomas");
    try {
      let total = 0;
      for (let n = 0; n < Number(count); n++) {
        total += await runInProcess(fib, n);
        // Rest a bit
        console.log("Resting");
        await runInThread(timeSleep, Number(rest));
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
  await goodbye.wait();
  console.log("Let's go");
  await kidTask.cancel();
  console.log("Leaving!");
}

await run(parent);
