import { assertEquals } from "@std/assert";
import { runProgram } from "../helpers/program.ts";
import { bytes, withPath } from "./file_support.ts";
import { spawn } from "../../kernel/spawn.ts";
import { aopen } from "../../io/aopen.ts";
import { reach } from "../helpers/reach.ts";

const unix = { ignore: Deno.build.os === "windows" };

async function makePipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}

Deno.test({
  name: "aopen() of a named pipe waits for the other end",
  ...unix,
  fn: () =>
    withPath(null, async (path) => {
      await makePipe(path);
      const reader = spawn(async () => {
        await using file = await aopen(path);
        return await file.read();
      });
      await reach(reader, "FUTURE_WAIT");
      {
        await using file = await aopen(path, "wb");
        await file.write(bytes("hello"));
      }
      assertEquals(await reader.join(), "hello");
    }),
});

for (const mode of ["r", "w", "ab"] as const) {
  Deno.test({
    name: `aopen() of a named pipe in mode ${mode}, cancelled, does not keep the program alive`,
    ...unix,
    fn: () =>
      withPath(null, async (path) => {
        await makePipe(path);
        const { code, lines, errors } = await runProgram(`
          await curio.run(async () => {
            const opened = await curio.ignoreAfter(0.01, curio.aopen, ${
          JSON.stringify(path)
        }, "${mode}");
            console.log(opened);
          });
        `);
        assertEquals([code, lines, errors], [0, ["null"], ""]);
      }),
  });
}
