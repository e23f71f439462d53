/** Signals sent from the monitor, with the permission to send real ones and without. */
import { assertEquals, assertMatch } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { Client, loggedPort, NET_ONLY, runArguments } from "./support.ts";

const MODULE = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);

const SOURCE = `import { run, SignalQueue } from ${MODULE};
await run({ withMonitor: { port: 0 } }, async () => {
  using queue = new SignalQueue("SIGHUP");
  console.log("READY");
  console.log("got", await queue.get());
});`;

for (const permissions of [NET_ONLY, [...NET_ONLY, "--allow-run"]]) {
  Deno.test(`Monitor.signal wakes who listens for it, with ${permissions.join(" ")}`, async () => {
    const url = new URL(`data:application/typescript,${encodeURIComponent(SOURCE)}`);
    await using program = new Child(Deno.execPath(), { args: runArguments(permissions, url) });
    await program.line("READY");
    const [client] = await Client.connect(await loggedPort(program));
    await using _ = client;
    assertEquals(await client.ask("signal SIGFOO"), "Unknown signal SIGFOO\n");
    assertEquals(await client.ask("signal constructor"), "Unknown signal constructor\n");
    if (permissions === NET_ONLY) {
      assertEquals(
        await client.ask("signal SIGUSR1"),
        "Cannot send SIGUSR1 because nothing in the program listens for it: a real signal needs --allow-run\n",
      );
    }
    await client.send("signal SIGHUP\n");
    assertMatch(await client.rest(), /^(?:curio > )?$/);
    const { code, lines } = await program.end();
    assertEquals([code, lines.at(-1)], [0, "got SIGHUP"]);
  });
}
