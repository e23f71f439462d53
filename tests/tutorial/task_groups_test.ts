/** "Task Groups": the kid's friends. */
import { assertEquals } from "@std/assert";
import { sleep, spawn } from "@curio/core";
import { countdown, LEAVING, PLAYING, playWithFriends, warnAndLeave } from "./people.ts";
import { printed } from "./printed.ts";

Deno.test("The tutorial's kid goes home with all of its friends", async () => {
  async function parent() {
    const kidTask = spawn(playWithFriends);
    await sleep(5);

    console.log("Let's go");
    const countTask = spawn(countdown, 10);
    await countTask.join();

    await warnAndLeave(kidTask);
  }

  assertEquals(await printed(parent), [...PLAYING, ...LEAVING]);
});
