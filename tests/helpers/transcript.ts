import { deadline } from "@std/async";

/** More milliseconds than anything a test waits for takes, however busy the machine. */
const PATIENCE = 20_000;

/** The text that comes from somewhere, as it comes. */
export class Transcript {
  readonly #name: string;
  #text = "";
  readonly #lines: string[] = [];
  #rest = "";
  #ended = false;
  #waiting: (() => void)[] = [];

  /** @param name Whose text it is: for the error when something awaited does not come. */
  constructor(name: string) {
    this.#name = name;
  }

  /** All of it. */
  get text(): string {
    return this.#text;
  }

  /** Its lines: those that are complete and, once it has ended, the rest. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Takes what comes from `stream` until that ends. */
  async follow(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#add(text);
    } finally {
      if (this.#rest !== "") this.#lines.push(this.#rest);
      this.#ended = true;
      this.#tell();
    }
  }

  /**
   * Resolves once it has `line`, `count` times.
   *
   * @throws {Error} If it ended without.
   */
  async line(line: string, count = 1): Promise<void> {
    const found = () => this.#lines.filter((each) => each === line).length >= count;
    await this.#until(found, count === 1 ? `"${line}"` : `"${line}" ${count} times`);
  }

  /**
   * Resolves once it has `part`, in complete lines or not.
   *
   * @throws {Error} If it ended without.
   */
  async shows(part: string | Pick<RegExp, "test">): Promise<void> {
    const found = typeof part === "string"
      ? () => this.#text.includes(part)
      : () => part.test(this.#text);
    await this.#until(found, String(part));
  }

  async #until(condition: () => boolean, wanted: string): Promise<void> {
    while (!condition()) {
      if (this.#ended) throw new Error(`${this.#name} ended without ${wanted}:\n${this.#text}`);
      const more = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await deadline(more, PATIENCE).catch((cause) => {
        throw new Error(`${this.#name} came to a halt without ${wanted}:\n${this.#text}`, {
          cause,
        });
      });
    }
  }

  #add(text: string): void {
    this.#text += text;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#lines.push(line);
    this.#tell();
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
