import { assertEquals } from "@std/assert";

const CHANNEL = new URL("../../net/channel.ts", import.meta.url).href;

/** Runs `source` where nothing has ever been downloaded, and no registry can be reached. */
async function runOffline(source: string): Promise<{ output: string; errors: string }> {
  const cache = await Deno.makeTempDir();
  try {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--no-config",
        "--no-lock",
        `data:application/typescript,${encodeURIComponent(source)}`,
      ],
      // Nobody listens on port 1.
      env: { DENO_DIR: cache, NPM_CONFIG_REGISTRY: "http://127.0.0.1:1", NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { output: decoder.decode(stdout), errors: decoder.decode(stderr) };
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

Deno.test("Channel is there without a download", async () => {
  const { output, errors } = await runOffline(`
    import { Channel } from "${CHANNEL}";
    console.log(new Channel(["localhost", 1]).address.port);
  `);
  assertEquals([output, errors], ["1\n", ""]);
});

Deno.test("Connection.send() that cannot load its encoding says what to do", async () => {
  const { output } = await runOffline(`
    import { loadObjectEncoding } from "${new URL("object_encoding.ts", CHANNEL).href}";
    const error = await loadObjectEncoding("Connection.send()").catch((error) => error);
    console.log(error.name, error.message.split(":")[0]);
  `);
  assertEquals(output, "CurioError Cannot use Connection.send() because npm\n");
});
