/** The task table as Curio prints it, to the last blank. */
import { printableLine } from "./printable.ts";
import type { TaskView } from "./snapshot.ts";

const HEADERS = ["Task", "State", "Cycles", "Timeout", "Sleep", "Task"] as const;
const WIDTHS = [6, 12, 10, 7, 7, 50] as const;

/** The lines of `ps`, without their ends. */
export function* psLines(tasks: Iterable<TaskView>): Iterable<string> {
  yield HEADERS.map((header, column) => `${header.padEnd(WIDTHS[column])} `).join("");
  yield WIDTHS.map((width) => "-".repeat(width)).join(" ");
  for (const task of tasks) {
    const cells = [
      String(task.id),
      task.state,
      String(task.cycles),
      secondsLeft(task.timeout),
      secondsLeft(task.sleep),
      printableLine(task.name),
    ];
    yield cells.map((cell, column) => cell.padEnd(WIDTHS[column])).join(" ");
  }
}

/** Python's `format(seconds, "0.6f")[:7]`, or `None`. */
function secondsLeft(seconds: number | null): string {
  if (seconds === null) return "None";
  return seconds === Infinity ? "inf" : seconds.toFixed(6).slice(0, 7);
}
