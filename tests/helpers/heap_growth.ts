import { runProgram } from "./program.ts";

/** Source that defines `collect()`, which collects all the garbage there is. */
export const COLLECT = `
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--expose-gc");
  const collect = (await import("node:vm")).runInNewContext("gc");
`;

/** So many times the heap is measured: what a busy host is late with shows in one of them only. */
const SAMPLES = 4;

/**
 * How many bytes of the heap each of many repetitions of `step` leaves behind, measured in a child
 * process, in a task. The repetitions are split into several rounds with a garbage collection after
 * each, and the round with the least growth counts: a leak grows in every one of them. `step` is the
 * source of an async function; `setup` is source that runs before; the library is `curio`.
 */
export async function heapGrowth(
  repetitions: number,
  step: string,
  setup: string = "",
): Promise<number> {
  const { lines, errors } = await runProgram(`
    ${COLLECT}
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    ${setup}
    const step = ${step};
    async function heapAfter(repetitions) {
      for (let n = 0; n < repetitions; n++) await step();
      for (let turn = 0; turn < 3; turn++) {
        await curio.abortable(new Promise((resolve) => setTimeout(resolve)));
        collect();
      }
      return Deno.memoryUsage().heapUsed;
    }
    await curio.run({ log }, async () => {
      let before = await heapAfter(2000);
      for (let sample = 0; sample < ${SAMPLES}; sample++) {
        const after = await heapAfter(${repetitions / SAMPLES});
        console.log((after - before) / ${repetitions / SAMPLES});
        before = after;
      }
    });
  `);
  if (lines.length < SAMPLES) throw new Error(`The program measured too little:\n${errors}`);
  return Math.min(...lines.map(Number));
}
