import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

Deno.test("universal.ts: items get from a worker by way of a task to code outside, in order", async () => {
  await using example = new Example("universal.ts");
  const { code, lines, errors } = await example.end();
  assertEquals(lines, Array.from({ length: 10 }, (_, n) => `${n} squared is ${n * n}`));
  assertEquals([code, errors], [0, ""]);
});
