/** A program for `subprocess_program_test.ts`: counts descriptors where nothing else runs. */
import { PIPE, Popen, run } from "../../io/subprocess.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { sleep } from "../../kernel/sleep.ts";
import { ignoreAfter } from "../../kernel/timeout.ts";

const ALL = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;

function countDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const ROUNDS = 20;

/** Runs `scenario` a few times and tells whether it left descriptors behind. */
async function check(name: string, scenario: () => Promise<unknown>): Promise<void> {
  await scenario();
  const before = countDescriptors();
  for (let n = 0; n < ROUNDS; n++) await scenario();
  // The host lets go of a descriptor with the operation that used it, which may be a turn later; and it
  // opens two of its own, half a second after its start.
  const left = () => countDescriptors() - before;
  for (let turn = 0; turn < 100 && left() >= ROUNDS; turn++) await sleep(0.005);
  console.log(name, left() < ROUNDS ? "left nothing" : `left ${left()} descriptors`);
}

await using kernel = new Kernel();
await kernel.run(async () => {
  await check("communicate()", () => new Popen(["cat"], ALL).communicate("hello"));
  await check("await using", async () => {
    await using p = new Popen(["cat"], ALL);
    await ignoreAfter(0.001, () => p.stdout.read());
  });
  await check("a cancelled run()", () =>
    ignoreAfter(0.005, run, ["sleep", "1000"], {
      input: new Uint8Array(1_000_000),
      stdout: PIPE,
      stderr: PIPE,
    }));
  await check("a pipeline", async () => {
    await using yes = new Popen(["yes"], { stdout: PIPE });
    await using head = new Popen(["head", "-n", "1"], { stdin: yes.stdout, stdout: PIPE });
    await head.stdout.readall();
  });
  await check("a broken pipe", async () => {
    await using p = new Popen(["true"], { stdin: PIPE });
    await p.wait();
    await p.stdin.write("x").catch(() => {});
  });
  await check("what could not be started", async () => {
    try {
      new Popen(["no-such-program-here"], ALL);
    } catch {
      await sleep(0);
    }
  });
});
