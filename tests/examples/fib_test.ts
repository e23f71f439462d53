import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

const RUN_DENO = "--allow-run=deno";

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
  "Fine. Saving my work.",
  "Max going home",
  "Lillian going home",
  "Thomas going home",
  "Leaving!",
];

const NAGGING = ["Can I play?", "Wha!?!"];

function withoutNagging(lines: readonly string[]): string[] {
  return lines.filter((line) => !NAGGING.includes(line));
}

for (
  const [where, permissions] of [["a process", [RUN_DENO]], ["a thread", []]] as [
    string,
    string[],
  ][]
) {
  Deno.test(`fib.ts: Control-C calls the kid home from a calculation in ${where}`, async () => {
    await using fib = new Example("fib.ts", { args: ["0.02"], permissions });
    await fib.line("Playing Minecraft", 3);
    fib.kill("SIGINT");
    const { code, lines, errors } = await fib.end();
    assertEquals(withoutNagging(lines), [...PLAYING, ...LEAVING]);
    assertEquals([code, errors], [0, ""]);
  });
}

Deno.test("fib.ts: the kid gets the total right, and the others play on", async () => {
  await using fib = new Example("fib.ts", { args: ["0.02", "20"], permissions: [RUN_DENO] });
  await fib.line("The total is 10946");
  fib.kill("SIGTERM");
  const { code, lines, errors } = await fib.end();
  assertEquals(
    withoutNagging(lines),
    [...PLAYING, "The total is 10946", ...LEAVING].filter((line) => !line.startsWith("Fine.")),
  );
  assertEquals([code, errors], [0, ""]);
});
