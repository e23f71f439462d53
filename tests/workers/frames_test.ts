import { assertEquals } from "@std/assert";
import { FRAME_HEAD, FrameReader, writeFrameHead } from "../../workers/frames.ts";

const MARK = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function frame(kind: number, text: string): Uint8Array {
  const content = encoder.encode(text);
  const bytes = new Uint8Array(FRAME_HEAD + content.length);
  writeFrameHead(bytes, MARK, kind, content.length);
  bytes.set(content, FRAME_HEAD);
  return bytes;
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What a reader makes of `bytes` that come in pieces of `size`. Neighbouring strays count as one. */
function readIn(size: number, bytes: Uint8Array): string[] {
  const seen: string[] = [];
  const reader = new FrameReader(
    MARK,
    (kind, content) => void seen.push(`${kind}:${decoder.decode(content)}`),
    (stray) => {
      const text = decoder.decode(stray);
      if (seen.at(-1)?.startsWith("-")) seen[seen.length - 1] += text;
      else seen.push(`-${text}`);
    },
  );
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return seen;
}

Deno.test("FrameReader takes frames apart, however they come", () => {
  const bytes = join(frame(1, "one"), frame(2, ""), frame(1, "three"));
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(readIn(size, bytes), ["1:one", "2:", "1:three"]);
  }
});

Deno.test("FrameReader hands on what is in no frame, however it comes", () => {
  const bytes = join(
    encoder.encode("before\n"),
    frame(1, "one"),
    encoder.encode("between\n"),
    frame(1, "two"),
    encoder.encode("after"),
    MARK.subarray(0, 3),
  );
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(readIn(size, bytes), [
      "-before\n",
      "1:one",
      "-between\n",
      "1:two",
      "-after\u0001\u0002\u0003",
    ]);
  }
});

Deno.test("FrameReader is not misled by the beginning of a mark", () => {
  const bytes = join(MARK.subarray(0, 5), frame(1, "one"));
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(readIn(size, bytes).at(-1), "1:one");
  }
});

Deno.test("FrameReader gives each frame a content of its own", () => {
  const contents: Uint8Array[] = [];
  const reader = new FrameReader(MARK, (_kind, content) => void contents.push(content), () => {});
  reader.push(join(frame(1, "one")));
  reader.push(join(frame(1, "two")));
  assertEquals(contents.map((content) => decoder.decode(content)), ["one", "two"]);
});
