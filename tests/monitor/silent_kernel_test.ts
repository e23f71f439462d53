/** A program whose kernel is kept by a task in a busy loop. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program } from "../helpers/program.ts";
import { Client, portOf, programWith } from "./support.ts";

/** Ten seconds. */
const HOG = programWith(
  `
  async function hog() {
    await curio.sleep(0.05);
    console.log("HOGGING");
    const end = performance.now() + 10_000;
    while (performance.now() < end);
    console.log("HOGGED");
  }
  async function kid() {
    await curio.sleep(1000);
  }
  `,
  `async () => {
    const task = curio.spawn(kid);
    const other = curio.spawn(hog);
    await other.join();
    await task.wait();
    console.log("kid cancelled: " + task.cancelled);
  }`,
);

/** Connects again until the banner tells that the kernel has been silent. */
async function connectToSilence(port: number): Promise<[Client, string]> {
  for (;;) {
    const [client, banner] = await Client.connect(port);
    if (banner.includes("Beware")) return [client, banner];
    await client[Symbol.asyncDispose]();
  }
}

Deno.test("Monitor answers while the kernel does not, and cancels when it does", async () => {
  await using program = new Program(HOG);
  const port = await portOf(program);
  await program.line("HOGGING");
  const [client, banner] = await connectToSilence(port);
  await using _ = client;
  assertMatch(
    banner,
    /^\nCurio Monitor: 3 tasks running\nBeware: the kernel has not breathed for \d+\.\d s: task \d+ 'hog' is running\.\nType help for commands\n$/,
  );
  const table = await client.ask("ps");
  assertMatch(table, /^\d+ +RUNNING +2 +None +None +hog *$/m);
  assertMatch(table, /^\(the kernel has not breathed for \d+\.\d s: task \d+ 'hog' is running\)$/m);
  const { tasks } = JSON.parse(await client.ask("json ps"));
  const [kid, hog] = ["kid", "hog"].map((name) =>
    tasks.find((task: { name: string }) => task.name === name).id
  );
  assertMatch(
    await client.ask(`where ${hog}`),
    /^No stack for Task\(id=\d+, name='hog', state='RUNNING'\): the kernel has not breathed for .* It last waited in sleep\(\)\.\n\n$/,
  );
  assertMatch(
    await client.ask(`cancel ${kid}`),
    /^Cancelling task \d+\nThe kernel has not breathed for .*: task \d+ 'hog' is running\. The cancellation waits for it\.\n$/,
  );
  assert(!program.text.includes("HOGGED"), "all of this came while the kernel was busy");
  const { code, lines } = await program.end();
  assertEquals([code, lines.at(-1)], [0, "kid cancelled: true"]);
});

Deno.test("Monitor names the task that went on after a foreign promise as the one that runs", async () => {
  await using program = new Program(programWith(
    `
    async function hog() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (;;);
    }
    `,
    `async () => await curio.spawn(hog).join()`,
  ));
  const [client] = await connectToSilence(await portOf(program));
  await using _ = client;
  assertMatch(await client.ask("ps"), /^\d+ +RUNNING +1 +None +None +hog *$/m);
});
