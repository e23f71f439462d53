/** Tasks under the tasks that spawned them, the members of a group side by side. */
import { printableLine } from "./printable.ts";
import type { TaskView } from "./snapshot.ts";

/** Deeper down, lines are not indented any further: thousands of levels would be megabytes of blanks. */
const DEEPEST = 100;

/** A task and what it spawned. */
export interface TaskNode extends TaskView {
  /** Those in no group first, then group by group. */
  readonly children: TaskNode[];
}

/** The roots: tasks that nobody spawned, or whose spawner has ended. */
export function treeOf(tasks: readonly TaskView[]): TaskNode[] {
  const nodes = new Map(
    tasks.map((task): [number, TaskNode] => [task.id, { ...task, children: [] }]),
  );
  const roots: TaskNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.parentId === null ? undefined : nodes.get(node.parentId);
    (parent?.children ?? roots).push(node);
  }
  for (const { children } of nodes.values()) {
    children.sort((a, b) => (a.group ?? 0) - (b.group ?? 0) || a.id - b.id);
  }
  return roots;
}

/** The lines of `tree`, without their ends. */
export function* treeLines(tasks: readonly TaskView[]): Iterable<string> {
  for (const root of treeOf(tasks)) {
    yield describe(root);
    yield* below(root, "");
  }
}

/** Not recursive by task, so that a chain of a hundred thousand is no problem. */
function* below(root: TaskNode, indent: string): Iterable<string> {
  const stack: { rows: readonly TreeRow[]; next: number; indent: string }[] = [
    { rows: rowsOf(root.children), next: 0, indent },
  ];
  while (stack.length > 0) {
    const level = stack.at(-1)!;
    if (level.next === level.rows.length) {
      stack.pop();
      continue;
    }
    const row = level.rows[level.next++];
    const isLast = level.next === level.rows.length;
    yield `${level.indent}${isLast ? "└─ " : "├─ "}${row.text}`;
    const { rows } = row;
    if (rows.length === 0) continue;
    const indentBelow = stack.length < DEEPEST
      ? `${level.indent}${isLast ? "   " : "│  "}`
      : level.indent;
    stack.push({ rows, next: 0, indent: indentBelow });
  }
}

/** A line of the tree and those below it, worked out when they are needed. */
interface TreeRow {
  readonly text: string;
  readonly rows: readonly TreeRow[];
}

function rowsOf(nodes: readonly TaskNode[]): TreeRow[] {
  const rows: TreeRow[] = nodes.filter(({ group }) => group === null).map(rowOf);
  const groups = Map.groupBy(nodes.filter(({ group }) => group !== null), ({ group }) => group!);
  for (const [group, members] of groups) {
    const count = members.length === 1 ? "1 task" : `${members.length} tasks`;
    rows.push({ text: `group ${group} (${count})`, rows: members.map(rowOf) });
  }
  return rows;
}

function rowOf(node: TaskNode): TreeRow {
  return {
    text: describe(node),
    get rows() {
      return rowsOf(node.children);
    },
  };
}

/** In these states a task is in no call of the library's. */
const UNBLOCKED = new Set(["INITIAL", "READY", "RUNNING", "PROMISE_WAIT"]);

function describe(task: TaskView): string {
  const notes: string[] = [task.state];
  if (task.waitsFor !== null) notes.push(`for ${printableLine(task.waitsFor)}`);
  else if (task.operation !== null && !UNBLOCKED.has(task.state)) {
    notes.push(`in ${task.operation}`);
  }
  if (task.daemon) notes.push("daemon");
  if (task.cancelled) notes.push("cancelled");
  return `${task.id} ${printableLine(task.name)}  ${notes.join(" ")}`;
}
