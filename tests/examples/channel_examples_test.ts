import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const decoder = new TextDecoder();

/** An example, started as its first lines say. */
function start(name: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net", `examples/${name}.ts`, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** What it says first. */
async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of output) {
    text += decoder.decode(part, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.trimEnd();
}

Deno.test("examples/producer.ts sends its numbers to examples/consumer.ts", async () => {
  await using producer = start("producer", "localhost", "0");
  const port = (await firstLine(producer.stdout)).replace("Producing on port ", "");
  await using consumer = start("consumer", "localhost", port);
  const { success, stdout } = await consumer.output();
  assertEquals(
    decoder.decode(stdout),
    Array.from({ length: 10 }, (_, n) => `Got: ${n}\n`).join(""),
  );
  assertEquals(success, true);
  assertEquals((await producer.status).success, true);
});
