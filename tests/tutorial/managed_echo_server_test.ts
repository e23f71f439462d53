/** "A Managed Echo Server", as the older tutorial has it. examples/echo_managed.ts is the newer one's. */
import { assertEquals } from "@std/assert";
import { Client } from "../examples/client.ts";
import { KeptPort } from "../examples/kept_port.ts";
import { listenerOn, until } from "../examples/proc.ts";
import { TutorialProgram } from "./program.ts";

Deno.test({
  name: "The older tutorial's SIGHUP says goodbye to every client, and starts the server again",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using kept = await KeptPort.pick();
    const { port } = kept;
    await using server = new TutorialProgram("managed_echo.ts", {
      args: ["", String(port)],
      permissions: ["--allow-net"],
    });
    let former: string | null = null;
    for (const round of [1, 2]) {
      let listener: string | null = null;
      await server.line("Starting the server", round);
      const starts = async () => {
        listener = await listenerOn(port);
        return listener !== null && listener !== former;
      };
      await until(starts, () => `The server does not listen:\n${server.text}\n${server.errors}`);
      former = listener;

      using one = await Client.connect(port);
      using two = await Client.connect(port);
      for (const client of [one, two]) {
        await client.send("hello\n");
        await client.shows("hello\n");
      }
      server.kill("SIGHUP");
      for (const client of [one, two]) {
        assertEquals(await client.end(), "hello\nServer going down\n");
      }
    }
    await server.line("Starting the server", 3);
    server.kill("SIGINT");
    const { code, lines, errors } = await server.end();
    assertEquals(errors, "KeyboardInterrupt: task 1 'main' interrupted by Ctrl-C\n");
    assertEquals(code, 130);
    const round = ["Starting the server", "Connection from", "Connection from"];
    assertEquals(lines.map((line) => line.replace(/ \{.*\}$/, "")), [
      ...round,
      "Server shutting down",
      ...round,
      "Server shutting down",
      "Starting the server",
    ]);
  },
});
