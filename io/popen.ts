import { checkStdio } from "./check_stdio.ts";
import { type Command, showCommand } from "./completed_process.ts";
import { Conversation } from "./conversation.ts";
import { toBytes } from "./form.ts";
import { inTaskOrNot } from "./in_task_or_not.ts";
import { KeepAlive } from "./keep_alive.ts";
import { IncomingPipe, OutgoingPipe } from "./pipe.ts";
import { incomingPipe, PipeStream } from "./pipe_stream.ts";
import { Pipeline } from "./pipeline.ts";
import { ProcessExit } from "./process_exit.ts";
import { startProcess, toArgv } from "./start_process.ts";
import { PIPE, type PipeOf, type PopenOptions } from "./stdio.ts";

/**
 * A process, from its start to its end.
 *
 * Needs the permission to run the program (`--allow-run=program`) and nothing else; with `shell`, or
 * `stderr: STDOUT`, also the permission to run `sh`. Works outside tasks too, without cancellation. A
 * process that nobody waits for, and a pipe that nobody reads, do not keep the program alive. (A write
 * that was cancelled half-way does, until the process has read it or ended.)
 *
 * Its pipes are closed at their end, by `communicate`, by their own `close`, and by `await using`.
 *
 * @typeParam O The options it was started with: they tell which of its streams there are.
 *
 * @example Watch a program, line by line
 * ```ts
 * import { run } from "@curio/core";
 * import { PIPE, Popen } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   await using p = new Popen("echo one; echo two", { shell: true, stdout: PIPE });
 *   const decoder = new TextDecoder();
 *   for await (const line of p.stdout) console.log("Got:", decoder.decode(line).trimEnd());
 * });
 * ```
 *
 * @example A pipeline
 * ```ts
 * import { run } from "@curio/core";
 * import { PIPE, Popen } from "@curio/core/subprocess";
 *
 * await run(async () => {
 *   await using list = new Popen(["echo", "b\na"], { stdout: PIPE });
 *   await using sort = new Popen(["sort"], { stdin: list.stdout, stdout: PIPE });
 *   const [sorted] = await sort.communicate();
 *   console.log(new TextDecoder().decode(sorted)); // a, b
 * });
 * ```
 */
export class Popen<O extends PopenOptions = PopenOptions> {
  /** The command, as it was given. */
  readonly args: Command;
  /** The number of the process. */
  readonly pid: number;
  /** What the process reads, to be written to; `null` unless it was started with `stdin: PIPE`. */
  readonly stdin: PipeOf<O, "stdin">;
  /** What the process writes; `null` unless it was started with `stdout: PIPE`. */
  readonly stdout: PipeOf<O, "stdout">;
  /** What the process writes to its standard error; `null` unless it was started with `stderr: PIPE`. */
  readonly stderr: PipeOf<O, "stderr">;
  readonly #child: Deno.ChildProcess;
  readonly #exit: ProcessExit;
  readonly #conversation: Conversation;
  /** What leaving an `await using` block closes. */
  readonly #closables: readonly { close(): Promise<void> }[];

  /**
   * Starts a process, at once. No blocking point.
   *
   * @param args The program and its arguments; a string for a program without any, or with `shell` for
   * a command line.
   * @throws {Deno.errors.NotFound} If there is no such program, or directory to run it in.
   * @throws {Deno.errors.PermissionDenied} If the system does not let us run it.
   * @throws {Deno.errors.NotCapable} Without the permission to run it.
   * @throws {TypeError} If an argument or option is of no use.
   * @throws {RangeError} If `maxLine` is not positive.
   */
  constructor(args: Command, options?: O) {
    const given: PopenOptions = options ?? {};
    checkStdio(given);
    const argv = toArgv(args, given.shell ?? false);
    const { stdin, maxLine } = given;
    const source = stdin instanceof PipeStream ? incomingPipe(stdin) : null;
    const child = startProcess(argv, given);
    const { pid } = child;
    const keepAlive = new KeepAlive(child);

    const input = source !== null || stdin === PIPE ? new OutgoingPipe(child.stdin, pid) : null;
    const output = given.stdout === PIPE
      ? new IncomingPipe(child.stdout, keepAlive, `the stdout of process ${pid}`)
      : null;
    const errors = given.stderr === PIPE
      ? new IncomingPipe(child.stderr, keepAlive, `the stderr of process ${pid}`)
      : null;
    const pipeline = source === null ? null : new Pipeline(source.handOver(), input!);
    const ownInput = pipeline === null ? input : null;

    this.args = args;
    this.pid = pid;
    this.stdin = streamOf(ownInput, maxLine) as PipeOf<O, "stdin">;
    this.stdout = streamOf(output, maxLine) as PipeOf<O, "stdout">;
    this.stderr = streamOf(errors, maxLine) as PipeOf<O, "stderr">;
    this.#child = child;
    this.#exit = new ProcessExit(child, keepAlive, `process ${pid} (${showCommand(args)})`);
    this.#conversation = new Conversation(this.#exit, ownInput, output, errors);
    this.#closables = [pipeline ?? input, output, errors].filter((pipe) => pipe !== null);
  }

