import { assertEquals } from "@std/assert";
import { Example } from "./example.ts";

Deno.test("pubsub.ts: each message gets to each subscriber, in the order of subscribing", async () => {
  await using pubsub = new Example("pubsub.ts");
  const { code, lines, errors } = await pubsub.end();
  const expected = Array.from({ length: 10 }, (_, i) => [
    `child1 got ${i}`,
    `child2 got ${i}`,
    `child3 got ${i}`,
  ]).flat();
  assertEquals(lines, expected);
  assertEquals([code, errors], [0, ""]);
});
