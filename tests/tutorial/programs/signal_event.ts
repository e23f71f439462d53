// The parent who waits for Control-C or SIGTERM with an event that stays:  signal_event.ts [seconds]
// The argument is how long a second of the story takes.
import {
  CancelledError,
  Event,
  run,
  SignalEvent,
  sleep,
  spawn,
  TaskGroup,
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
  await startEvt.wait();

  console.log("Building the Millenium Falcon in Minecraft");

  await new TaskGroup().run(async (f) => {
    f.spawn(friend, "Max");
    f.spawn(friend, "Lillian");
    f.spawn(friend, "Thomas");
    try {
      await sleep(1000 * second);
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
  startEvt.set();

  await goodbye.wait();

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

await run(parent);
