// The older tutorial's parent, who waits for SIGHUP, under a monitor:  signal_set.ts [seconds]
// The argument is how long a second of the story takes.
import {
  CancelledError,
  Event,
  run,
  SignalSet,
  sleep,
  spawn,
  TaskTimeout,
  timeoutAfter,
} from "@curio/core";

const second = Number(Deno.args[0] ?? 1);
const startEvt = new Event();

async function countdown(n: number) {
  while (n > 0) {
    console.log("T-minus", n);
    await sleep(1 * second);
    n -= 1;
  }
}

async function kid() {
  for (;;) {
    try {
      console.log("Can I play?");
      await timeoutAfter(1 * second, () => startEvt.wait());
      break;
    } catch (error) {
      if (!(error instanceof TaskTimeout)) throw error;
      console.log("Wha!?!");
    }
  }
  try {
    console.log("Building the Millenium Falcon in Minecraft");
    await sleep(1000);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    console.log("Fine. Saving my work.");
  }
}

async function parent() {
  console.log("Parent PID", Deno.pid);
  const kidTask = spawn(kid);
  await sleep(4.5 * second);

  console.log("Yes, go play");
  startEvt.set();

  await new SignalSet("SIGHUP").wait();

  console.log("Let's go");
  const countTask = spawn(countdown, 10);
  await countTask.join();
  console.log("We're leaving!");
  try {
    await timeoutAfter(10 * second, () => kidTask.join());
  } catch (error) {
    if (!(error instanceof TaskTimeout)) throw error;
    console.log("I warned you!");
    await kidTask.cancel();
  }
  console.log("Leaving!");
}

await run({ withMonitor: { port: 0 } }, parent);
