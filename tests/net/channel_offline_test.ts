import { assertEquals } from "@std/assert";
import { offline } from "../helpers/offline.ts";

const CHANNEL = new URL("../../net/channel.ts", import.meta.url).href;

/** Runs `source` where nothing has ever been downloaded, and no registry can be reached. */
async function runOffline(source: string): Promise<{ output: string; errors: string }> {
  const program = `data:application/typescript,${encodeURIComponent(source)}`;
  return await offline(["run", "-A", "--no-check", "--no-config", "--no-lock", program]);
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
