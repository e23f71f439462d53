import { runProgram } from "./program.ts";

/**
 * How many bytes of the heap each of many repetitions of `step` leaves behind: measured in a child
 * process, in a task, between two garbage collections. `step` is the source of an async function;
 * `setup` is source that runs before; the library is `curio`.
 */
export async function heapGrowth(
  repetitions: number,
  step: string,
  setup: string = "",
): Promise<number> {
  const { lines, errors } = await runProgram(`
    const { setFlagsFromString } = await import("node:v8");
    setFlagsFromString("--expose-gc");
    const collect = (await import("node:vm")).runInNewContext("gc");
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    ${setup}
    const step = ${step};
    await curio.run({ log }, async () => {
      for (let n = 0; n < 2000; n++) await step();
      collect();
      const before = Deno.memoryUsage().heapUsed;
      for (let n = 0; n < ${repetitions}; n++) await step();
      collect();
      console.log((Deno.memoryUsage().heapUsed - before) / ${repetitions});
    });
  `);
  if (lines.length === 0) throw new Error(`The program measured nothing:\n${errors}`);
  return Number(lines[0]);
}
