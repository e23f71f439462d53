import { assertEquals, assertMatch } from "@std/assert";
import type { Child } from "../helpers/child.ts";
import { Client } from "./client.ts";
import { canServe, Server } from "./server.ts";
import { hasNc, hasTelnet, Terminal } from "./terminal.ts";

const PROMPT = "Your name: ";
// telnet ends the lines that it sends with CRLF, and shows none.
const GOODBYE = "SERVER IS GOING AWAY!\n";

/** Answers the prompt, and says something, which comes back: who has joined hears everybody. */
async function join(terminal: Terminal, name: string): Promise<void> {
  await terminal.shows(PROMPT);
  await terminal.type(name);
  await terminal.type("hi");
  await terminal.shows(":hi\n");
}

/** Types a line, and waits until all have it. */
async function say(from: Terminal, name: string, text: string, all: Terminal[]): Promise<void> {
  await from.type(text);
  for (const terminal of all) await terminal.shows(new RegExp(`^${name}:${text}\r?\n`, "m"));
}

/** What came after the prompt; telnet has its own words before. */
function chat({ text }: Child): string {
  return text.slice(text.indexOf(PROMPT) + PROMPT.length);
}

Deno.test({
  name: "chat.ts: two nc and a telnet give their names, and each hears everybody",
  ignore: !canServe || !hasNc || !hasTelnet,
  async fn() {
    await using server = await Server.start("chat.ts");
    await using max = Terminal.nc(server.port);
    await join(max, "Max");
    await using lillian = Terminal.telnet(server.port);
    await join(lillian, "Lillian");
    await using thomas = Terminal.nc(server.port);
    await join(thomas, "Thomas");
    const all = [max, lillian, thomas];
    await say(max, "Max", "one", all);
    await say(lillian, "Lillian", "two", all);
    await say(thomas, "Thomas", "three", all);
    const talk = "Max:one\nLillian:two\r\nThomas:three\n";
    assertEquals(chat(thomas), `Thomas:hi\n${talk}`);
    assertEquals(
      chat(lillian),
      `Lillian:hi\nThomas:joined\nThomas:hi\n${talk.replace("\r", "")}`,
    );
    assertEquals(
      chat(max),
      `Max:hi\nLillian:joined\nLillian:hi\r\nThomas:joined\nThomas:hi\n${talk}`,
    );
    assertEquals([max.text.startsWith(PROMPT), server.errors], [true, ""]);
  },
});

Deno.test({
  name: "chat.ts: a name is trimmed, also of the CRLF that a client may end its lines with",
  ignore: !canServe || !hasNc,
  async fn() {
    await using server = await Server.start("chat.ts");
    await using max = Terminal.nc(server.port);
    await join(max, "  Max\t");
    await using crlf = Terminal.nc(server.port, "-C");
    await crlf.shows(PROMPT);
    await crlf.type("Lillian Gish");
    await crlf.type("hi");
    await max.shows(":hi\r\n");
    assertEquals(chat(max), "Max:hi\nLillian Gish:joined\nLillian Gish:hi\r\n");
  },
});

Deno.test({
  name: "chat.ts: names and messages in any script",
  ignore: !canServe || !hasNc,
  async fn() {
    await using server = await Server.start("chat.ts");
    await using max = Terminal.nc(server.port);
    await join(max, "Макс");
    await using lillian = Terminal.nc(server.port);
    await join(lillian, "莉莉安 🎈");
    await say(lillian, "莉莉安 🎈", "你好", [max]);
    assertEquals(chat(max), "Макс:hi\n莉莉安 🎈:joined\n莉莉安 🎈:hi\n莉莉安 🎈:你好\n");
  },
});

