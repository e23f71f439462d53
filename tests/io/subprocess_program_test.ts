import { assert, assertEquals, assertMatch } from "@std/assert";
import { text } from "./processes.ts";

const LIBRARY = import.meta.resolve("../../io/subprocess.ts");
const KERNEL = import.meta.resolve("../../kernel/kernel.ts");

/** More milliseconds than a program takes, however busy the machine. */
const PATIENCE = 60_000;

/** The command that runs a program that may do no more than `permissions` say. */
function commandOf(program: string, permissions: string[]): string[] {
  const source = `
    import { checkOutput, PIPE, Popen, STDOUT } from ${JSON.stringify(LIBRARY)};
    import { Kernel } from ${JSON.stringify(KERNEL)};
    ${program}
  `;
  const url = `data:application/typescript,${encodeURIComponent(source)}`;
  const flags = ["--no-check", "--no-prompt", "--allow-import"];
  return [Deno.execPath(), "run", ...flags, ...permissions, url];
}

/** What a command printed that must succeed, and say nothing else. */
async function printedBy([command, ...args]: string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  assertEquals(text(stderr), "");
  assert(success);
  return text(stdout);
}

function printed(program: string, ...permissions: string[]): Promise<string> {
  return printedBy(commandOf(program, permissions));
}

Deno.test("Popen needs the permission to run its program only", async () => {
  const output = await printed(
    `
    const p = new Popen(["cat"], { stdin: PIPE, stdout: PIPE, env: { ADDED: "1" } });
    const [stdout] = await p.communicate("hello");
    console.log(new TextDecoder().decode(stdout));
    try {
      new Popen(["sort"]);
    } catch (error) {
      console.log(error.name);
    }
    `,
    "--allow-run=cat",
  );
  assertEquals(output, "hello\nNotCapable\n");
});

Deno.test("Popen with STDOUT needs the permission to run sh as well", async () => {
  const program = `
    try {
      const out = await checkOutput(["echo", "hello"], { stderr: STDOUT });
      console.log(new TextDecoder().decode(out).trim());
    } catch (error) {
      console.log(error.message);
    }
  `;
  assertEquals(await printed(program, "--allow-run=echo,sh"), "hello\n");
  assertMatch(await printed(program, "--allow-run=echo"), /run access to "sh"/);
  assertMatch(await printed(program, "--allow-run=sh"), /run access to "echo"/);
});

Deno.test({
  name: "Popen.wait() ends where the system clears processes away",
  ignore: Deno.build.os === "windows",
  async fn() {
    const program = `
      const p = new Popen(["echo", "hello"], { stdout: PIPE });
      const [stdout] = await p.communicate();
      console.log(new TextDecoder().decode(stdout).trim(), await p.wait());
    `;
    const ignoring = ["sh", "-c", "trap '' CHLD; exec \"$@\"", "sh"];
    const output = await printedBy([...ignoring, ...commandOf(program, ["--allow-run=echo"])]);
    assertEquals(output, "hello 0\n");
  },
});

Deno.test("a process that is left running does not keep the program alive", async () => {
  const output = await printed(
    `
    let pid;
    await using kernel = new Kernel();
    await kernel.run(async () => {
      const p = new Popen(["sleep", "1000"], { stdin: PIPE, stdout: PIPE, stderr: PIPE });
      pid = p.pid;
      const { spawn } = await import(${
      JSON.stringify(import.meta.resolve("../../kernel/spawn.ts"))
    });
      for (const wait of [() => p.stdout.read(), () => p.wait(), () => p.stderr.readline()]) {
        spawn({ daemon: true }, wait);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    console.log(pid);
    `,
    "--allow-run=sleep",
  );
  Deno.kill(Number(output), "SIGKILL");
});

Deno.test("a process that is waited for outside a task keeps the program alive", async () => {
  const output = await printed(
    `
    const p = new Popen("sleep 0.1; echo late", { shell: true, stdout: PIPE });
    console.log(new TextDecoder().decode(await p.stdout.readall()).trim(), await p.wait());
    console.log(await new Popen(["sleep", "0.1"]).wait());
    // What it started writes after it has ended.
    const parent = new Popen("(sleep 0.1; echo later) &", { shell: true, stdout: PIPE });
    await parent.wait();
    console.log(new TextDecoder().decode(await parent.stdout.readall()).trim());
    `,
    "--allow-run=sh,sleep",
  );
  assertEquals(output, "late 0\n0\nlater\n");
});

Deno.test({
  name: "processes that are run, cancelled or broken off leave no descriptor behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", import.meta.resolve("./subprocess_program.ts")],
      signal: AbortSignal.timeout(PATIENCE),
    }).output();
    assertEquals(text(stderr), "");
    assertEquals(text(stdout).trim().split("\n"), [
      "communicate() left nothing",
      "await using left nothing",
      "a cancelled run() left nothing",
      "a pipeline left nothing",
      "a broken pipe left nothing",
      "what could not be started left nothing",
    ]);
  },
});
