import { deadline } from "@std/async";
import { Transcript } from "./transcript.ts";

/** How a {@linkcode Child} ended. */
export interface Ending {
  /** The exit status. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: Deno.Signal | null;
  /** Every line it wrote to standard output. */
  readonly lines: readonly string[];
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** How a {@linkcode Child} is started. */
export interface ChildOptions {
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** `"piped"` to have {@linkcode Child.type}; nothing to read unless given. */
  stdin?: "null" | "piped";
}

/** More milliseconds than a child that is about to end takes, however busy the machine. */
const PATIENCE = 20_000;

/**
 * A child process. `await using` kills it if it still runs, so that a failing test leaves nothing
 * behind.
 */
export class Child {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | null;
  readonly #output: Transcript;
  readonly #errors: Transcript;
  readonly #ending: Promise<Ending>;

  constructor(command: string, options: ChildOptions) {
    const { stdin = "null" } = options;
    this.#child = new Deno.Command(command, {
      ...options,
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = stdin === "piped" ? this.#child.stdin.getWriter() : null;
    const name = [command, ...(options.args ?? [])].join(" ").slice(0, 300);
    this.#output = new Transcript(`The output of ${name}`);
    this.#errors = new Transcript(`What ${name} wrote to standard error`);
    this.#ending = this.#follow();
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What it has written to standard output. */
  get text(): string {
    return this.#output.text;
  }

  /** The lines it has written to standard output. */
  get lines(): readonly string[] {
    return this.#output.lines;
  }

  /** What it has written to standard error. */
  get errors(): string {
    return this.#errors.text;
  }

  /**
   * Resolves once it has written `line` to standard output, `count` times.
   *
   * @throws {Error} If it ended without.
   */
  async line(line: string, count = 1): Promise<void> {
    await this.#output.line(line, count).catch(this.#explain);
  }

  /**
   * Resolves once it has written `part` to standard output, in complete lines or not.
   *
   * @throws {Error} If it ended without.
   */
  async shows(part: string | Pick<RegExp, "test">): Promise<void> {
    await this.#output.shows(part).catch(this.#explain);
  }

  /** Writes a line to its standard input. */
  async type(line: string): Promise<void> {
    await this.press(`${line}\n`);
  }

  /** Writes to its standard input just what is given. */
  async press(keys: string): Promise<void> {
    await this.#input!.write(new TextEncoder().encode(keys));
  }

  /** Ends its standard input, as Control-D does. */
  async endInput(): Promise<void> {
    await this.#input!.close();
  }

  /** Sends it `signal`. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /**
   * Resolves once it has ended.
   *
   * @throws {Error} If it does not.
   */
  async end(): Promise<Ending> {
    return await deadline(this.#ending, PATIENCE).catch(this.#explain);
  }

  /** Ends it, the hard way. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#ending;
    // Nobody reads it any more, which is what closing it may say.
    await this.#input?.close().catch(() => {});
  }

  async #follow(): Promise<Ending> {
    await Promise.all([
      this.#output.follow(this.#child.stdout),
      this.#errors.follow(this.#child.stderr),
    ]);
    const { code, signal } = await this.#child.status;
    return { code, signal, lines: this.lines, errors: this.errors };
  }

  readonly #explain = (cause: Error): never => {
    throw new Error(`${cause.message}\n${this.text}\n${this.errors}`, { cause });
  };
}
