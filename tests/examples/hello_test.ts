import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

Deno.test("hello.ts: counts down a second at a time, until Control-C ends it with status 130", async () => {
  const begin = performance.now();
  await using hello = new Example("hello.ts");
  await hello.line("T-minus 9");
  const elapsed = performance.now() - begin;
  hello.kill("SIGINT");
  const { code, lines, errors } = await hello.end();
  assertEquals(lines, ["T-minus 10", "T-minus 9"]);
  assertEquals(errors, "KeyboardInterrupt: task 1 'countdown' interrupted by Ctrl-C\n");
  assertEquals([code, elapsed >= 1000], [130, true]);
});
