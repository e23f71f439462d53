/** run() with a monitor: how it is asked for, and what it may cost a program. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertQuiet } from "../../kernel/testing/mod.ts";
import { run, sleep } from "../../mod.ts";
import { Child, type Ending } from "../helpers/child.ts";
import { RecordingLog } from "../helpers/recording_log.ts";
import { ignore } from "./screen.ts";
import { Client, runArguments } from "./support.ts";

const MODULE = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);

/** Runs a program with these permissions, and `CURIOMONITOR=TRUE` if that is wanted. */
async function runWith(permissions: string[], source: string, env = {}): Promise<Ending> {
  const url = new URL(
    `data:application/typescript,${
      encodeURIComponent(`import * as curio from ${MODULE};${source}`)
    }`,
  );
  const args = runArguments(permissions, url);
  await using child = new Child(Deno.execPath(), { args, env: { NO_COLOR: "1", ...env } });
  return await child.end();
}

const HELLO = `await curio.run(() => console.log("hello"));`;
const MONITORED = `await curio.run({ withMonitor: true }, () => console.log("hello"));`;

Deno.test("run({ withMonitor }) has a monitor for as long as it runs", async () => {
  const log = new RecordingLog();
  await run({ log, withMonitor: { port: 0 } }, async function main() {
    const { text } = await log.until(/listening/);
    const [client, banner] = await Client.connect(Number(text.split(":").at(-1)));
    await using _ = client;
    assertStringIncludes(banner, "Curio Monitor: 1 tasks running");
    await sleep(0.01);
  });
  assertQuiet();
});

Deno.test("run() with a monitor rejects with the very error of the program", async () => {
  const error = new Error("boom");
  const log = new RecordingLog();
  const caught = await run({ log, withMonitor: { port: 0 } }, () => {
    throw error;
  }).catch((error) => error);
  assertEquals(caught === error, true);
  assertQuiet();
});

Deno.test("CURIOMONITOR=TRUE asks for a monitor on port 48802", async () => {
  // Taken by us, or else by somebody's monitor: the program says so, and goes on.
  let taken: Deno.Listener | null = null;
  try {
    taken = Deno.listen({ hostname: "127.0.0.1", port: 48802 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  }
  try {
    const env = { CURIOMONITOR: "TRUE" };
    const { code, lines, errors } = await runWith(["--allow-net", "--allow-env"], HELLO, env);
    assertEquals([code, lines], [0, ["hello"]]);
    assertMatch(errors, /^Cannot start the monitor because its port is taken/);
  } finally {
    taken?.close();
  }
});

Deno.test("run() does not ask for the permission to read CURIOMONITOR", async () => {
  const { code, lines, errors } = await runWith([], HELLO, { CURIOMONITOR: "TRUE" });
  assertEquals([code, lines, errors], [0, ["hello"], ""]);
});

Deno.test("run({ withMonitor }) without permission says which one, and goes on", async () => {
  const { code, lines, errors } = await runWith([], MONITORED);
  assertEquals([code, lines], [0, ["hello"]]);
  assertEquals(
    errors,
    "Cannot start the monitor because the program may not listen on 127.0.0.1:48802: run it with --allow-net=127.0.0.1:48802\n",
  );
});

Deno.test("run({ withMonitor }) needs permission for its address and no other", async () => {
  const source = `await curio.run({ withMonitor: { port: 0 } }, () => console.log("hello"));`;
  const { code, lines, errors } = await runWith(["--allow-net=127.0.0.1:0"], source);
  assertEquals([code, errors, lines.length], [0, "", 2]);
});

Deno.test(
  "run({ withMonitor: { web } }) without permission for the view says which one, and goes on",
  {
    ignore: ignore("script"),
  },
  async () => {
    const options = "{ withMonitor: { port: 0, web: { port: 7 } } }";
    const source = `import { run } from ${MODULE}; run(${options}, () => console.log("hello"));`;
    const program = `data:text/javascript,${encodeURIComponent(source)}`;
    // At a terminal, where Deno would ask and wait for the answer.
    const command = `${Deno.execPath()} run --allow-net=127.0.0.1:0 "${program}"`;
    await using terminal = new Child("script", { args: ["-qefc", command, "/dev/null"] });
    const { code, lines } = await terminal.end();
    assertEquals(code, 0);
    assertMatch(
      lines.join("\n"),
      /^Cannot serve the web view because the program may not listen on 127\.0\.0\.1:7: run it with --allow-net=127\.0\.0\.1:7 too\r?\n.*Monitor: listening on [\d.:]+\r?\nhello\r?$/,
    );
  },
);

Deno.test("A monitor that is not closed does not keep the process alive", async () => {
  const module = JSON.stringify(new URL("../../monitor/mod.ts", import.meta.url).href);
  const { code, lines } = await runWith(
    ["--allow-net"],
    `import { Monitor } from ${module};
    const kernel = new curio.Kernel();
    await new Monitor(kernel, { port: 0 }).start();
    await kernel.run(() => console.log("hello"));`,
  );
  assertEquals([code, lines.at(-1)], [0, "hello"]);
});
