/** The client on a terminal: what is more than `nc` offers. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Child } from "../helpers/child.ts";
import { clientOnTerminal, ignore, seen, shows } from "./screen.ts";
import { monitored } from "./support.ts";

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const UP = "\x1b[A";

/** Plays a session in a terminal on a program whose one task is `main`. */
function terminalTest(name: string, session: (client: Child) => Promise<void>): void {
  Deno.test(name, { ignore: ignore("script") }, () =>
    monitored(async (port) => {
      await using client = clientOnTerminal(port);
      await shows(client, /curio > $/);
      await session(client);
    }));
}

terminalTest("The client completes commands and task ids", async (client) => {
  await client.press("par\t");
  await shows(client, /curio > parents$/);
  await client.press(" \t");
  const [, id] = await shows(client, /curio > parents (\d+)$/);
  await client.press("\n");
  await shows(client, new RegExp(`\n${id} +PROMISE_WAIT main\ncurio > $`));
});

terminalTest("The client lets a line be edited, and remembers it", async (client) => {
  await client.press("tre\x7f\x7f\x7fhelx\x7fp\n");
  await shows(client, /Commands:\n[^]*curio > $/);
  await client.press(UP);
  await shows(client, /curio > help$/);
  await client.press("\n");
  await shows(client, /Commands:\n[^]*Commands:\n[^]*curio > $/);
});

terminalTest("The client keeps what is typed while it waits for a reply", async (client) => {
  // This one takes its time.
  await client.press("json top\nparents 0");
  await shows(client, /"tasks":\[.*\]\}\ncurio > parents 0$/);
  await client.press("\x7f9\n");
  await shows(client, /\nNo task 9\ncurio > $/);
});

terminalTest("The client shows top in one place, until a key is pressed", async (client) => {
  await client.press("top\n");
  await shows(client, /1 tasks, .*\n1 PROMISE_WAIT\n[^]*Press a key to stop\.\n$/);
  await client.press("x");
  await shows(client, /curio > $/);
  // The key has stopped the view, and was no beginning of a command.
  await client.press("parents 0\n");
  await shows(client, /No task 0\ncurio > $/);
});

terminalTest("The client leaves on Ctrl-D", async (client) => {
  await client.press(CTRL_D);
  const { code } = await client.end();
  assertEquals(code, 0);
  assertMatch(seen(client), /curio > \n?Leaving monitor\n$/);
});

terminalTest("The client leaves on Ctrl-C", async (client) => {
  await client.press(CTRL_C);
  const { code } = await client.end();
  assertEquals(code, 0);
  assertMatch(seen(client), /Leaving monitor\n$/);
});

terminalTest("The client leaves on quit", async (client) => {
  await client.press("quit\n");
  assertEquals((await client.end()).code, 0);
});
