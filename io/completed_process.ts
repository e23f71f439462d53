import { brandError, CurioError } from "../kernel/errors.ts";

/** A command as it was given: a program and its arguments, or a command line. */
export type Command = string | readonly string[];

/** The command, short enough for a line. */
export function showCommand(args: Command): string {
  const text = (typeof args === "string" ? args : args.join(" ")).replace(/\s+/g, " ");
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/**
 * A process that was to succeed has ended with another status than 0, or by a signal.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { CalledProcessError, checkOutput } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   try {
 *     await checkOutput(["sh", "-c", "exit 3"]);
 *   } catch (error) {
 *     if (error instanceof CalledProcessError) console.log(error.returncode); // 3
 *   }
 * });
 * ```
 */
export class CalledProcessError extends CurioError {
  /** The command, as it was given. */
  readonly cmd: Command;
  /** Its exit status, or minus the number of the signal that ended it. */
  readonly returncode: number;
  /** What it wrote to its standard output, if that was piped. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** What it wrote to its standard error, if that was piped. */
  readonly stderr: Uint8Array<ArrayBuffer>;

  /** For a command that has ended with `returncode`. */
  constructor(
    cmd: Command,
    returncode: number,
    stdout: Uint8Array<ArrayBuffer> = new Uint8Array(0),
    stderr: Uint8Array<ArrayBuffer> = new Uint8Array(0),
  ) {
    const how = returncode < 0
      ? `was ended by signal ${-returncode}`
      : `ended with status ${returncode}`;
    const words = lastWords(stderr);
    super(
      `Cannot go on because '${showCommand(cmd)}' ${how}${words}: ` +
        (words === "" ? `see the error's returncode` : `see the error's stderr and returncode`),
    );
    this.cmd = cmd;
    this.returncode = returncode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** The last line of what a process wrote, which as a rule says what is wrong. */
function lastWords(stderr: Uint8Array): string {
  const line = new TextDecoder().decode(stderr.subarray(-1000)).trim().split("\n").at(-1)!.trim();
  return line === "" ? "" : `, saying "${line.slice(0, 200)}"`;
}

brandError(CalledProcessError, "CalledProcessError");

/**
 * A process that has ended, as `subprocess.run` returns it.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { type CompletedProcess, PIPE, run as runProcess } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   const done: CompletedProcess = await runProcess(["echo", "hello"], { stdout: PIPE });
 *   console.log(done.returncode, done.stdout.length); // 0 6
 * });
 * ```
 */
export class CompletedProcess {
  /** The command, as it was given. */
  readonly args: Command;
  /** Its exit status, or minus the number of the signal that ended it. */
  readonly returncode: number;
  /** What it wrote to its standard output; empty if that was not piped. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** What it wrote to its standard error; empty if that was not piped. */
  readonly stderr: Uint8Array<ArrayBuffer>;

  /** For a command that has ended with `returncode`. */
  constructor(
    args: Command,
    returncode: number,
    stdout: Uint8Array<ArrayBuffer> = new Uint8Array(0),
    stderr: Uint8Array<ArrayBuffer> = new Uint8Array(0),
  ) {
    this.args = args;
    this.returncode = returncode;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /**
   * Does nothing if the process succeeded.
   *
   * @throws {CalledProcessError} If its `returncode` is not 0.
   */
  checkReturncode(): void {
    if (this.returncode === 0) return;
    throw new CalledProcessError(this.args, this.returncode, this.stdout, this.stderr);
  }
}
