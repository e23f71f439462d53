/**
 * Processes: Python's `subprocess`, with waits that can be cancelled.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { checkOutput } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   console.log(new TextDecoder().decode(await checkOutput(["echo", "hello"])));
 * });
 * ```
 *
 * @module
 */
export { CalledProcessError, type Command, CompletedProcess } from "./completed_process.ts";
export { PipeStream } from "./pipe_stream.ts";
export { Popen } from "./popen.ts";
export { checkOutput, type CheckOutputOptions, run, type RunOptions } from "./run_process.ts";
export { DEVNULL, PIPE, type PipeOf, type PopenOptions, STDOUT } from "./stdio.ts";
