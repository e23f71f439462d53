/** Those in the tutorial's story who stay the same while it is told in ever new versions. */
import {
  CancelledError,
  sleep,
  type Task,
  TaskGroup,
  TaskTimeout,
  timeoutAfter,
} from "@curio/core";

export async function countdown(n: number): Promise<void> {
  while (n > 0) {
    console.log("T-minus", n);
    await sleep(1);
    n -= 1;
  }
}

export async function friend(name: string): Promise<void> {
  console.log("Hi, my name is", name);
  console.log("Playing Minecraft");
  try {
    await sleep(1000);
  } catch (error) {
    if (error instanceof CancelledError) console.log(name, "going home");
    throw error;
  }
}

/** What the kid does with its friends. */
export async function playWithFriends(): Promise<void> {
  console.log("Building the Millenium Falcon in Minecraft");

  await new TaskGroup().run(async (f) => {
    f.spawn(friend, "Max");
    f.spawn(friend, "Lillian");
    f.spawn(friend, "Thomas");
    try {
      await sleep(1000);
    } catch (error) {
      if (error instanceof CancelledError) console.log("Fine. Saving my work.");
      throw error;
    }
  });
}

/** How the parent gets the kid to leave. */
export async function warnAndLeave(kidTask: Task): Promise<void> {
  console.log("We're leaving!");
  try {
    await timeoutAfter(10, () => kidTask.join());
  } catch (error) {
    if (!(error instanceof TaskTimeout)) throw error;
    console.log("I warned you!");
    await kidTask.cancel();
  }
  console.log("Leaving!");
}

/** What a countdown from ten prints. */
export const COUNTDOWN: readonly string[] = Array.from(
  { length: 10 },
  (_, i) => `T-minus ${10 - i}`,
);

/** What {@linkcode playWithFriends} prints before anybody comes. */
export const PLAYING: readonly string[] = [
  "Building the Millenium Falcon in Minecraft",
  "Hi, my name is Max",
  "Playing Minecraft",
  "Hi, my name is Lillian",
  "Playing Minecraft",
  "Hi, my name is Thomas",
  "Playing Minecraft",
];

/** What is printed once they are to leave. */
export const LEAVING: readonly string[] = [
  "Let's go",
  ...COUNTDOWN,
  "We're leaving!",
  "I warned you!",
  "Fine. Saving my work.",
  "Max going home",
  "Lillian going home",
  "Thomas going home",
  "Leaving!",
];
