/** "Signals": the parent who lets the kid play until a signal comes. examples/kid.ts has the last version. */
import { assertEquals, assertMatch } from "@std/assert";
import { Client, loggedPort } from "../monitor/support.ts";
import { COUNTDOWN, LEAVING, PLAYING } from "./people.ts";
import { TutorialProgram } from "./program.ts";

const NAGGING = ["Can I play?", "Wha!?!"];

/** Without what depends on how busy the machine is. */
function story(lines: readonly string[]): string[] {
  return lines.filter((line) => !NAGGING.includes(line) && !line.startsWith("Monitor: "));
}

Deno.test("The tutorial's SignalEvent, while it is there, holds off any number of Control-C", async () => {
  await using program = new TutorialProgram("signal_event.ts", { args: ["0.1"] });
  await program.line("Playing Minecraft", 3);
  program.kill("SIGINT");
  await program.line("T-minus 10");
  program.kill("SIGINT");
  program.kill("SIGTERM");
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(lines, ["Yes, go play", ...PLAYING, ...LEAVING]);
});

/** What the older tutorial's program prints after `Parent PID`, the kid's nagging aside. */
const OLDER = [
  "Yes, go play",
  "Building the Millenium Falcon in Minecraft",
  "Let's go",
  ...COUNTDOWN,
  "We're leaving!",
  "I warned you!",
  "Fine. Saving my work.",
  "Leaving!",
];

Deno.test("The older tutorial's SignalSet: kill -HUP calls the kid home", async () => {
  await using program = new TutorialProgram("signal_set.ts", {
    args: ["0.02"],
    permissions: ["--allow-net=127.0.0.1"],
  });
  await program.line("Building the Millenium Falcon in Minecraft");
  Deno.kill(program.pid, "SIGHUP");
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(story(lines), [`Parent PID ${program.pid}`, ...OLDER]);
});

Deno.test("The older tutorial's SignalSet: the monitor shows who waits for it, and sends it", async () => {
  await using program = new TutorialProgram("signal_set.ts", {
    args: ["0.02"],
    permissions: ["--allow-net=127.0.0.1"],
  });
  await program.line("Building the Millenium Falcon in Minecraft");
  const [client, banner] = await Client.connect(await loggedPort(program));
  await using _ = client;
  assertEquals(banner, "\nCurio Monitor: 2 tasks running\nType help for commands\n");
  assertMatch(
    await client.ask("ps"),
    /^1 +SIGNAL_WAIT +\d+ +None +None +parent *\n2 +TIME_SLEEP +\d+ +None +99\d\.\d{3} +kid *$/m,
  );
  await client.send("signal SIGHUP\n");
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(story(lines).slice(1), OLDER);
});
