/** "Task Synchronization": the kid that asks, and the kid that nags. */
import { assertEquals } from "@std/assert";
import { Event, sleep, spawn, TaskTimeout, timeoutAfter } from "@curio/core";
import { countdown, LEAVING, PLAYING, playWithFriends, warnAndLeave } from "./people.ts";
import { printed } from "./printed.ts";

/** The parent who says yes after five seconds, or some. */
async function parent(kid: (start: Event) => Promise<void>, seconds = 5) {
  const start = new Event();
  const kidTask = spawn(kid, start);
  await sleep(seconds);

  console.log("Yes, go play");
  await start.set();
  await sleep(5);

  console.log("Let's go");
  const countTask = spawn(countdown, 10);
  await countTask.join();

  await warnAndLeave(kidTask);
}

Deno.test("The tutorial's kid asks, and waits for the answer", async () => {
  async function kid(start: Event) {
    console.log("Can I play?");
    await start.wait();

    await playWithFriends();
  }

  assertEquals(await printed(() => parent(kid)), [
    "Can I play?",
    "Yes, go play",
    ...PLAYING,
    ...LEAVING,
  ]);
});

Deno.test("The tutorial's kid nags once a second", async () => {
  async function kid(start: Event) {
    for (;;) {
      try {
        console.log("Can I play?");
        await timeoutAfter(1, () => start.wait());
        break;
      } catch (error) {
        if (!(error instanceof TaskTimeout)) throw error;
        console.log("Wha!?!");
      }
    }

    await playWithFriends();
  }

  // The older tutorial's transcript. There the kid's seconds take a little longer than the parent's five;
  // here, where all are exact, the kid would lose patience at the very moment that the answer comes.
  assertEquals(await printed(() => parent(kid, 4.9)), [
    ...Array.from({ length: 4 }, () => ["Can I play?", "Wha!?!"]).flat(),
    "Can I play?",
    "Yes, go play",
    ...PLAYING,
    ...LEAVING,
  ]);
});
