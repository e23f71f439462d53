/**
 * What a kernel has to say: crashes, and mistakes it can see but not mend. Everything goes through
 * the kernel's logger, and a logger that throws cannot hurt the kernel.
 */
import { callerOf, framesOf } from "./stacks.ts";
import type { TaskRecord } from "./task_record.ts";
import type { Logger } from "./types.ts";
import type { Wait } from "./wait.ts";

export class Reports {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `task` crashed and nobody is there to be told. */
  crash(task: TaskRecord): void {
    this.#say("error", `${task.label} crashed:`, task.outcome);
  }

  /** `task` ended while `waits` of its own were pending. */
  forgottenAwait(task: TaskRecord, waits: readonly Wait[]): void {
    const names = waits.map((wait) => wait.operation + callerOf(wait.stack));
    this.#say(
      "warn",
      `forgotten await: ${task.label} ended while ${names.join(", ")} of its own ` +
        `${waits.length === 1 ? "was" : "were"} still pending: put \`await\` before the call` +
        hint(waits, "which line"),
    );
  }

  /** A cancelled `task` keeps others waiting. */
  stall(task: TaskRecord): void {
    this.#say(
      "warn",
      `${task.label} was cancelled but awaits a promise the kernel cannot interrupt, and holds up ` +
        `whoever waits for it: wrap that promise in abortable()`,
    );
  }

  /** Every one of `tasks` waits for another; returns the report. */
  deadlock(tasks: Iterable<TaskRecord>): string {
    const lines: string[] = [];
    const all: Wait[] = [];
    for (const task of tasks) {
      for (const wait of task.waits()) {
        all.push(wait);
        const detail = wait.owner.describe?.() ?? null;
        lines.push(
          `  ${task.label} waits in ${wait.operation} (${wait.state})` +
            `${detail === null ? "" : ` ${detail}`}${callerOf(wait.stack)}`,
        );
      }
    }
    const head = "deadlock: every task waits for another, and nothing outside can wake them";
    return [head + hint(all, "where"), ...lines].join("\n");
  }

  /** Passes on a report made elsewhere. */
  warn(text: string): void {
    this.#say("warn", text);
  }

  /** An activation threw, and is removed. */
  hookFailed(error: unknown): void {
    this.#say("error", "an activation threw and was removed:", error);
  }

  /** What a wait registered could not be undone. */
  undoFailed(error: unknown): void {
    this.#say("error", "the undo of a cancelled suspend() threw:", error);
  }

  #say(level: keyof Logger, ...parts: unknown[]): void {
    try {
      this.#log[level](...parts);
    } catch {
      // Where would that be logged?
    }
  }
}

/** How to learn `what`, if it was not remembered. */
function hint(waits: readonly Wait[], what: string): string {
  return waits.some((wait) => wait.stack !== null) ? "" : ` (run with stacks: true to see ${what})`;
}

/** The lines of a stack that are the user's, for a traceback. */
export function stackLines(stack: Error | null): string[] {
  return framesOf(stack).map((frame) => `  at ${frame.text}`);
}
