import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

Deno.test("async_thread.ts: a thread takes a task's items, says goodbye when cancelled, and returns", async () => {
  await using example = new Example("async_thread.ts");
  const { code, lines, errors } = await example.end();
  assertEquals(lines, [
    ...Array.from({ length: 10 }, (_, n) => `Consumer got ${n}`),
    "Consumer goodbye",
    "Total 45",
  ]);
  assertEquals([code, errors], [0, ""]);
});
