import { readLines } from "./lines.ts";

/** A child process that answers each line with a line. `await using` ends it. */
export class Child {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;

  private constructor(readonly command: string, process: Deno.ChildProcess) {
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    this.#lines = readLines(process.stdout);
  }

  /** Runs a program of this folder: a TypeScript file with Deno, a Python file with `python3`. */
  static start(file: string, ...flags: string[]): Child {
    const path = new URL(file, import.meta.url).pathname;
    const [command, args] = file.endsWith(".py")
      ? ["python3", [path]]
      : [Deno.execPath(), ["run", "-A", ...flags, path]];
    const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
    return new Child(file, child);
  }

  /** The number of the process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends `line` and returns the answer. */
  async ask(line: string): Promise<string> {
    // Where the process is gone, `read` says so.
    await this.#writer.write(new TextEncoder().encode(line + "\n")).catch(() => {});
    return await this.read();
  }

  /** The next line the process prints. */
  async read(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`${this.command} ended early: see its message above`);
    return value;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended already.
    }
    await this.#process.status;
    await this.#lines.return(undefined);
  }
}

const VERSION = "import asyncio, platform; asyncio.timeout; print(platform.python_version())";

/** The version of `python3`, or `null` where there is none with `asyncio.timeout` (3.11 and later). */
export async function pythonVersion(): Promise<string | null> {
  try {
    const command = new Deno.Command("python3", { args: ["-c", VERSION], stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
