import { assertEquals } from "@std/assert";
import { publicNames } from "../tools/public_names.ts";

Deno.test("the entry points export the names of exports.txt (`deno task exports` rewrites it)", async () => {
  const expected = await Deno.readTextFile(new URL("exports.txt", import.meta.url));
  assertEquals((await publicNames()).split("\n"), expected.split("\n"));
});
