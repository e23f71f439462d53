import type { PipeStream } from "./pipe_stream.ts";

/**
 * For `stdin`, `stdout` or `stderr` of a process: a pipe, whose other end is the stream of that name
 * of its `Popen`. (The constants are Python's.)
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { PIPE, Popen } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   await using p = new Popen(["echo", "hello"], { stdout: PIPE });
 *   console.log(new TextDecoder().decode(await p.stdout.readall())); // hello
 * });
 * ```
 */
export const PIPE: -1 = -1;

/**
 * For `stderr` of a process: to where its standard output goes, in the order it is written.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { checkOutput, STDOUT } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   const both = await checkOutput("echo out; echo err >&2", { shell: true, stderr: STDOUT });
 *   console.log(new TextDecoder().decode(both)); // out, err
 * });
 * ```
 */
export const STDOUT: -2 = -2;

/**
 * For `stdin`, `stdout` or `stderr` of a process: nothing to read, or to nowhere.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { DEVNULL, run as runProcess } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   const { returncode } = await runProcess(["echo", "unheard"], { stdout: DEVNULL });
 *   console.log(returncode); // 0
 * });
 * ```
 */
export const DEVNULL: -3 = -3;

/** How a process is started. */
export interface PopenOptions {
  /** What it reads: this program's standard input unless given. Another process's stdout makes a pipeline. */
  stdin?: typeof PIPE | typeof DEVNULL | PipeStream | null;
  /** Where its output goes: to this program's standard output unless given. */
  stdout?: typeof PIPE | typeof DEVNULL | null;
  /** Where its error output goes: to this program's standard error unless given. */
  stderr?: typeof PIPE | typeof DEVNULL | typeof STDOUT | null;
  /** The directory it runs in: this program's unless given. */
  cwd?: string | URL;
  /** Variables added to the environment, which it inherits. */
  env?: Record<string, string>;
  /** Whether the shell runs it: a string is then a command line, which may have pipes and redirections. */
  shell?: boolean;
  /** How many bytes a line of its output may have: 1 MiB unless given. See `Stream.maxLine`. */
  maxLine?: number;
}

/** What a `Popen` started with options `O` has for a stream called `K`. */
export type PipeOf<O extends PopenOptions, K extends "stdin" | "stdout" | "stderr"> = O extends
  { readonly [key in K]: typeof PIPE } ? PipeStream : PipeStream | null;
