/** What a client may type, and what it gets for it. */
import { completions } from "./completion.ts";
import { silenceText } from "./phrases.ts";
import { printable, printableLine } from "./printable.ts";
import { psLines } from "./ps_text.ts";
import type { MonitorSource, Snapshot, TaskView } from "./snapshot.ts";
import { topOf } from "./top.ts";
import { treeLines, treeOf } from "./tree.ts";

/** What comes of a command. */
export type Outcome =
  /** Lines to print, without their ends. */
  | { readonly kind: "lines"; readonly lines: Iterable<string> }
  /** Text to print as it is; the prompt comes back once it has `settled`. */
  | { readonly kind: "text"; readonly text: string; readonly settled?: Promise<void> }
  /** To show the live view until the client has had enough. */
  | { readonly kind: "top" }
  /** To say goodbye. */
  | { readonly kind: "leave" };

/** What commands work on. */
export interface Console {
  readonly source: MonitorSource;
  /** Serves the web view, unless that is done already; its address. */
  openWeb(): Promise<string>;
}

/** A command was not understood; the message completes `Bad command. `. */
class BadCommand extends Error {}

type Command = (
  console: Console,
  argument: string,
  line: string,
) => Outcome | Promise<Outcome>;

const HELP = `Commands:
         ps               : Show task table
         where taskid     : Show stack frames for a task
         cancel taskid    : Cancel an indicated task
         signal signame   : Send a Unix signal
         parents taskid   : List task parents
         quit             : Leave the monitor
         tree             : Show tasks under their parents, and groups
         top              : Watch who is busy, until you press Enter
         scopes taskid    : Show the timeouts and shields around a task
         held             : Show locks, who holds and who awaits them
         web              : Serve the web view, and show its address
         json command     : Any of ps, tree, top, where, parents, scopes, held as a line of JSON
`;

const commands: Readonly<Record<string, Command>> = {
  help: () => say(HELP),
  ps: async ({ source }) => ({ kind: "lines", lines: psReport(await fresh(source)) }),
  where: async ({ source }, argument) =>
    say(`${(await source.where(toId("where", argument))).text}\n`),
  cancel: async ({ source }, argument) => {
    const id = toId("cancel", argument);
    return { ...say(await source.cancel(id)), settled: gone(source, id) };
  },
  signal: async ({ source }, argument) => {
    if (argument === "") throw new BadCommand("signal needs a name: signal SIGHUP");
    return say(await source.signal(argument));
  },
  parents: async ({ source }, argument) => {
    const id = toId("parents", argument);
    const tasks = parentsOf(await fresh(source), id);
    return tasks.length === 0
      ? say(`No task ${id}\n`)
      : { kind: "lines", lines: tasks.map(parentLine) };
  },
  tree: async ({ source }) => ({ kind: "lines", lines: treeLines((await fresh(source)).tasks) }),
  top: () => ({ kind: "top" }),
  scopes: async ({ source }, argument) => say((await source.scopes(toId("scopes", argument))).text),
  held: async ({ source }) => say((await source.held()).text),
  web: async (console) => say(`Web view at ${await console.openWeb()}\n`),
  json: async ({ source }, argument) => ({
    kind: "text",
    text: `${JSON.stringify(await toJson(source, argument))}\n`,
  }),
  complete: ({ source }, _argument, line) => ({
    kind: "lines",
    // A blank at the end matters here.
    lines: completions(line.replace(/^\s*complete ?/, ""), source.snapshot().tasks),
  }),
  quit: () => ({ kind: "leave" }),
  exit: () => ({ kind: "leave" }),
};

/** Curio takes these for the whole word, and so do we. */
const SHORT: readonly (readonly [prefix: string, command: string])[] = [
  ["q", "quit"],
  ["pa", "parents"],
  ["p", "ps"],
  ["w", "where"],
  ["h", "help"],
];

/** Carries out what a client typed. Never rejects: what goes wrong is told. */
export async function execute(line: string, console: Console): Promise<Outcome> {
  const [, word, argument] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line)!;
  if (word === "") return say("");
  const command = find(word);
  if (command === null) return say("Unknown command. Type help.\n");
  try {
    return await command(console, argument, line);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return say(`Bad command. ${why}\n`);
  }
}

function say(text: string): Outcome & { kind: "text" } {
  return { kind: "text", text: printable(text) };
}

function find(word: string): Command | null {
  if (Object.hasOwn(commands, word)) return commands[word];
  for (const [prefix, name] of SHORT) {
    if (word.startsWith(prefix) && name.startsWith(word)) return commands[name];
  }
  return null;
}

/** The table, as new as can be had. */
async function fresh(source: MonitorSource): Promise<Snapshot> {
  await source.refresh();
  return source.snapshot();
}

/** How long the prompt waits for a cancelled task to end, and how often that is looked at. */
const GONE_MS = 1000;
const GLANCE_MS = 10;

/**
 * As in Curio the prompt comes back when the task is gone; but a long clean-up is its own business. If
 * the program ends with the task, the connection is closed instead, and the kernel's thread says so
 * before it answers again.
 */
async function gone(source: MonitorSource, id: number): Promise<void> {
  const patience = performance.now() + GONE_MS;
  while (performance.now() < patience) {
    const { silentFor, tasks } = source.snapshot();
    if (silentFor > 0) return;
    if (!tasks.some((task) => task.id === id)) return await source.refresh(true);
    await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
  }
}

function* psReport(snapshot: Snapshot): Iterable<string> {
  yield* psLines(snapshot.tasks);
  if (snapshot.silentFor > 0) yield `(${silenceText(snapshot)})`;
}

function toId(command: string, argument: string): number {
  if (argument === "") throw new BadCommand(`${command} needs a task id: ${command} 3`);
  if (!/^\d{1,15}$/.test(argument)) {
    throw new BadCommand(`Cannot read '${printableLine(argument)}' as a task id: ps lists them`);
  }
  return Number(argument);
}

/** Task `id`, its parent, and so on. */
function parentsOf({ tasks }: Snapshot, id: number): TaskView[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const found: TaskView[] = [];
  for (let next: number | null = id; next !== null;) {
    const task = byId.get(next);
    if (task === undefined) break;
    found.push(task);
    next = task.parentId;
  }
  return found;
}

function parentLine({ id, state, name }: TaskView): string {
  return `${String(id).padEnd(6)} ${state.padStart(12)} ${printableLine(name)}`;
}

/** How long `json top` looks. */
const LOOK_MS = 500;

async function toJson(source: MonitorSource, argument: string): Promise<unknown> {
  const [, word, rest] = /^(\S*)\s*(.*)$/s.exec(argument)!;
  switch (word) {
    case "ps":
      return await fresh(source);
    case "tree":
      return treeOf((await fresh(source)).tasks);
    case "top": {
      const before = source.snapshot();
      const start = performance.now();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      return topOf(before, source.snapshot(), (performance.now() - start) / 1000);
    }
    case "where":
    case "w":
      return await source.where(toId("where", rest));
    case "parents":
      return parentsOf(await fresh(source), toId("parents", rest));
    case "scopes":
      return await source.scopes(toId("scopes", rest));
    case "held":
      return await source.held();
    default:
      throw new BadCommand("json takes ps, tree, top, where, parents, scopes or held: json ps");
  }
}
