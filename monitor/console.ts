/**
 * The client's conversation with a person, or with a program that writes to its standard input. To the
 * service it is a client like `nc`: it sends lines, and shows what comes up to the next prompt. On a
 * terminal it adds line editing, history, completion, and a `top` that stays in place.
 */
import { createInterface, type Interface } from "node:readline";
import process from "node:process";
import { PROMPT, type Talk } from "./talk.ts";

const CLEAR = "\x1b[H\x1b[J";
/** Between two blocks of `top`. */
const BLOCK_END = "\n\n";

/** Shows `greeting`, then passes on what is typed and shows what comes back, until either side has had enough. */
export async function converse(talk: Talk, greeting: string): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  write(greeting);
  let isAnswering = false;
  let completing: Promise<unknown> = Promise.resolve();
  const input = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: isTerminal,
    prompt: PROMPT,
    historySize: 500,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void): void => {
      // Replies come in order, one for each line that was sent: while one is coming nothing is asked.
      if (isAnswering) return done(null, [[], line]);
      completing = complete(talk, line).then((lines) => done(null, [lines, line]));
    },
  });
  const lines = new TypedLines(input);
  try {
    for (;;) {
      if (talk.hungUp) return report("Connection closed by remote host");
      // What was typed meanwhile stays, and the cursor behind it.
      if (isTerminal) input.prompt(true);
      else write(PROMPT);
      const line = await Promise.race([lines.next(), talk.ended]);
      if (line === undefined) {
        if (isTerminal) write("\n");
        continue;
      }
      isAnswering = true;
      await completing;
      await talk.send(line ?? "quit");
      if (line?.trim() === "top") await watch(talk, lines, isTerminal);
      else await show(talk);
      isAnswering = false;
      if (talk.hungUp && (line === null || /^\s*(?:q|exit\s*$)/.test(line))) return 0;
    }
  } finally {
    input.close();
  }
}

/** What is typed, line by line. */
class TypedLines {
  readonly #lines: (string | null)[] = [];
  #arrival = Promise.withResolvers<void>();

  constructor(readonly input: Interface) {
    input.on("line", (line) => this.#add(line));
    input.on("close", () => this.#add(null));
    // Ctrl-C leaves, as Ctrl-D does.
    input.on("SIGINT", () => {
      write("\n");
      this.#add(null);
    });
  }

  /** The next one; `null` at the end. */
  async next(): Promise<string | null> {
    if (this.#lines.length === 0) await this.#arrival.promise;
    // The end stays the end.
    return this.#lines[0] === null ? null : this.#lines.shift()!;
  }

  #add(line: string | null): void {
    this.#lines.push(line);
    const { resolve } = this.#arrival;
    this.#arrival = Promise.withResolvers();
    resolve();
  }
}

async function complete(talk: Talk, line: string): Promise<string[]> {
  return (await talk.ask(`complete ${line}`)).split("\n").filter((each) => each !== "");
}

/** Shows a reply. */
async function show(talk: Talk): Promise<void> {
  for await (const text of talk.reply()) write(text);
}

/** Shows the live view, on a terminal always in the same place, until a key or a line comes. */
async function watch(talk: Talk, lines: TypedLines, isTerminal: boolean): Promise<void> {
  const stop = stopper(lines, isTerminal);
  void stop.then(() => talk.send(""));
  let block = "";
  for await (const text of talk.reply()) {
    if (!isTerminal) {
      write(text);
      continue;
    }
    block += text;
    const end = block.lastIndexOf(BLOCK_END);
    if (end < 0) continue;
    const start = block.lastIndexOf(BLOCK_END, end - 1);
    write(`${CLEAR}${block.slice(start < 0 ? 0 : start + 2, end + 1)}\nPress a key to stop.\n`);
    block = block.slice(end + 2);
  }
}

/** Resolves when there is reason to stop a live view: a key, or else a line, or the end of input. */
async function stopper(lines: TypedLines, isTerminal: boolean): Promise<void> {
  if (!isTerminal) {
    await lines.next();
    return;
  }
  await new Promise<void>((resolve) => process.stdin.once("keypress", () => resolve()));
  // The key was no beginning of a line.
  lines.input.write(null, { ctrl: true, name: "u" });
}

/** As telnet tells it. */
function report(what: string): number {
  write(`*** ${what} ***\n`);
  return 0;
}

function write(text: string): void {
  process.stdout.write(text);
}
