import { assertEquals } from "@std/assert";
import { CHUNK_SIZE, ReadBuffer } from "../../io/read_buffer.ts";

Deno.test("ReadBuffer grows while reads fill it, though a rest is always left", () => {
  const buffer = new ReadBuffer();
  const sizes: number[] = [];
  for (let i = 0; i < 7; i++) {
    const space = buffer.reserve(CHUNK_SIZE);
    sizes.push(space.length);
    buffer.filled(space.length);
    buffer.skip(buffer.length - 1);
  }
  assertEquals(sizes, [4096, 8191, 16383, 32767, 65535, 65535, 65535]);
});
