/** "Number Crunching and Blocking Operations". examples/fib.ts is the kid whose numbers a process crunches. */
import { assertEquals } from "@std/assert";
import { PLAYING } from "./people.ts";
import { TutorialProgram } from "./program.ts";

const HOME = [
  "Let's go",
  "Fine. Saving my work.",
  "Max going home",
  "Lillian going home",
  "Thomas going home",
  "Leaving!",
];

Deno.test("The tutorial's kid that crunches numbers itself holds up everybody, signals too", async () => {
  await using program = new TutorialProgram("hog.ts", { args: ["36"] });
  await program.line("Building the Millenium Falcon in Minecraft");
  program.kill("SIGTERM");
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(lines, [
    "Building the Millenium Falcon in Minecraft",
    "The total is 24157817",
    "Let's go",
    "Leaving!",
  ]);
});

for (
  const [signal, where, permissions] of [
    ["SIGINT", "a process", ["--allow-run=deno"]],
    ["SIGTERM", "a thread", []],
  ] as const
) {
  Deno.test(`The tutorial's kid that rests from ${where} in a blocking call leaves on ${signal}`, async () => {
    await using program = new TutorialProgram("crunch.ts", {
      args: ["50", "1000"],
      permissions: [...permissions],
    });
    await program.line("Resting");
    program.kill(signal);
    const { code, lines, errors } = await program.end();
    assertEquals([code, errors], [0, ""]);
    assertEquals(lines, [...PLAYING, "Resting", ...HOME]);
  });
}

Deno.test("The tutorial's kid that rests a bit gets its total", async () => {
  await using program = new TutorialProgram("crunch.ts", {
    args: ["20", "0.001"],
    permissions: ["--allow-run=deno"],
  });
  await program.line("The total is 10946");
  program.kill("SIGINT");
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(lines, [
    ...PLAYING,
    ...Array<string>(20).fill("Resting"),
    "The total is 10946",
    ...HOME.filter((line) => line !== "Fine. Saving my work."),
  ]);
});
