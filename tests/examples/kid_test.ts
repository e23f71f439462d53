import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

// The tutorial's transcripts. How often the kid nags is up to the clock.

const PLAYING = [
  "Yes, go play",
  "Building the Millenium Falcon in Minecraft",
  "Hi, my name is Max",
  "Playing Minecraft",
  "Hi, my name is Lillian",
  "Playing Minecraft",
  "Hi, my name is Thomas",
  "Playing Minecraft",
];

const LEAVING = [
  "Let's go",
  ...Array.from({ length: 10 }, (_, i) => `T-minus ${10 - i}`),
  "We're leaving!",
  "I warned you!",
  "Fine. Saving my work.",
  "Max going home",
  "Lillian going home",
  "Thomas going home",
  "Leaving!",
];

const NAGGING = ["Can I play?", "Wha!?!"];

/** Starts the program, and waits until everybody plays. */
async function play(second: number): Promise<Example> {
  const kid = new Example("kid.ts", { args: [String(second)] });
  await kid.line("Playing Minecraft", 3);
  return kid;
}

function withoutNagging(lines: readonly string[]): string[] {
  return lines.filter((line) => !NAGGING.includes(line));
}

Deno.test("kid.ts: the kid asks again each time it got no answer, until it may play", async () => {
  await using kid = await play(0.02);
  const nagging = kid.lines.filter((line) => NAGGING.includes(line));
  assertEquals(nagging, nagging.map((_, i) => NAGGING[i % 2]));
  // It asks, and asks again; the last time it is told to go and play.
  assertEquals([nagging.length >= 3, nagging.at(-1)], [true, "Can I play?"]);
});

for (
  const [name, signal] of [["Control-C", "SIGINT"], ["SIGTERM", "SIGTERM"]] as const
) {
  Deno.test(`kid.ts: ${name} calls everybody home, as the tutorial prints it`, async () => {
    await using kid = await play(0.02);
    kid.kill(signal);
    const { code, lines, errors } = await kid.end();
    assertEquals(withoutNagging(lines), [...PLAYING, ...LEAVING]);
    assertEquals([code, errors], [0, ""]);
  });
}

Deno.test("kid.ts: a second Control-C has everybody leave at once, the newest first", async () => {
  await using kid = await play(0.2);
  kid.kill("SIGINT");
  await kid.line("T-minus 10");
  kid.kill("SIGINT");
  const { code, lines, errors } = await kid.end();
  const story = withoutNagging(lines).filter((line) => !line.startsWith("T-minus"));
  assertEquals(story, [
    ...PLAYING,
    "Let's go",
    "Thomas going home",
    "Lillian going home",
    "Max going home",
    "Fine. Saving my work.",
  ]);
  assertEquals(errors, "KeyboardInterrupt: task 1 'parent' interrupted by Ctrl-C\n");
  assertEquals(code, 130);
});

Deno.test("kid.ts: Control-C while the kid still asks counts as soon as they play", async () => {
  await using kid = new Example("kid.ts", { args: ["0.04"] });
  await kid.line("Can I play?");
  kid.kill("SIGINT");
  const { code, lines, errors } = await kid.end();
  const story = withoutNagging(lines);
  assertEquals(story.filter((line) => !PLAYING.includes(line)), LEAVING);
  assertEquals([code, errors], [0, ""]);
});
