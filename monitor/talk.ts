/** What the service says when it waits for a command. */
export const PROMPT = "curio > ";

/** The conversation with the service: each reply ends with a prompt. */
export class Talk {
  readonly #conn: Deno.TcpConn;
  #text = "";
  #hungUp = false;
  #news = Promise.withResolvers<void>();
  /** Resolves when the service has hung up. */
  readonly ended: Promise<void>;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.ended = this.#listen();
  }

  /** Whether the service has hung up. */
  get hungUp(): boolean {
    return this.#hungUp;
  }

  /** Hangs up. */
  close(): void {
    this.#conn.close();
  }

  /** Sends a line; harmless if nobody is there any more. */
  async send(line: string): Promise<void> {
    let rest = new TextEncoder().encode(`${line}\n`);
    try {
      while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
    } catch {
      this.#hungUp = true;
    }
  }

  /** What comes, as it comes, up to the next prompt or the end. */
  async *reply(): AsyncGenerator<string> {
    for (;;) {
      const isWhole = this.#text.endsWith(PROMPT);
      // What may be the beginning of a prompt stays here until that is clear.
      const size = this.#text.length - (isWhole ? PROMPT.length : beginningOfPrompt(this.#text));
      const ready = this.#text.slice(0, size);
      this.#text = isWhole ? "" : this.#text.slice(size);
      if (ready !== "") yield ready;
      if (isWhole) return;
      if (this.#hungUp) {
        if (this.#text !== "") yield this.#text;
        this.#text = "";
        return;
      }
      await this.#news.promise;
    }
  }

  /** Sends a line; the whole of the reply. */
  async ask(line: string): Promise<string> {
    await this.send(line);
    return (await Array.fromAsync(this.reply())).join("");
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await this.#conn.read(buffer).catch(() => null);
      if (count === null) this.#hungUp = true;
      else this.#text += decoder.decode(buffer.subarray(0, count), { stream: true });
      const { resolve } = this.#news;
      this.#news = Promise.withResolvers();
      resolve();
      if (count === null) return;
    }
  }
}

/** How many characters at the end of `text` may become a prompt. */
function beginningOfPrompt(text: string): number {
  for (let size = Math.min(PROMPT.length - 1, text.length); size > 0; size--) {
    if (text.endsWith(PROMPT.slice(0, size))) return size;
  }
  return 0;
}
