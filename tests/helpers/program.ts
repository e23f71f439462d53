/** How a {@linkcode Program} ended. */
export interface Ending {
  /** The exit status. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: Deno.Signal | null;
  /** Every line it wrote to standard output. */
  readonly lines: string[];
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** What a program's source starts with: the whole library, under its own names. */
const HEAD = `import * as curio from ${
  JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
};
`;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/**
 * A Deno program in a child process. `await using` kills it if it still runs, so that a failing test
 * leaves nothing behind.
 *
 * ```ts ignore
 * await using program = new Program(`
 *   await curio.run(async () => {
 *     console.log("READY");
 *     await curio.sleep(Infinity);
 *   });
 * `);
 * await program.line("READY");
 * program.kill("SIGINT");
 * assertEquals((await program.end()).code, 130);
 * ```
 */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  #errors = "";
  #waiting: (() => void)[] = [];
  #ended = false;
  readonly #ending: Promise<Ending>;

  /** Starts the TypeScript in `source`, in which the library is `curio`. */
  constructor(source: string, options: { args?: string[]; env?: Record<string, string> } = {}) {
    const url = `data:application/typescript,${encodeURIComponent(HEAD + source)}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", CONFIG, ...(options.args ?? []), url],
      env: { NO_COLOR: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#ending = this.#follow();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Resolves once it has written `line` to standard output.
   *
   * @throws {Error} If it ended without.
   */
  async line(line: string): Promise<void> {
    while (!this.#lines.includes(line)) {
      if (this.#ended) {
        throw new Error(
          `The program ended without "${line}":\n${this.#lines.join("\n")}\n${this.#errors}`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Sends it `signal`. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Resolves once it has ended. */
  end(): Promise<Ending> {
    return this.#ending;
  }

  /** Ends it, the hard way. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGKILL");
    await this.#ending;
  }

  async #follow(): Promise<Ending> {
    await Promise.all([this.#readLines(), this.#readErrors()]);
    const { code, signal } = await this.#child.status;
    this.#ended = true;
    this.#tell();
    return { code, signal, lines: this.#lines, errors: this.#errors };
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.#lines.push(...lines);
      this.#tell();
    }
    if (rest !== "") this.#lines.push(rest);
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#errors += text;
    }
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Runs the TypeScript in `source`, in which the library is `curio`, to its end. */
export async function runProgram(source: string): Promise<Ending> {
  await using program = new Program(source);
  return await program.end();
}
