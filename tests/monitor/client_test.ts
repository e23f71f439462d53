/** How the client is called. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Child, type Ending } from "../helpers/child.ts";
import { CLIENT } from "./screen.ts";
import { monitored } from "./support.ts";

async function client(args: (string | number)[], input: string[] = []): Promise<Ending> {
  await using child = new Child(Deno.execPath(), {
    args: [...CLIENT, ...args.map(String)],
    env: { NO_COLOR: "1" },
    stdin: "piped",
  });
  for (const line of input) await child.type(line).catch(() => {});
  await child.endInput().catch(() => {});
  return await child.end();
}

Deno.test("The client says how it is called", async () => {
  const { code, lines } = await client(["--help"]);
  assertEquals([code, lines[0]], [
    0,
    "Usage: deno run --allow-net jsr:@curio/core/monitor [options]",
  ]);
});

Deno.test("The client says what is wrong with its arguments", async () => {
  for (const args of [["-p"], ["-p", "x"], ["-p", 0], ["--port=70000"], ["--what", 1]]) {
    const { code, errors } = await client(args);
    assertEquals(code, 2);
    assertStringIncludes(errors, "Usage: ");
  }
});

Deno.test("The client says that there is no monitor", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, errors } = await client(["-H", "127.0.0.1", "-p", port]);
  assertEquals(code, 1);
  assertMatch(errors, /^Cannot reach a monitor on 127\.0\.0\.1:\d+: is the program running/);
});

Deno.test("The client says that there is no such host", async () => {
  const { code, errors } = await client(["-H", "no host", "-p", 1]);
  assertEquals(code, 1);
  assertMatch(errors, /^Cannot reach a monitor on no host:1: .+\n$/);
});

Deno.test("The client does what its standard input says, and leaves at its end", () =>
  monitored(async (port) => {
    const { code, lines } = await client(["-p", port], ["ps", "nonsense"]);
    assertEquals(code, 0);
    assertMatch(lines[5], /^\d+ +PROMISE_WAIT .* main *$/);
    assertEquals(lines.slice(6), [
      "curio > Unknown command. Type help.",
      "curio > Leaving monitor",
    ]);
  }));

Deno.test("The client sends the token it is given", () =>
  monitored(async (port) => {
    const { lines } = await client(["--port", port, "--token=open sesame"], ["help"]);
    assertEquals(lines[3], "curio > Commands:");
    const wrong = await client(["--port", port, "-t", "x"]);
    assertEquals([wrong.code, wrong.errors], [
      1,
      "Cannot talk to the monitor because it has hung up: Wrong token.\n",
    ]);
  }, { token: "open sesame" }));

Deno.test("The client has the web view served, and prints its address", () =>
  monitored(async (port) => {
    const { code, lines } = await client(["-p", port, "--web"]);
    assertEquals([code, lines.length], [0, 1]);
    const url = /^Web view at (http:\/\/127\.0\.0\.1:\d+\/\?token=.+)$/.exec(lines[0])![1];
    const response = await fetch(url);
    assertMatch(await response.text(), /<title>/);
  }));
