import { run, type RunOptions } from "@curio/core";
import { VirtualClock } from "@curio/core/testing";
import { consoleOutput } from "../helpers/console_output.ts";

/** A program's first task. */
type Main = () => unknown;

/**
 * Runs a program of the tutorial as it stands there, on a clock that jumps, and gives the lines that it
 * printed: from first to last, what came from the library's own reports among them.
 */
export function printed(main: Main): Promise<string[]>;
/** {@linkcode printed} with options. */
export function printed(options: RunOptions, main: Main): Promise<string[]>;
export async function printed(...given: [Main] | [RunOptions, Main]): Promise<string[]> {
  const [options, main] = given.length === 1 ? [{}, given[0]] : given;
  const calls = await consoleOutput(() => run({ clock: new VirtualClock(), ...options }, main));
  return calls.map((call) => call.replace(/^log: /, ""));
}
