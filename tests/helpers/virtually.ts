import { type KernelOptions, run } from "../../mod.ts";
import { VirtualClock } from "../../kernel/testing/mod.ts";

/** `run(fn)` on a clock that jumps: however long `fn` sleeps, the test does not. */
export function virtually<R>(
  fn: () => R | Promise<R>,
  options: KernelOptions = {},
): Promise<R> {
  return run({ clock: new VirtualClock(), ...options }, fn);
}
