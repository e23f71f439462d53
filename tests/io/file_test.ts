import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CurioError, SyncIOError } from "../../kernel/errors.ts";
import { aopen } from "../../io/aopen.ts";
import { text } from "../net/support.ts";
import { bytes, withPath } from "./file_support.ts";

Deno.test("aopen() reads text unless told, and bytes with a b", () =>
  withPath("zwölf\n", async (path) => {
    await using file = await aopen(path);
    assertEquals(await file.read(), "zwölf\n");
    await using binary = await aopen(path, "rb");
    assertEquals(await binary.read(), bytes("zwölf\n"));
  }));

Deno.test("aopen() takes a file: URL", () =>
  withPath("here", async (path) => {
    await using file = await aopen(new URL(`file://${path}`));
    assertEquals(await file.read(), "here");
  }));

for (const mode of ["", "rw", "b", "br", "rbb", "z", "+", "toString", 3 as unknown as string]) {
  Deno.test(`aopen() refuses the mode ${JSON.stringify(mode)}`, () =>
    withPath("text", async (path) => {
      await assertRejects(() => aopen(path, mode as "r"), TypeError, "one of r, r+");
    }));
}

Deno.test("aopen() refuses what is no path", async () => {
  await assertRejects(() => aopen(3 as unknown as string), TypeError, "Cannot open 3");
});

Deno.test("aopen() fails with the error of the system", () =>
  withPath("text", async (path) => {
    const missing = await assertRejects(() => aopen(`${path}-not`), Deno.errors.NotFound);
    assertEquals((missing as Error & { code: string }).code, "ENOENT");
    const taken = await assertRejects(() => aopen(path, "x"), Deno.errors.AlreadyExists);
    assertEquals((taken as Error & { code: string }).code, "EEXIST");
    const below = await assertRejects(() => aopen(`${path}/below`), Deno.errors.NotADirectory);
    assertEquals((below as Error & { code: string }).code, "ENOTDIR");
  }));

Deno.test("aopen() of a directory is IsADirectory, and leaves nothing open", async () => {
  for (const mode of ["r", "r+"] as const) {
    const error = await assertRejects(() => aopen("/tmp", mode), Deno.errors.IsADirectory);
    assertEquals((error as Error & { code: string }).code, "EISDIR");
  }
});

Deno.test({
  name: "aopen() without permission is PermissionDenied",
  // Root may do anything.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: () =>
    withPath("secret", async (path) => {
      await Deno.chmod(path, 0);
      await assertRejects(() => aopen(path), Deno.errors.PermissionDenied);
    }),
});

Deno.test("AsyncFile goes on reading a file that vanishes", () =>
  withPath("still here", async (path) => {
    await using file = await aopen(path);
    assertEquals(await file.read(5), "still");
    await Deno.remove(path);
    assertEquals(await file.read(), " here");
  }));

const MODES = {
  "r": { before: "old", content: "old" },
  "r+": { before: "old", content: "NEW" },
  "w": { before: "old-and-long", content: "NEW" },
  "w+": { before: "old-and-long", content: "NEW" },
  "a": { before: "old", content: "oldNEW" },
  "a+": { before: "old", content: "oldNEW" },
  "x": { before: null, content: "NEW" },
  "x+": { before: null, content: "NEW" },
} as const;

for (const [mode, { before, content }] of Object.entries(MODES)) {
  Deno.test(`aopen() in mode ${mode} does to a file what Python does`, () =>
    withPath(before, async (path) => {
      const file = await aopen(path, mode as keyof typeof MODES);
      if (mode === "r") await assertRejects(() => file.write("NEW"), CurioError, "reading only");
      else assertEquals(await file.write("NEW"), 3);
      if (!mode.includes("+") && mode !== "r") {
        await assertRejects(() => file.read(), CurioError, "writing only");
      }
      await file.close();
      assertEquals(await Deno.readTextFile(path), content);
    }));
}

Deno.test("aopen() in mode x+ makes a file to be written and read, in text or bytes", () =>
  withPath(null, async (path) => {
    for (const [n, mode] of (["x+", "x+b", "xb+"] as const).entries()) {
      await using file = await aopen(`${path}${n}`, mode as "x+");
      await file.write("NEW");
      await file.seek(0);
      assertEquals(await file.read(), (n === 0 ? "NEW" : bytes("NEW")) as string);
      await assertRejects(() => aopen(`${path}${n}`, mode as "x+"), Deno.errors.AlreadyExists);
    }
  }));

