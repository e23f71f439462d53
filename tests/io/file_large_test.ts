import { assert, assertEquals } from "@std/assert";

const PROGRAM = new URL("./file_large_program.ts", import.meta.url).href;
const LINE = "x".repeat(99) + "\n";
const LINES = 2_000_000;

Deno.test("AsyncFile gives the lines of a file of 200 MB in constant memory", async () => {
  const path = await Deno.makeTempFile();
  try {
    using file = await Deno.open(path, { write: true });
    const block = new TextEncoder().encode(LINE.repeat(LINES / 200));
    for (let i = 0; i < 200; i++) {
      for (let sent = 0; sent < block.length;) sent += await file.write(block.subarray(sent));
    }
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-config",
        "--no-lock",
        "--no-check",
        "--v8-flags=--max-old-space-size=64",
        PROGRAM,
        path,
      ],
      stderr: "inherit",
    }).output();
    const { lines, grown } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(lines, LINES);
    assert(grown < 100e6, `it took ${grown} bytes`);
  } finally {
    await Deno.remove(path);
  }
});
