import type { Logger } from "../../mod.ts";

/** One call of a logger. */
export interface LogEntry {
  readonly level: keyof Logger;
  readonly parts: readonly unknown[];
  /** The parts as one line of text; an error shows as its name and message. */
  readonly text: string;
}

/** A logger that keeps what it is told, so that a test can look at it. */
export class RecordingLog implements Logger {
  /** Every call, in order. */
  readonly entries: LogEntry[] = [];
  readonly #waiting = new Set<{ pattern: RegExp; found: (entry: LogEntry) => void }>();

  debug(...parts: unknown[]): void {
    this.#add("debug", parts);
  }

  info(...parts: unknown[]): void {
    this.#add("info", parts);
  }

  warn(...parts: unknown[]): void {
    this.#add("warn", parts);
  }

  error(...parts: unknown[]): void {
    this.#add("error", parts);
  }

  /** The text of every call, or of those at `level`. */
  texts(level?: keyof Logger): string[] {
    return this.entries
      .filter((entry) => level === undefined || entry.level === level)
      .map((entry) => entry.text);
  }

  /** Resolves with the first entry, past or to come, whose text matches: a promise foreign to the kernel. */
  until(pattern: RegExp): Promise<LogEntry> {
    const entry = this.entries.find((entry) => pattern.test(entry.text));
    if (entry !== undefined) return Promise.resolve(entry);
    return new Promise((found) => this.#waiting.add({ pattern, found }));
  }

  #add(level: keyof Logger, parts: unknown[]): void {
    const entry = { level, parts, text: parts.map(toText).join(" ") };
    this.entries.push(entry);
    for (const waiter of this.#waiting) {
      if (!waiter.pattern.test(entry.text)) continue;
      this.#waiting.delete(waiter);
      waiter.found(entry);
    }
  }
}

function toText(part: unknown): string {
  return part instanceof Error ? `${part.name}: ${part.message}` : String(part);
}
