import { checkCancellation, disableCancellation } from "../kernel/cancellation.ts";
import { currentScope } from "../kernel/current.ts";
import { noteProgress } from "../kernel/progress.ts";
import { thread } from "../kernel/thread_scope.ts";
import { type Command, CompletedProcess } from "./completed_process.ts";
import { inTaskOrNot } from "./in_task_or_not.ts";
import { Popen } from "./popen.ts";
import { PIPE, type PopenOptions } from "./stdio.ts";

/** How {@linkcode run} starts a process, and what it makes of its end. */
export interface RunOptions extends PopenOptions {
  /** What the process reads, instead of `stdin`: bytes, or text to be sent as UTF-8. */
  input?: Uint8Array | string;
  /** Whether another status than 0 is an error. */
  check?: boolean;
}

/** How {@linkcode checkOutput} starts a process: the output is piped, and its status checked. */
export type CheckOutputOptions = Omit<RunOptions, "stdout" | "check">;

/**
 * Runs a process to its end: feeds it `input`, and collects what is piped. A blocking point.
 *
 * Cancelled, or when anything else goes wrong, it kills the process (SIGKILL), waits for it to be gone,
 * but not for processes that it started, and the error has what was read as `stdout` and `stderr`.
 *
 * @param args The program and its arguments; with `shell`, a command line.
 * @throws {CalledProcessError} With `check`, if it ended with another status than 0.
 * @throws What `new Popen()` throws.
 *
 * @example
 * ```ts
 * import { run, timeoutAfter } from "@curio/core";
 * import { PIPE, run as runProcess } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   const done = await timeoutAfter(5, runProcess, ["cat"], { input: "hello", stdout: PIPE });
 *   console.log(new TextDecoder().decode(done.stdout)); // hello
 * });
 * ```
 */
export function run(args: Command, options: RunOptions = {}): Promise<CompletedProcess> {
  if (thread !== null) return thread["subprocess.run"](args, options) as Promise<never>;
  return inTaskOrNot("subprocess.run()", () => runToEnd(args, options));
}

/**
 * Runs a process that must succeed, and returns what it wrote to its standard output. A blocking
 * point; cancelled, it does as {@linkcode run}.
 *
 * @param args The program and its arguments; with `shell`, a command line.
 * @throws {CalledProcessError} If it ended with another status than 0.
 * @throws What `new Popen()` throws.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { CalledProcessError, checkOutput } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   try {
 *     const out = await checkOutput(["uname", "-s"]);
 *     console.log(new TextDecoder().decode(out));
 *   } catch (error) {
 *     if (error instanceof CalledProcessError) console.log("It failed!", error.message);
 *   }
 * });
 * ```
 */
export function checkOutput(
  args: Command,
  options: CheckOutputOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (thread !== null) return thread["subprocess.checkOutput"](args, options) as Promise<never>;
  return inTaskOrNot("subprocess.checkOutput()", async () => {
    const { stdout } = await runToEnd(args, { ...options, stdout: PIPE, check: true });
    return stdout;
  });
}

async function runToEnd(args: Command, options: RunOptions): Promise<CompletedProcess> {
  const { input, check = false, ...rest } = options;
  const hasInput = input !== undefined && input !== null;
  if (hasInput && rest.stdin !== undefined && rest.stdin !== PIPE) {
    throw new TypeError(
      "Cannot use both stdin and input because input goes through stdin: leave one of them out",
    );
  }
  startNothingIfCancelled();
  const process = new Popen(args, hasInput ? { ...rest, stdin: PIPE } : rest);
  let output: [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  try {
    output = await process.communicate(input);
  } catch (error) {
    process.kill();
    await shielded(() => process[Symbol.asyncDispose]());
    throw error;
  }
  const completed = new CompletedProcess(args, process.returncode!, ...output);
  if (check) completed.checkReturncode();
  return completed;
}

/** A cancellation that is due comes before the process is started, and not after. */
function startNothingIfCancelled(): void {
  if (currentScope() === null) return;
  try {
    checkCancellation();
  } catch (error) {
    noteProgress(error, { stdout: new Uint8Array(0), stderr: new Uint8Array(0) });
    throw error;
  }
}

async function shielded(body: () => Promise<void>): Promise<void> {
  if (currentScope() === null) await body();
  else await disableCancellation(body);
}
