import { compareContestants } from "../kernel/compare.ts";

/** Measures what it costs the kernel to be looked at. */
export async function compareMonitored(): Promise<void> {
  await compareContestants("Monitor: × is with over without", [
    "kernel/curio.ts",
    "monitor/without_stacks.ts",
    "monitor/with_stacks.ts",
  ]);
}
