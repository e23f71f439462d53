import { assert, assertEquals } from "@std/assert";
import { Program } from "../helpers/program.ts";

/** What a program does in its workers; then it says that it is done, and ends. */
const PROGRAMS: [what: string, body: string][] = [
  [
    "idle workers",
    `await curio.runInThread(() => 1);
    await curio.runInProcess({ isolate: "worker" }, () => 1);
    await curio.runInProcess({ isolate: "process" }, () => 1);`,
  ],
  ["a thread in a busy loop", `await forget(() => curio.runInThread(spin));`],
  [
    "a worker in a busy loop",
    `await forget(() => curio.runInProcess({ isolate: "worker" }, spin));`,
  ],
  [
    "a process in a busy loop",
    `await forget(() => curio.runInProcess({ isolate: "process" }, spin));`,
  ],
  [
    "a process that never answers",
    `curio.spawn(() => curio.runInProcess(
    { isolate: "process" }, () => new Promise(() => {})));
    await curio.sleep(0.05);`,
  ],
];

const HELPERS = `
  const spin = () => { for (;;); };
  async function forget(call) {
    const task = curio.spawn(call);
    await curio.sleep(0.1);
    await task.cancel();
  }
`;

for (const [what, body] of PROGRAMS) {
  Deno.test(`A program with ${what} ends with its main task`, async () => {
    await using program = new Program(`${HELPERS}
      await curio.run(async () => { ${body} });
      console.log("DONE");
    `);
    const { code, errors, lines } = await program.end();
    assertEquals([code, errors, lines], [0, "", ["DONE"]]);
  });
}

Deno.test("A program that does not shut its kernel down is not kept alive by workers", async () => {
  await using program = new Program(`
    const kernel = new curio.Kernel();
    await kernel.run(async () => {
      await curio.runInThread(() => 1);
      await curio.runInProcess({ isolate: "process" }, () => 1);
    });
    await kernel.run(() => curio.runInThread(() => 2));
    console.log("DONE");
  `);
  const { code, lines } = await program.end();
  assertEquals([code, lines], [0, ["DONE"]]);
});

Deno.test("A worker process dies with its program, however that ends", async () => {
  await using program = new Program(`
    await curio.run(async () => {
      console.log(await curio.runInProcess({ isolate: "process" }, () => Deno.pid));
      await curio.sleep(Infinity);
    });
  `);
  await program.shows(/^\d+\n/);
  const pid = Number(program.lines[0]);
  assert(isAlive(pid));
  program.kill("SIGKILL");
  await program.end();
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
});

Deno.test("A worker process leaves Control-C to its program", async () => {
  await using program = new Program(`
    const isolate = "process";
    const pid = () => Deno.pid;
    await curio.run(async () => {
      const worker = await curio.runInProcess({ isolate }, pid);
      Deno.kill(worker, "SIGINT");
      console.log(await curio.runInProcess({ isolate }, pid) === worker);
    });
  `);
  const { errors, lines } = await program.end();
  assertEquals([lines, errors], [["true"], ""]);
});

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended; whoever inherits it has yet to look.
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
