import { assertEquals, assertMatch } from "@std/assert";
import { Client } from "./client.ts";
import { canServe, Server } from "./server.ts";
import { hasNc, Terminal } from "./terminal.ts";

// What is true of every echo server, whatever it is made of.

const CLOSED = "Connection closed";
const FILES = [
  "echo_socket.ts",
  "echo_server.ts",
  "echo_stream.ts",
  "echo_lines.ts",
  "echo_managed.ts",
  "blocking_echo.ts",
];

/** Sends `bytes`, no more, and gives all that comes back. */
async function echoOf(port: number, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  using conn = await Deno.connect({ hostname: "localhost", port });
  const sending = (async () => {
    for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    await conn.closeWrite();
  })();
  const echo = new Uint8Array(bytes.length + 1);
  let received = 0;
  for (let count; (count = await conn.read(echo.subarray(received))) !== null;) received += count;
  await sending;
  return echo.subarray(0, received);
}

/** Like `assertEquals`, in an instant and without printing a megabyte. */
function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  const first = expected.findIndex((byte, i) => byte !== actual[i]);
  assertEquals([actual.length, first], [expected.length, -1]);
}

for (const file of FILES) {
  Deno.test({
    name: `${file}: gives several nc at once what each has typed`,
    ignore: !canServe || !hasNc,
    async fn() {
      await using server = await Server.start(file);
      await using one = Terminal.nc(server.port);
      await using two = Terminal.nc(server.port);
      await using three = Terminal.nc(server.port);
      for (const round of [1, 2]) {
        await three.type(`three ${round}`);
        await one.type(`one ${round}`);
        await two.type(`two ${round}`);
        for (const nc of [one, two, three]) await nc.shows(` ${round}\n`);
      }
      assertEquals([one, two, three].map((nc) => nc.text), [
        "one 1\none 2\n",
        "two 1\ntwo 2\n",
        "three 1\nthree 2\n",
      ]);
      assertEquals(server.lines.filter((line) => line.startsWith("Connection from")).length, 3);
    },
  });

  Deno.test({
    name: `${file}: notes whom each connection is from, and when it is closed`,
    ignore: !canServe || !hasNc,
    async fn() {
      await using server = await Server.start(file);
      await using stays = Terminal.nc(server.port);
      await stays.type("here");
      await stays.shows("here\n");
      for (const round of [1, 2]) {
        await using leaves = Terminal.nc(server.port);
        await leaves.type("there");
        await leaves.shows("there\n");
        leaves.kill("SIGINT");
        await server.line(CLOSED, round);
      }
      const log = server.lines.filter((line) => /^Connection/.test(line));
      assertEquals(log.length, 5);
      for (const n of [0, 1, 3]) {
        assertMatch(log[n]!, /^Connection from \{.* hostname: "(127\.0\.0\.1|::1)", port: \d+ \}$/);
      }
      assertEquals([log[2], log[4]], [CLOSED, CLOSED]);
    },
  });

  Deno.test({
    name: `${file}: gives back a line of a megabyte`,
    ignore: !canServe,
    async fn() {
      await using server = await Server.start(file);
      const line = new Uint8Array(1_000_001).map((_, i) => 97 + i % 26);
      line[1_000_000] = 10;
      assertSameBytes(await echoOf(server.port, line), line);
    },
  });

  Deno.test({
    name: `${file}: gives back any bytes, a last line without its end among them`,
    ignore: !canServe,
    async fn() {
      await using server = await Server.start(file);
      const bytes = new Uint8Array(100_000).map((_, i) => (i * 7 + (i >> 8)) % 256);
      bytes[bytes.length - 1] = 255; // no newline, and no UTF-8
      assertSameBytes(await echoOf(server.port, bytes), bytes);
      await server.line(CLOSED);
      assertEquals(server.errors, "");
    },
  });

  Deno.test({
    name: `${file}: Control-C ends it with status 130, and its connections`,
    ignore: !canServe,
    async fn() {
      await using server = await Server.start(file);
      using client = await Client.connect(server.port);
      await client.send("hello\n");
      await client.shows("hello\n");
      server.kill("SIGINT");
      const { code, errors } = await server.end();
      assertMatch(errors, /^KeyboardInterrupt: task 1 '\w+' interrupted by Ctrl-C\n$/);
      assertEquals(code, 130);
      assertMatch(await client.end(), /^hello\n(SERVER IS GOING AWAY!\n)?$/);
    },
  });
}
