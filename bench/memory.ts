/**
 * What the kernel holds on to, in bytes of the heap after a collection. Run as a program, with V8's
 * `--expose-gc`, it measures; {@linkcode measureMemory} runs it so.
 */
import { Event, run, sleep, spawn, TaskGroup, timeoutAfter } from "../mod.ts";
import { formatCount, printTable } from "./table.ts";

const MANY = 100_000;
const VERY_MANY = 1_000_000;

/** Measures in a process of its own, whose heap holds nothing else. */
export async function measureMemory(): Promise<void> {
  const program = new URL(import.meta.url).pathname;
  const args = ["run", "-A", "--v8-flags=--expose-gc", program];
  const { success } = await new Deno.Command(Deno.execPath(), { args, stdout: "inherit" }).spawn()
    .status;
  if (!success) throw new Error("memory.ts failed: see its message above");
}

async function heapUsed(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Cannot measure the heap without --v8-flags=--expose-gc");
  // What a callback still on the stack refers to goes only in a later turn.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    gc();
  }
  return Deno.memoryUsage().heapUsed;
}

async function growth(body: () => unknown): Promise<number> {
  const before = await heapUsed();
  await body();
  return await heapUsed() - before;
}

/** Bytes per item of something kept alive by `keep`. */
async function perItem(keep: () => unknown): Promise<number> {
  let kept: unknown;
  const bytes = await growth(() => kept = keep());
  if (kept === undefined) throw new Error("nothing was kept");
  return bytes / MANY;
}

const items = <T>(make: () => T): T[] => Array.from({ length: MANY }, make);

// deno-lint-ignore require-await -- a task is an async function
async function short(): Promise<number> {
  return 42;
}

const never = new Promise<void>(() => {});
async function waitForEver(): Promise<void> {
  await never;
}

const idleTask = () =>
  run(async () => {
    const event = new Event();
    const bytes = await growth(async () => {
      for (let i = 0; i < MANY; i++) spawn({ daemon: true }, waitFor, event);
      await sleep(0);
    });
    event.set();
    return bytes / MANY;
  });

async function waitFor(event: Event): Promise<void> {
  await event.wait();
}

const pendingSleep = () =>
  run(async () => {
    let bytes = NaN;
    const task = spawn(async () => {
      bytes = await perItem(() => items(() => sleep(1000)));
      await sleep(1000);
    });
    while (Number.isNaN(bytes)) await sleep(0.01);
    await task.cancel();
    return bytes;
  });

const barePendingSleep = async () => {
  const timers: ReturnType<typeof setTimeout>[] = [];
  const bytes = await perItem(() =>
    items(() => new Promise((resolve) => timers.push(setTimeout(resolve, 1e6))))
  );
  for (const timer of timers) clearTimeout(timer);
  return bytes;
};

/** Bytes left by `count` of what `repeat` does; code and buffers that the first few made not counted. */
async function leftBy(count: number, repeat: (count: number) => Promise<void>): Promise<number> {
  await repeat(count / 10);
  return await growth(() => repeat(count));
}

const timeouts = () =>
  run(leftBy, MANY, async (count: number) => {
    for (let i = 0; i < count; i++) await timeoutAfter(1000, short);
  });

const bareTimeouts = () =>
  leftBy(MANY, async (count) => {
    for (let i = 0; i < count; i++) {
      const timer = setTimeout(() => {}, 1e6);
      await short();
      clearTimeout(timer);
    }
  });

const daemons = () =>
  run(() =>
    new TaskGroup().run((group) =>
      leftBy(VERY_MANY, async (count) => {
        for (let i = 1; i <= count; i++) {
          group.spawn({ daemon: true }, short);
          if (i % 100 === 0) await sleep(0);
        }
      })
    )
  );

const bareCalls = () =>
  leftBy(VERY_MANY, async (count) => {
    for (let i = 0; i < count; i++) await short();
  });

if (import.meta.main) {
  const row = async (title: string, ours: () => Promise<number>, bare: () => Promise<number>) => [
    title,
    formatCount(await ours()),
    formatCount(await bare()),
  ];
  console.log("\nMemory: bytes of the heap after a collection\n");
  printTable([
    ["", "@curio/core", "bare promises"],
    await row("per idle task", idleTask, () => perItem(() => items(waitForEver))),
    await row("per pending sleep", pendingSleep, barePendingSleep),
    await row(`left by ${formatCount(MANY)} timeouts`, timeouts, bareTimeouts),
    await row(`left by ${formatCount(VERY_MANY)} tasks of a group`, daemons, bareCalls),
  ]);
}
