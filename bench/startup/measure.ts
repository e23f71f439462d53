/** How long programs take that do next to nothing. */
import { formatNanoseconds, formatRatio, printTable } from "../table.ts";

const ROUNDS = 15;

const PROGRAMS = [
  ["empty program", "empty.ts"],
  ["kernel alone", "kernel.ts"],
  ["all of @curio/core", "core.ts"],
] as const;

/** Measures how long it takes to start a program, and to end it. */
export async function measureStartUp(): Promise<void> {
  const times = new Map<string, number[]>(PROGRAMS.map(([, file]) => [file, []]));
  // The first time Deno compiles what it then has in its cache.
  for (const [, file] of PROGRAMS) await timeOf(file);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [, file] of PROGRAMS) times.get(file)!.push(await timeOf(file));
  }
  const base = median(times.get(PROGRAMS[0][1])!);
  console.log(`\nStart-up (median of ${ROUNDS}; × over an empty program)`);
  printTable([
    ["", "from start to end", "×"],
    ...PROGRAMS.map(([name, file]) => {
      const time = median(times.get(file)!);
      return [name, formatNanoseconds(time), formatRatio(time / base)];
    }),
  ]);
}

/** How long `file` takes, in nanoseconds. */
async function timeOf(file: string): Promise<number> {
  const program = new URL(file, import.meta.url).pathname;
  const start = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", program],
    stdout: "null",
    stderr: "inherit",
  }).spawn().status;
  if (!success) throw new Error(`${file} failed: see its message above`);
  return (performance.now() - start) * 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
