import { assertEquals, assertRejects } from "@std/assert";
import { LineReader, LineTooLong, MAX_LINE } from "../../monitor/line_reader.ts";

/** A reader of what comes in these pieces, and nothing after. */
function readerOf(...pieces: (string | number[])[]): LineReader {
  const left = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : Uint8Array.from(piece)
  );
  return new LineReader({
    read(buffer) {
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      const count = Math.min(piece.length, buffer.length);
      buffer.set(piece.subarray(0, count));
      if (count < piece.length) left.unshift(piece.subarray(count));
      return Promise.resolve(count);
    },
  });
}

async function linesOf(reader: LineReader): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await reader.next(); line !== null; line = await reader.next()) lines.push(line);
  return lines;
}

Deno.test("LineReader puts lines together from pieces, whatever ends them", async () => {
  const reader = readerOf("p", "s\nwhere ", "3\r\nq\r\0\n", "\n");
  assertEquals(await linesOf(reader), ["ps", "where 3", "q", ""]);
});

Deno.test("LineReader drops a last line without an end", async () => {
  assertEquals(await linesOf(readerOf("ps\ncancel 1")), ["ps"]);
});

Deno.test("LineReader skips telnet's commands, cut anywhere", async () => {
  const bytes = [
    ...[255, 253, 3], // DO SUPPRESS-GO-AHEAD
    ...[0x70, 255, 241, 0x73], // NOP between p and s
    ...[255, 250, 31, 0, 80, 10, 24, 255, 240], // a window size, with a line feed in it
    10,
  ];
  for (let cut = 0; cut <= bytes.length; cut++) {
    assertEquals(await linesOf(readerOf(bytes.slice(0, cut), bytes.slice(cut))), ["ps"]);
  }
});

Deno.test("LineReader shows bytes that are no UTF-8 as replacement characters", async () => {
  assertEquals(await linesOf(readerOf([0x70, 0xc3, 10])), ["p\ufffd"]);
});

Deno.test("LineReader refuses a line that is too long", async () => {
  assertEquals((await readerOf(`${"x".repeat(MAX_LINE)}\n`).next())?.length, MAX_LINE);
  await assertRejects(() => readerOf("x".repeat(MAX_LINE + 1)).next(), LineTooLong);
});