Deno.test("AsyncFile.read() reads as much as it was told, less only at the end", () =>
  withPath("x".repeat(100_000) + "end", async (path) => {
    await using file = await aopen(path);
    assertEquals((await file.read(99_999)).length, 99_999);
    assertEquals(await file.read(0), "");
    assertEquals(await file.read(100), "xend");
    assertEquals(await file.read(100), "");
    assertEquals(await file.read(), "");
  }));

Deno.test("AsyncFile.read() counts characters, wherever their bytes are cut", () =>
  withPath("€😀ö-".repeat(30_000) + "!", async (path) => {
    await using file = await aopen(path);
    for (let i = 0; i < 10; i++) assertEquals(await file.read(12_000), "€😀ö-".repeat(3_000));
    assertEquals(await file.read(2), "!");
  }));

Deno.test("AsyncFile.read() gives U+FFFD for what is malformed, as if decoded at once", () => {
  const hard = new Uint8Array([
    0x61,
    0xe2,
    0x82,
    0xc3,
    0x28,
    0xff,
    0xf0,
    0x9f,
    0x98,
    0x80,
    0xe2,
    0x82,
  ]);
  return withPath(hard, async (path) => {
    const whole = new TextDecoder().decode(hard);
    for (const count of [1, 2, 3, 100]) {
      await using file = await aopen(path);
      let all = "";
      for (let part; (part = await file.read(count)) !== "";) {
        assert([...part].length <= count);
        all += part;
      }
      assertEquals(all, whole);
    }
  });
});

Deno.test("AsyncFile.read() leaves newlines and a byte order mark as they are", () =>
  withPath("\ufeffa\r\nb\rc\n", async (path) => {
    await using file = await aopen(path);
    assertEquals(await file.readlines(), ["\ufeffa\r\n", "b\rc\n"]);
  }));

Deno.test("AsyncFile.read() refuses a count that is none", () =>
  withPath("text", async (path) => {
    await using file = await aopen(path);
    await assertRejects(() => file.read(-2), RangeError, "AsyncFile.read()");
    await assertRejects(() => file.read("3" as unknown as number), TypeError, "AsyncFile.read()");
  }));

Deno.test("AsyncFile.readinto() fills what it is given", () =>
  withPath("hello world", async (path) => {
    await using file = await aopen(path, "rb");
    const target = new Uint8Array(8);
    assertEquals(await file.readinto(target), 8);
    assertEquals(text(target), "hello wo");
    assertEquals(await file.readinto(target), 3);
    assertEquals(text(target), "rldlo wo");
    assertEquals(await file.readinto(target), 0);
  }));

Deno.test("AsyncFile.readinto() is for bytes", () =>
  withPath("text", async (path) => {
    await using file = await aopen(path);
    await assertRejects(() => file.readinto(new Uint8Array(3)), TypeError, "opened for text");
    await using binary = await aopen(path, "rb");
    await assertRejects(
      () => binary.readinto([] as unknown as Uint8Array),
      TypeError,
      "Uint8Array",
    );
  }));

Deno.test("AsyncFile.readline() gives lines with their newlines, the rest, and then empty", () =>
  withPath("one\r\n\ntwo\nrest", async (path) => {
    await using file = await aopen(path);
    const lines: string[] = [];
    do lines.push(await file.readline()); while (lines.at(-1) !== "");
    assertEquals(lines, ["one\r\n", "\n", "two\n", "rest", ""]);
  }));

Deno.test("AsyncFile.readlines() and iteration give all lines", () =>
  withPath("one\n\ntwo", async (path) => {
    await using file = await aopen(path, "rb");
    assertEquals((await file.readlines()).map(text), ["one\n", "\n", "two"]);
    await file.seek(0);
    const lines: string[] = [];
    for await (const line of file) lines.push(text(line));
    assertEquals(lines, ["one\n", "\n", "two"]);
  }));

Deno.test("AsyncFile.readline() of a line longer than maxLine is a RangeError that takes nothing", () =>
  withPath("12345\n123456\n", async (path) => {
    await using file = await aopen(path, "r", { maxLine: 5 });
    assertEquals(await file.readline(), "12345\n");
    await assertRejects(() => file.readline(), RangeError, "more than 5 bytes");
    assertEquals(await file.tell(), 6);
    file.maxLine = 6;
    assertEquals(await file.readline(), "123456\n");
    assertThrows(() => file.maxLine = 0, RangeError);
    await assertRejects(() => aopen(path, "r", { maxLine: -1 }), RangeError);
  }));

Deno.test("AsyncFile.readline() gives up a line without end as soon as it is too long", async () => {
  await using file = await aopen("/dev/zero", "rb");
  await assertRejects(() => file.readline(), RangeError, "more than 1048576 bytes");
});

