/** "Subprocesses": a command watched in real time, and one that fails. examples/ping.ts is the first as a program. */
import { assertEquals } from "@std/assert";
import { run, subprocess } from "@curio/core";
import { consoleOutput } from "../helpers/console_output.ts";

const decoder = new TextDecoder("ascii");

Deno.test("The older tutorial's ping, watched line by line", async () => {
  async function main() {
    const p = new subprocess.Popen(["sh", "-c", "echo one; echo two"], {
      stdout: subprocess.PIPE,
    });
    for await (const line of p.stdout) console.log("Got:", decoder.decode(line).trimEnd());
  }

  assertEquals(await consoleOutput(() => run(main)), ["log: Got: one", "log: Got: two"]);
});

/** The older tutorial's, with another command than `netstat -a`. */
async function show(command: string[]) {
  try {
    const out = await subprocess.checkOutput(command);
    console.log(decoder.decode(out));
  } catch (error) {
    if (!(error instanceof subprocess.CalledProcessError)) throw error;
    console.log("It failed!", error.message);
  }
}

Deno.test("The older tutorial's checkOutput() gives what the command printed", async () => {
  assertEquals(await consoleOutput(() => run(show, ["echo", "Active Internet connections"])), [
    "log: Active Internet connections\n",
  ]);
});

Deno.test("The older tutorial's checkOutput() says why it failed", async () => {
  assertEquals(await consoleOutput(() => run(show, ["sh", "-c", "exit 3"])), [
    "log: It failed! Cannot go on because 'sh -c exit 3' ended with status 3: see the error's returncode",
  ]);
});
