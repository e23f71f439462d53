import type { PageModel } from "./web_page_model.ts";
import { PageStates } from "./web_page_states.ts";
import type { PageTask } from "./web_page_task.ts";

/** A line of the list. */
export interface PageRow {
  readonly task: PageTask;
  /** How deep it stands in the tree, from 0. */
  readonly depth: number;
  /** Whether the filter asks for it, rather than for something under it. */
  readonly match: boolean;
}

/** What to show, and in which order. */
export interface PageFilter {
  /** A part of the name, or a number; all if empty. */
  readonly text: string;
  /** A state, a family of states, or empty for all. */
  readonly state: string;
  /** Whether to show the busiest first instead of a tree. */
  readonly busiest: boolean;
}

/** Picks and orders what is shown. No recursion: each task may have spawned the next, 5 000 deep. */
export class PageRows {
  /** The lines to show of `model`. */
  static of(model: PageModel, filter: PageFilter): PageRow[] {
    return filter.busiest ? PageRows.#busiest(model, filter) : PageRows.#tree(model, filter);
  }

  static #tree(model: PageModel, filter: PageFilter): PageRow[] {
    const filtered = filter.text !== "" || filter.state !== "";
    const rows: PageRow[] = [];
    const parents: number[] = [];
    const stack = model.roots.map((task) => ({ task, depth: 0, parent: -1 })).reverse();
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { task, depth, parent } = next;
      const at = rows.push({ task, depth, match: PageRows.#isMatch(task, filter) }) - 1;
      parents.push(parent);
      if (task.closed && !filtered) continue;
      for (let i = task.children.length - 1; i >= 0; i--) {
        stack.push({ task: task.children[i], depth: depth + 1, parent: at });
      }
    }
    if (!filtered) return rows;
    // What stands above a match is kept, so that one sees where it belongs.
    const kept = rows.map(({ match }) => match);
    for (let i = rows.length - 1; i >= 0; i--) {
      if (kept[i] && parents[i] >= 0) kept[parents[i]] = true;
    }
    return rows.filter((_, i) => kept[i]);
  }

  static #busiest(model: PageModel, filter: PageFilter): PageRow[] {
    const rows: PageRow[] = [];
    const rates = new Map<PageTask, number>();
    for (const task of model.tasks.values()) {
      if (!PageRows.#isMatch(task, filter)) continue;
      rows.push({ task, depth: 0, match: true });
      rates.set(task, PageRows.#busyness(task, model));
    }
    return rows.sort((one, other) =>
      rates.get(other.task)! - rates.get(one.task)! || one.task.view.id - other.task.view.id
    );
  }

  /** Cycles a second; who keeps a silent kernel to himself is busier than anyone. */
  static #busyness(task: PageTask, model: PageModel): number {
    if (task.ended > 0) return -1;
    if (model.silent && task.view.state === "RUNNING") return Infinity;
    return Math.round(task.rateAt(model.tick));
  }

  static #isMatch({ view, ended }: PageTask, { text, state }: PageFilter): boolean {
    if (state !== "") {
      if (ended > 0) return false;
      if (view.state !== state && PageStates.familyOf(view.state) !== state) return false;
    }
    if (text === "") return true;
    const wanted = text.toLowerCase();
    return view.name.toLowerCase().includes(wanted) || String(view.id) === wanted.replace(/^#/, "");
  }
}
