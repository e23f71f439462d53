/** What a client, a web page or a stranger must not be able to do. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { deadline } from "@std/async";
import { once } from "node:events";
import { connect } from "node:net";
import { sleep, spawn } from "../../mod.ts";
import { MAX_LINE } from "../../monitor/line_reader.ts";
import { Client, monitored } from "./support.ts";

Deno.test("Monitor hangs up on HTTP, and obeys nothing after it", () =>
  monitored(async (port) => {
    const kid = spawn(sleep, 1000);
    for (const request of ["GET / HTTP/1.1", "POST /x HTTP/1.0", `cancel / HTTP/1.1`]) {
      const [client] = await Client.connect(port);
      await using _ = client;
      await client.send(`${request}\r\nHost: localhost\r\n\r\ncancel ${kid.id}\n`);
      assertEquals(await client.rest(), "This is no web server.\n");
    }
    assertEquals(kid.cancelled, false);
    await kid.cancel();
  }));

Deno.test("Monitor hangs up on TLS, whatever lines are in it", () =>
  monitored(async (port) => {
    const kid = spawn(sleep, 1000);
    const [client] = await Client.connect(port);
    await using _ = client;
    await client.send(`\x16\x03\x01\x02\x00\x01\ncancel ${kid.id}\n`);
    assertEquals(await client.rest(), "This is no web server.\n");
    assertEquals(kid.cancelled, false);
    await kid.cancel();
  }));

Deno.test("Monitor hangs up on fetch()", () =>
  monitored(async (port) => {
    const kid = spawn(sleep, 1000);
    const body = `cancel ${kid.id}\n`;
    await assertRejects(() => fetch(`http://127.0.0.1:${port}/`, { method: "POST", body }));
    assertEquals(kid.cancelled, false);
    await kid.cancel();
  }));

Deno.test("Monitor hangs up on a line that does not end", () =>
  monitored(async (port) => {
    const [client] = await Client.connect(port);
    await using _ = client;
    await client.send("x".repeat(MAX_LINE + 1));
    assertEquals(await client.rest(), `Bad command. A line may have ${MAX_LINE} bytes.\n`);
  }));

Deno.test("Monitor with a token says nothing before it has heard it", () =>
  monitored(async (port) => {
    const client = await Client.open(port);
    await using _ = client;
    await client.send("open sesame\n");
    assertMatch(await client.reply(), /^\nCurio Monitor: 1 tasks running\n/);
    assertMatch(await client.ask("ps"), /main/);
  }, { token: "open sesame" }));

Deno.test("Monitor with a token hangs up on any other first line", () =>
  monitored(async (port) => {
    for (const guess of ["", "open", "open sesame!", "OPEN SESAME", "ps", "GET / HTTP/1.1"]) {
      const client = await Client.open(port);
      await using _ = client;
      await client.send(`${guess}\nopen sesame\nps\n`);
      assertEquals(await client.rest(), "Wrong token.\n");
    }
  }, { token: "open sesame" }));

Deno.test("Monitor shows names that would work on a terminal by their codes", () =>
  monitored(async (port) => {
    const kid = spawn({ name: "\x1b[2J\ncurio > \u202eevil\x07" }, sleep, 1000);
    const [client] = await Client.connect(port);
    await using _ = client;
    const shown = String.raw`\x1b[2J\x0acurio > \u202eevil\x07`;
    await client.send(`ps\ntree\nquit\n`);
    const replies = await client.rest();
    assertEquals(replies.split(shown).length - 1, 2);
    await kid.cancel();
  }));

Deno.test("Monitor drops the client that has been there longest when there are too many", () =>
  monitored(async (port) => {
    const clients: Client[] = [];
    await using stack = new AsyncDisposableStack();
    for (let n = 0; n < 65; n++) {
      const [client] = await Client.connect(port);
      clients.push(stack.use(client));
    }
    assertEquals(await clients[0].rest(), "");
    assertMatch(await clients[1].ask("help"), /^Commands:/);
    assertMatch(await clients[64].ask("help"), /^Commands:/);
  }));

Deno.test("Monitor is not held up by clients that hang up before they are heard", () =>
  monitored(async (port) => {
    for (let n = 0; n < 200; n++) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.resetAndDestroy();
      await once(socket, "close");
    }
    const [client] = await deadline(Client.connect(port), 10_000);
    await using _ = client;
    assertMatch(await client.ask("ps"), /main/);
  }));

Deno.test("Monitor is not held up by a client that does not read", () =>
  monitored(async (port) => {
    const [lazy] = await Client.connect(port);
    await using _lazy = lazy;
    // More than the system's buffers take; the monitor reads no further while it cannot reply.
    const sending = lazy.send("help\n".repeat(20_000)).catch(() => {});
    const [keen] = await Client.connect(port);
    await using _keen = keen;
    for (let n = 0; n < 10; n++) assertMatch(await keen.ask("ps"), /main/);
    await lazy[Symbol.asyncDispose]();
    await sending;
  }));
