// A parent, a kid and three friends: tasks, groups, timeouts, events and signals. Once they play,
// press Control-C to have the parent call them home, and again to have everybody leave at once.
//
//   deno run examples/kid.ts [seconds]
//
// The argument is how long a second of the story takes: 1 unless given, 0.01 to hurry.
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
const start = new Event();

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
  start.set();

  await goodbye.wait();
  goodbye.close(); // From here on Control-C interrupts the program.

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
