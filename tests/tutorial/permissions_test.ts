/**
 * At a terminal Deno asks its user for what a program was not given, and the program waits for the answer.
 * Elsewhere it says no, and a permission that is asked for and not needed goes unnoticed.
 */
import { assertEquals } from "@std/assert";
import { Child } from "../helpers/child.ts";
import { ignore } from "../monitor/screen.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PROGRAMS = "tests/tutorial/programs";

for (
  const [program, permissions, end] of [
    ["examples/async_thread.ts", [], "Total 45"],
    ["examples/universal.ts", [], "9 squared is 81"],
    ["examples/ping.ts echo hi", ["--allow-run=echo"], "Got: hi"],
    [`${PROGRAMS}/numbers.ts`, [], "The total is 10946"],
    [`${PROGRAMS}/numbers.ts`, ["--allow-run=deno"], "The total is 10946"],
    [`${PROGRAMS}/watched.ts`, ["--allow-net=127.0.0.1"], "T-minus 1"],
  ] as const
) {
  const given = permissions.length === 0 ? "no permission" : permissions.join(" ");
  Deno.test(
    `${program} asks for nothing at a terminal with ${given}`,
    { ignore: ignore("script") },
    async () => {
      const command = [Deno.execPath(), "run", ...permissions, program].join(" ");
      await using terminal = new Child("script", {
        args: ["-qefc", command, "/dev/null"],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
      });
      const { code, lines } = await terminal.end();
      assertEquals([code, lines.at(-1)!.trimEnd()], [0, end]);
    },
  );
}