  /** The exit status, or minus the number of the signal that ended it; `null` while the process runs. */
  get returncode(): number | null {
    return this.#exit.returncode;
  }

  /** Looks whether the process has ended: gives its {@linkcode Popen.returncode}. */
  poll(): number | null {
    return this.#exit.returncode;
  }

  /**
   * Waits for the process to end. A blocking point unless it has; cancelled, it leaves the process
   * running. A process that fills a pipe nobody reads never ends: see {@linkcode Popen.communicate}.
   *
   * @returns Its `returncode`.
   */
  wait(): Promise<number> {
    return this.#exit.wait("Popen.wait()");
  }

  /**
   * Writes `input` to the process and closes its standard input, reads its output and errors to their
   * end, all at once, and waits for the process. A blocking point. Cancelled, it leaves the process
   * running; the error has what was read as `stdout` and `stderr`, and another call, without input,
   * goes on and returns the whole. That the process does not read all of its input is no error.
   *
   * @param input Bytes, or text to be sent as UTF-8.
   * @returns Output and errors; what is not piped is empty.
   * @throws {TypeError} If there is input and `stdin` is not piped, or closed.
   */
  communicate(
    input?: Uint8Array | string,
  ): Promise<[stdout: Uint8Array<ArrayBuffer>, stderr: Uint8Array<ArrayBuffer>]> {
    const operation = "Popen.communicate()";
    return inTaskOrNot(operation, async () => {
      const bytes = input === undefined || input === null ? undefined : toBytes(input, operation);
      await this.#conversation.run(operation, bytes);
      const { stdout, stderr } = this.#conversation.heard;
      return [stdout, stderr];
    });
  }

  /**
   * Sends `signal` to the process; to one that has ended, nothing. No blocking point.
   *
   * @param signal Its name, or its number.
   * @throws {TypeError} If there is no such signal.
   */
  sendSignal(signal: Deno.Signal | number): void {
    if (this.returncode !== null) return;
    try {
      this.#child.kill(signal as Deno.Signal);
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
  }

  /** Asks the process to end, by SIGTERM. */
  terminate(): void {
    this.sendSignal("SIGTERM");
  }

  /** Ends the process, by SIGKILL. */
  kill(): void {
    this.sendSignal("SIGKILL");
  }

  /**
   * Closes the pipes and waits for the process to end. A blocking point unless it has; cancelled, it
   * leaves the process running, without its pipes.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#closables.map((pipe) => pipe.close()));
    await this.#exit.wait("Popen[Symbol.asyncDispose]()");
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const { returncode } = this;
    const state = returncode === null ? "running" : `ended with ${returncode}`;
    return `Popen [${showCommand(this.args)}, process ${this.pid}, ${state}]`;
  }
}

function streamOf(
  end: IncomingPipe | OutgoingPipe | null,
  maxLine: number | undefined,
): PipeStream | null {
  return end === null ? null : new PipeStream(end, { maxLine });
}

/** Whether a signal did not arrive because the process has ended, of which we have not heard yet. */
function hasEnded(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    (error instanceof TypeError && error.message.includes("already terminated"));
}
