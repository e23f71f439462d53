import { assertEquals, assertMatch } from "@std/assert";
import { Client } from "./client.ts";
import { canServe, Server } from "./server.ts";
import { hasNc, hasTelnet, Terminal } from "./terminal.ts";

// What it shares with the other echo servers is in echo_test.ts.

const GOODBYE = "SERVER IS GOING AWAY!\n";

Deno.test({
  name: "echo_managed.ts: SIGHUP says goodbye to nc and telnet, drops them, and starts again",
  ignore: !canServe || !hasNc || !hasTelnet,
  async fn() {
    await using server = await Server.start("echo_managed.ts");
    for (const round of ["one", "two"]) {
      await using nc = Terminal.nc(server.port);
      await using telnet = Terminal.telnet(server.port);
      for (const terminal of [nc, telnet]) {
        await terminal.type(round);
        await terminal.shows(`${round}\n`);
      }
      await server.restart();
      assertEquals((await nc.dropped()).code, 0);
      assertEquals(nc.text, `${round}\n${GOODBYE}`);
      await telnet.end();
      assertMatch(telnet.text, new RegExp(`^${round}\n${GOODBYE}`, "m"));
      assertMatch(telnet.errors, /Connection closed by foreign host/);
    }
    assertEquals(server.errors, "");
  },
});

Deno.test({
  name: "echo_managed.ts: SIGHUP reaches a client in the middle of a line",
  ignore: !canServe,
  async fn() {
    await using server = await Server.start("echo_managed.ts");
    using client = await Client.connect(server.port);
    await client.send("whole\nhalf");
    await client.shows("whole\n");
    await server.restart();
    assertEquals(await client.end(), `whole\n${GOODBYE}`);
  },
});

Deno.test({
  name: "echo_managed.ts: tells of its starts and ends",
  ignore: !canServe,
  async fn() {
    await using server = await Server.start("echo_managed.ts");
    await server.restart();
    await server.restart();
    server.kill("SIGINT");
    const { code, lines } = await server.end();
    const [start, end] = ["Starting the server", "Server shutting down"];
    assertEquals(lines, [start, end, start, end, start]);
    assertEquals(code, 130);
  },
});
