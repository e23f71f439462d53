import { type KernelOptions, run } from "../../mod.ts";
import { schedulerOfKernel } from "../../kernel/kernel.ts";
import { VirtualClock } from "../../kernel/testing/mod.ts";
import { currentKernel } from "../../sync/traps.ts";

/** A task's function, here without arguments. */
type Main<R> = () => R | Promise<R>;

/** `run(fn)` on a clock that jumps: however long `fn` sleeps, the test does not. */
export function virtually<R>(fn: Main<R>): Promise<R>;
/** {@linkcode virtually} with options. */
export function virtually<R>(options: KernelOptions, fn: Main<R>): Promise<R>;
export function virtually<R>(...given: [Main<R>] | [KernelOptions, Main<R>]): Promise<R> {
  const [options, fn] = given.length === 1 ? [{}, given[0]] : given;
  return run({ clock: new VirtualClock(), ...options }, fn);
}

/** Lets `seconds` pass while the calling task keeps the processor to itself: {@linkcode virtually} only. */
export function hog(seconds: number): void {
  const { clock } = schedulerOfKernel(currentKernel());
  clock.advance(clock.now() + seconds);
}
