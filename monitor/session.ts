/** One client of the line service. */
import { type Console, execute, type Outcome } from "./commands.ts";
import { LineReader, LineTooLong, MAX_LINE } from "./line_reader.ts";
import { silenceText } from "./phrases.ts";
import { printable } from "./printable.ts";
import { topLines, topOf } from "./top.ts";

/** What a session needs of a connection. */
export interface Peer {
  read(buffer: Uint8Array): Promise<number | null>;
  write(data: Uint8Array): Promise<number>;
  close(): void;
}

const PROMPT = "curio > ";
/**
 * A request line, whatever the method, or how TLS begins: a browser cannot send another first line. What
 * comes after either may be a page's own words; in TLS it is the session that a server made up.
 */
// deno-lint-ignore no-control-regex -- TLS begins with these
const FROM_BROWSER = /\bHTTP\/\d|^\x16\x03/;
/** How many characters to send at once. */
const PIECE = 32 * 1024;
/** How long a client may take to accept a piece before it is dropped. */
const WRITE_MS = 10_000;
/** How long it is waited for when the program ends. */
const GRACE_MS = 200;
/** How long a client may take to say its token. */
const TOKEN_MS = 10_000;
/** How often `top` looks. */
const TOP_MS = 1000;

export class Session {
  readonly #peer: Peer;
  readonly #lines: LineReader;
  readonly #console: Console;
  readonly #token: string | null;
  #open = true;
  #ending = false;
  #working: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();

  constructor(peer: Peer, console: Console, token: string | null) {
    this.#peer = peer;
    this.#lines = new LineReader(peer);
    this.#console = console;
    this.#token = token;
  }

  /** Talks to the client until either has had enough; then the connection is closed. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#talk();
    } catch (error) {
      if (error instanceof LineTooLong) {
        await this.#write(`Bad command. A line may have ${MAX_LINE} bytes.\n`).catch(() => {});
      }
      // Else the client is gone, or did not read.
    } finally {
      this.close();
    }
  }

  /** Ends it at once. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#peer.close();
  }

  /** Ends it once the client has the reply it is waiting for, unless that takes long. */
  async end(): Promise<void> {
    this.#ending = true;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GRACE_MS);
    await Promise.race([late, this.#working.then(() => this.#writing).catch(() => {})]);
    clearTimeout(timer);
    this.close();
  }

  async #talk(): Promise<void> {
    if (this.#token !== null && !await this.#admit(this.#token)) return;
    const { source } = this.#console;
    const snapshot = source.snapshot();
    await this.#write(
      `\nCurio Monitor: ${snapshot.tasks.length} tasks running\n` +
        (snapshot.silentFor > 0 ? printable(`Beware: ${silenceText(snapshot)}.\n`) : "") +
        "Type help for commands\n" + PROMPT,
    );
    for (let isFirst = true;; isFirst = false) {
      const line = await this.#lines.next();
      if (line === null) return;
      if (isFirst && FROM_BROWSER.test(line)) return await this.#write("This is no web server.\n");
      const working = execute(line, this.#console);
      this.#working = working;
      const outcome = await working;
      if (outcome.kind === "leave") return await this.#write("Leaving monitor\n");
      if (outcome.kind === "top") {
        if (!await this.#top()) return;
      } else {
        await this.#print(outcome);
        if (outcome.kind === "text") await outcome.settled;
      }
      if (this.#ending) return;
      await this.#write(PROMPT);
    }
  }

  /** Whether the first line is the token. */
  async #admit(token: string): Promise<boolean> {
    const timer = setTimeout(() => this.close(), TOKEN_MS);
    try {
      const line = await this.#lines.next();
      if (line !== null && isSame(line, token)) return true;
      await this.#write("Wrong token.\n");
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Prints a block a second until a line comes; `false` if the client has gone instead. */
  async #top(): Promise<boolean> {
    const { source } = this.#console;
    const line = this.#lines.next();
    let before = source.snapshot();
    let then = performance.now();
    for (let wait = TOP_MS / 4;; wait = TOP_MS) {
      const { promise: tick, resolve } = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => resolve(undefined), wait);
      const stopped = await Promise.race([line, tick]).finally(() => clearTimeout(timer));
      if (stopped !== undefined) return stopped !== null;
      await source.refresh();
      const after = source.snapshot();
      const now = performance.now();
      const view = topOf(before, after, (now - then) / 1000);
      [before, then] = [after, now];
      await this.#print({ kind: "lines", lines: [...topLines(view), ""] });
    }
  }

  async #print(outcome: Outcome & { kind: "lines" | "text" }): Promise<void> {
    if (outcome.kind === "text") return await this.#write(outcome.text);
    let piece = "";
    for (const line of outcome.lines) {
      piece += `${line}\n`;
      if (piece.length < PIECE) continue;
      await this.#write(piece);
      piece = "";
    }
    await this.#write(piece);
  }

  /** Nothing more is made for a client before it has taken this; one that takes too long is dropped. */
  #write(text: string): Promise<void> {
    return this.#writing = this.#send(text);
  }

  async #send(text: string): Promise<void> {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) {
      const timer = setTimeout(() => this.close(), WRITE_MS);
      try {
        rest = rest.subarray(await this.#peer.write(rest));
      } finally {
        clearTimeout(timer);
      }
    }
  }
}

/** Whether the strings are the same, in a time that does not tell where they differ. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [new TextEncoder().encode(given), new TextEncoder().encode(wanted)];
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ b[i];
  return difference === 0;
}