for (
  const [how, leave] of Object.entries({
    "nc is left by Control-C": (nc: Terminal) => nc.kill("SIGINT"),
    "telnet is left by Control-D": (telnet: Terminal) => telnet.endInput(),
  })
) {
  const telnet = how.startsWith("telnet");
  const end = telnet ? "\r\n" : "\n";
  Deno.test({
    name: `chat.ts: the others hear who has gone away, when ${how}`,
    ignore: !canServe || !hasNc || (telnet && !hasTelnet),
    async fn() {
      await using server = await Server.start("chat.ts");
      await using max = Terminal.nc(server.port);
      await join(max, "Max");
      await using lillian = telnet ? Terminal.telnet(server.port) : Terminal.nc(server.port);
      await join(lillian, "Lillian");
      await leave(lillian);
      await max.line("Lillian:has gone away");
      await say(max, "Max", "alone", [max]);
      assertEquals(
        chat(max),
        `Max:hi\nLillian:joined\nLillian:hi${end}Lillian:has gone away\nMax:alone\n`,
      );
      await server.line("Connection closed");
      assertEquals(server.errors, "");
    },
  });
}

Deno.test({
  name: "chat.ts: who leaves without giving a name disturbs nobody",
  ignore: !canServe || !hasNc,
  async fn() {
    await using server = await Server.start("chat.ts");
    await using max = Terminal.nc(server.port);
    await join(max, "Max");
    await using nobody = Terminal.nc(server.port);
    await nobody.shows(PROMPT);
    nobody.kill("SIGINT");
    await server.line("Connection closed");
    await say(max, "Max", "still here", [max]);
    assertEquals(chat(max), "Max:hi\n:joined\n:has gone away\nMax:still here\n");
    assertEquals(server.errors, "");
  },
});

Deno.test({
  name: "chat.ts: SIGHUP says goodbye to everybody, drops them, and they can come back",
  ignore: !canServe || !hasNc || !hasTelnet,
  async fn() {
    await using server = await Server.start("chat.ts");
    for (let round = 0; round < 2; round++) {
      await using max = Terminal.nc(server.port);
      await join(max, "Max");
      await using lillian = Terminal.telnet(server.port);
      await join(lillian, "Lillian");
      await max.shows("Lillian:hi\r\n");
      await server.restart();
      assertEquals((await max.dropped()).code, 0);
      await lillian.end();
      assertEquals(chat(max), `Max:hi\nLillian:joined\nLillian:hi\r\n${GOODBYE}`);
      assertEquals(chat(lillian), `Lillian:hi\n${GOODBYE}`);
      assertMatch(lillian.errors, /Connection closed by foreign host/);
    }
    assertEquals(server.errors, "");
  },
});

Deno.test({
  name: "chat.ts: SIGHUP drops who has not given a name yet",
  ignore: !canServe || !hasNc,
  async fn() {
    await using server = await Server.start("chat.ts");
    await using nc = Terminal.nc(server.port);
    await nc.shows(PROMPT);
    await server.restart();
    assertEquals((await nc.dropped()).code, 0);
    assertEquals([nc.text, server.errors], [PROMPT, ""]);
  },
});

Deno.test({
  name: "chat.ts: Control-C says goodbye to everybody, and ends it with status 130",
  ignore: !canServe || !hasNc,
  async fn() {
    await using server = await Server.start("chat.ts");
    await using max = Terminal.nc(server.port);
    await join(max, "Max");
    server.kill("SIGINT");
    const { code, errors } = await server.end();
    assertEquals(errors, "KeyboardInterrupt: task 1 'main' interrupted by Ctrl-C\n");
    assertEquals(code, 130);
    await max.dropped();
    assertEquals(chat(max), `Max:hi\n${GOODBYE}`);
  },
});

Deno.test({
  name: "chat.ts: a client of the former server is not heard by the next",
  ignore: !canServe,
  async fn() {
    await using server = await Server.start("chat.ts");
    using max = await Client.connect(server.port);
    await max.shows(PROMPT);
    await max.send("Max\nhi\n");
    await max.shows("Max:hi\n");
    await server.restart();
    assertEquals(await max.end(), `${PROMPT}Max:hi\n${GOODBYE}`);
    using lillian = await Client.connect(server.port);
    await lillian.shows(PROMPT);
    await lillian.send("Lillian\nhi\n");
    await lillian.shows("Lillian:hi\n");
    assertEquals(lillian.text, `${PROMPT}Lillian:hi\n`);
  },
});
