import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type CancelledError, TaskTimeout } from "../../kernel/errors.ts";
import { schedule } from "../../kernel/sleep.ts";
import { spawn } from "../../kernel/spawn.ts";
import { timeoutAfter } from "../../kernel/timeout.ts";
import { inKernel, Pair, receiveAll } from "../net/support.ts";

const encoder = new TextEncoder();

/** Bytes that are hard to cut: characters of one to four bytes, and all kinds of nonsense between. */
const HARD = [
  ...encoder.encode("aö€😀\ufeff"),
  ...[0x80, 0xc3, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0x41, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0xff],
  ...[0xe0, 0x80, 0xf4, 0x90, 0x80, 0x80],
  ...encoder.encode("z€"),
  ...[0xe2, 0x82],
];

function decode(bytes: number[]): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

/** Sends `bytes` one at a time, each as a segment that the reader sees on its own. */
async function trickle(pair: Pair, bytes: number[]): Promise<void> {
  for (const byte of bytes) {
    await pair.left.sendall(new Uint8Array([byte]));
    await schedule();
  }
  await pair.left.close();
}

for (const max of [-1, 1, 2, 3, 7]) {
  Deno.test(`TextSocketStream.read(${max}) decodes as at once, wherever the bytes are cut`, () =>
    inKernel(async () => {
      for (const slowly of [false, true]) {
        await using pair = await Pair.open();
        const stream = pair.right.asStream({ encoding: "utf-8" });
        if (slowly) {
          spawn(trickle, pair, HARD);
        } else {
          await pair.left.sendall(new Uint8Array(HARD));
          await pair.left.close();
        }
        const parts: string[] = [];
        for (let part; (part = await stream.read(max)) !== "";) parts.push(part);
        assertEquals(parts.join(""), decode(HARD));
        if (max > 0) assertEquals(parts.filter((part) => [...part].length > max), []);
      }
    }));
}

Deno.test("TextSocketStream.read() counts characters, not bytes nor UTF-16 units", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ encoding: "utf-8" });
    await pair.left.sendall("😀😀ö€rest");
    assertEquals(await stream.read(3), "😀😀ö");
    assertEquals(await stream.readExactly(2), "€r");
    assertEquals(await stream.read(), "est");
  }));

Deno.test("TextSocketStream.readExactly() counts characters across reads", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ encoding: "utf-8" });
    const sender = spawn(trickle, pair, [...encoder.encode("€€€!")]);
    assertEquals(await stream.readExactly(3), "€€€");
    assertEquals(await stream.readall(), "!");
    await sender.join();
  }));

Deno.test("TextSocketStream.readline() leaves newlines alone and replaces what is malformed", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ encoding: "UTF-8" as "utf-8" });
    await pair.left.sendall(new Uint8Array([0xe2, 0x82, 0x0d, 0x0a, 0xc3, 0x0a, 0xf0, 0x9f]));
    await pair.left.close();
    assertEquals(await stream.readlines(), ["\ufffd\r\n", "\ufffd\n", "\ufffd"]);
  }));

Deno.test("TextSocketStream.readall() cancelled leaves an unfinished character in the stream", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.right.asStream({ encoding: "utf-8" });
    const [e2, x82, xac] = encoder.encode("€");
    await pair.left.sendall(new Uint8Array([97, e2, x82]));
    const error = await assertRejects(
      () => timeoutAfter(0.02, () => stream.readall()),
      TaskTimeout,
    ) as CancelledError & { bytesRead: string };
    assertEquals(error.bytesRead, "a");
    await pair.left.sendall(new Uint8Array([xac]));
    assertEquals(await stream.read(), "€");
  }));

Deno.test("TextSocketStream.write() takes strings and returns how many characters", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const stream = pair.left.asStream({ encoding: "utf-8" });
    assertEquals(await stream.write("plain"), 5);
    assertEquals(await stream.write("zwölf 😀"), 7);
    await stream.writelines(["\n", "ende"]);
    const bytes = new Uint8Array(1) as unknown as string;
    await assertRejects(() => stream.write(bytes), TypeError, "text stream");
    await stream.close();
    assertEquals(await receiveAll(pair.right), "plainzwölf 😀\nende");
  }));

Deno.test("Socket.asStream() refuses an encoding that is not UTF-8", () =>
  inKernel(async () => {
    await using pair = await Pair.open();
    const options = { encoding: "latin-1" as "utf-8" };
    assertThrows(() => pair.left.asStream(options), TypeError, "latin-1");
  }));