Deno.test("AsyncFile is not to be iterated over without await", () =>
  withPath("text", async (path) => {
    await using file = await aopen(path);
    const error = assertThrows(() => {
      for (const _line of file as unknown as Iterable<string>) break;
    }, SyncIOError);
    assert(error.message.includes("for await (… of file)"));
  }));

Deno.test("AsyncFile.write() returns how many characters or bytes it wrote", () =>
  withPath(null, async (path) => {
    await using file = await aopen(path, "w");
    assertEquals(await file.write("zwölf 😀"), 7);
    assertEquals(await file.write(""), 0);
    await assertRejects(() => file.write(bytes("x") as unknown as string), TypeError, "text");
    await using binary = await aopen(path, "ab");
    assertEquals(await binary.write("ö"), 2);
    assertEquals(await binary.write(bytes("!")), 1);
    assertEquals(await Deno.readTextFile(path), "zwölf 😀ö!");
  }));

Deno.test("AsyncFile.write() writes however much", () =>
  withPath(null, async (path) => {
    const data = new Uint8Array(3_000_001).map((_, i) => i * 31);
    await using file = await aopen(path, "wb");
    assertEquals(await file.write(data), data.length);
    const written = await Deno.readFile(path);
    assert(written.length === data.length && written.every((byte, i) => byte === data[i]));
  }));

Deno.test("AsyncFile.write() to a full disk is the system's error with bytesWritten", async () => {
  await using file = await aopen("/dev/full", "wb");
  const error = await assertRejects(() => file.write("much")) as Error & Record<string, unknown>;
  assertEquals([error.code, error.bytesWritten], ["ENOSPC", 0]);
});

Deno.test("AsyncFile.writelines() writes each line as it is", () =>
  withPath(null, async (path) => {
    await using file = await aopen(path, "w");
    const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`);
    await file.writelines(new Set(lines));
    assertEquals(await Deno.readTextFile(path), lines.join(""));
  }));

Deno.test("AsyncFile.writelines() has written what came before lines threw", () =>
  withPath(null, async (path) => {
    await using file = await aopen(path, "w");
    const lines = function* () {
      yield "one\n";
      throw new Error("no more");
    };
    const error = await assertRejects(() => file.writelines(lines()), Error, "no more");
    assertEquals((error as Error & { bytesWritten: number }).bytesWritten, 4);
    assertEquals(await Deno.readTextFile(path), "one\n");
  }));

Deno.test("AsyncFile reads the encodings that have a byte for each character", () =>
  withPath(new Uint8Array([0xb1, 0x62, 10, 0xe9]), async (path) => {
    await using file = await aopen(path, "r", { encoding: "latin2" });
    assertEquals(await file.read(1), "ą");
    assertEquals(await file.readlines(), ["b\n", "é"]);
  }));

Deno.test("aopen() refuses an encoding it cannot read or write, and any for bytes", () =>
  withPath("text", async (path) => {
    const open = (mode: "r" | "w", encoding: string) => aopen(path, mode, { encoding });
    await assertRejects(() => open("r", "utf-16"), RangeError, "rb");
    await assertRejects(() => open("r", "klingon"), RangeError, "TextDecoder");
    await assertRejects(() => open("w", "latin1"), TypeError, "only UTF-8");
    await assertRejects(
      () => aopen(path, "rb", { encoding: "utf-8" } as object),
      TypeError,
      "bytes",
    );
    assertEquals(await Deno.readTextFile(path), "text");
    await (await open("w", "UTF8")).close();
  }));

Deno.test("AsyncFile.close() is harmless when done already, and every use after it refused", () =>
  withPath("text", async (path) => {
    const file = await aopen(path, "r+");
    assertEquals(file.closed, false);
    await file.close();
    await file.close();
    assertEquals(file.closed, true);
    const uses = [
      () => file.read(),
      () => file.readall(),
      () => file.readline(),
      () => file.readlines(),
      () => file.write("x"),
      () => file.writelines(["x"]),
      () => file.truncate(),
      () => file.seek(0),
      () => file.tell(),
      () => file.flush(),
    ];
    for (const use of uses) await assertRejects(use, CurioError, "has been closed");
  }));

Deno.test("AsyncFile works outside tasks", async () => {
  const path = await Deno.makeTempFile();
  await using file = await aopen(path, "w+");
  await file.write("one\ntwo\n");
  await file.seek(4);
  assertEquals(await file.readline(), "two\n");
  await Deno.remove(path);
});

Deno.test("AsyncFile shows its path and its state", () =>
  withPath("text", async (path) => {
    const file = await aopen(path);
    assertEquals(Deno.inspect(file), `AsyncFile [${path}, idle]`);
    await file.close();
    assertEquals(Deno.inspect(file), `AsyncFile [${path}, closed]`);
  }));
