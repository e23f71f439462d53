/** What Tab offers: commands, and after them what they take. */
import { signalNames } from "./signal_names.ts";
import type { TaskView } from "./snapshot.ts";

const COMMANDS = "cancel exit held help json parents ps quit scopes signal top tree web where"
  .split(" ");
const AS_JSON = "held parents ps scopes top tree where".split(" ");
const WITH_TASK = new Set(["cancel", "parents", "scopes", "w", "where"]);

/** The whole lines that `line` may be the beginning of. */
export function completions(line: string, tasks: readonly TaskView[]): string[] {
  const space = line.lastIndexOf(" ");
  const [before, word] = [line.slice(0, space + 1), line.slice(space + 1)];
  return candidates(before.trim().split(/\s+/), tasks)
    .filter((candidate) => candidate.startsWith(word))
    .map((candidate) => before + candidate);
}

function candidates(words: readonly string[], tasks: readonly TaskView[]): string[] {
  const [command, ...rest] = words;
  if (command === "") return COMMANDS;
  if (command === "json") return rest.length === 0 ? AS_JSON : candidates(rest, tasks);
  if (rest.length > 0) return [];
  if (WITH_TASK.has(command)) return tasks.map(({ id }) => String(id));
  return command === "signal" ? signalNames() : [];
}
