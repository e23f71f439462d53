import { assertEquals } from "@std/assert";
import { assert } from "@std/assert";

const PROGRAM = new URL("./file_stream_program.ts", import.meta.url).href;
const ARGS = ["run", "-A", "--no-config", "--no-lock", "--no-check", PROGRAM];

/** The program in a child process whose standard input is ours to write. */
function start(way: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...ARGS, way],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What it writes; `typed` goes in once it has written `after`. */
async function converse(way: string, typed: string, after = ""): Promise<[string, string]> {
  const child = start(way);
  const errors = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  let output = "";
  let sent = false;
  const send = async () => {
    sent = true;
    await writer.write(new TextEncoder().encode(typed));
    await writer.close();
  };
  if (after === "") await send();
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += part;
    if (!sent && output.includes(after)) await send();
  }
  if (!sent) await writer.close();
  await child.status;
  return [output, await errors];
}

Deno.test("FileStream.stdin().read() cancelled does not keep the program alive", async () => {
  await using child = start("cancelled");
  // Its input stays open, and silent.
  const output = await new Response(child.stdout).text();
  assertEquals(output, "cancelled true\ndone\n");
  assertEquals((await child.status).code, 0);
  await child.stdin.close();
  await child.stderr.cancel();
});

Deno.test({
  name: "FileStream.stdin().read() cancelled does not keep the program alive on a terminal",
  ignore: !await hasScript(),
  async fn() {
    const command = [Deno.execPath(), ...ARGS, "cancelled"].join(" ");
    await using child = new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = await new Response(child.stdout).text();
    assertEquals(output.replaceAll("\r", ""), "cancelled true\ndone\n");
    await child.stdin.close();
  },
});

Deno.test("FileStream.stdin() loses nothing to a cancelled read", async () => {
  const [output] = await converse("again", "hello\nworld\n", "cancelled\n");
  assertEquals(output, 'cancelled\n"hello\\n"\ndone\n');
});

Deno.test("FileStream.stdin() shares what is buffered, and outlives the closing of one", async () => {
  const [output] = await converse("shared", "one\n12\nthree\nfour");
  assertEquals(output, '"one\\n"\nCurioError\n49,50,10\n"three\\nfour"\ndone\n');
});

Deno.test("FileStream.close() ends the wait of its own stream only", async () => {
  const [output] = await converse("closed", "typed", "READ_WAIT\nCurioError");
  assertEquals(output, 'ReadResourceBusy\nREAD_WAIT\nCurioError\n"typed"\ndone\n');
});

Deno.test("FileStream.stdout() and stderr() write at once, and close without the output", async () => {
  const [output, errors] = await converse("written", "");
  const idle = "FileStream [0 bytes buffered, idle]";
  assertEquals(output, `out\n4 ${idle}\nCurioError\nCurioError\ndone\n`);
  assert(errors === "errors\n");
});

Deno.test("FileStream.stdin().blocking() hands out standard input, and refuses reads meanwhile", async () => {
  const [output] = await converse("lentInput", "one\ntwo\nthree\nfour");
  assertEquals(output.split("\n"), [
    "true 4 111,110,101,10",
    "ReadResourceBusy",
    "ReadResourceBusy",
    "ReadResourceBusy",
    '"two\\n"',
    "ResourceBusy",
    '"three\\nfour"',
    "CurioError",
    "done",
    "",
  ]);
});

Deno.test("FileStream.stdout().blocking() hands out standard output, and refuses writes meanwhile", async () => {
  const [output] = await converse("lentOutput", "");
  assertEquals(output.split("\n"), [
    "lent",
    "WriteResourceBusy",
    "WriteResourceBusy",
    "WriteResourceBusy",
    "back",
    "5",
    "WriteResourceBusy",
    "done",
    "",
  ]);
});

async function hasScript(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("script", { args: ["-qec", "true", "/dev/null"] })
      .output();
    return success;
  } catch {
    return false;
  }
}
