import type { PageElement, PageEvent, PageWindow } from "./web_page_dom.ts";
import { PageLine } from "./web_page_line.ts";
import type { PageModel } from "./web_page_model.ts";
import type { PageRow } from "./web_page_rows.ts";
import type { PageTask } from "./web_page_task.ts";
import type { PageTimeline } from "./web_page_timeline.ts";

/** What the list of tasks tells of what is done to it. */
export interface PageTreeListener {
  /** Another task was picked; with `open`, to be looked at. */
  picked(id: number, open: boolean): void;
  /** Tasks were folded or unfolded. */
  folded(): void;
  /** It was scrolled. */
  moved(): void;
}

/** The list of tasks. Only the lines in sight exist: 5 000 tasks cost no more than fifty. */
export class PageTree {
  /** How many lines exist above and below those in sight. */
  static readonly MARGIN = 4;

  readonly #window: PageWindow;
  readonly #grid: PageElement;
  readonly #body: PageElement;
  readonly #listener: PageTreeListener;
  readonly #lines: PageLine[] = [];
  #rows: readonly PageRow[] = [];
  #selected = 0;
  #height = 30;
  /** Whether the task that is picked must still be brought into sight. */
  #hidden = false;

  constructor(
    window: PageWindow,
    grid: PageElement,
    body: PageElement,
    listener: PageTreeListener,
  ) {
    this.#window = window;
    this.#grid = grid;
    this.#body = body;
    this.#listener = listener;
    body.addEventListener("click", (event) => this.#click(event));
    grid.addEventListener("keydown", (event) => this.#key(event));
    grid.addEventListener("scroll", () => listener.moved());
  }

  /** The id of the task that is picked, or 0. */
  get selected(): number {
    return this.#selected;
  }

  /** Shows `rows`. In a tree, what is in sight stays where it is. */
  show(rows: readonly PageRow[], tree: boolean, model: PageModel, timeline: PageTimeline): void {
    if (tree) this.#anchor(rows);
    this.#rows = rows;
    this.#grid.setAttribute("aria-rowcount", String(rows.length + 1));
    this.#body.style.setProperty("--lines", String(rows.length));
    if (this.#hidden) this.#reveal();
    const first = Math.max(0, Math.floor(this.#grid.scrollTop / this.#height) - PageTree.MARGIN);
    const room = Math.ceil(this.#grid.clientHeight / this.#height) + 2 * PageTree.MARGIN;
    const count = Math.min(room, rows.length - first);
    while (this.#lines.length < count) this.#addLine();
    while (this.#lines.length > Math.max(0, count)) this.#lines.pop()!.element.remove();
    let current = "";
    this.#lines.forEach((line, i) => {
      const row = rows[first + i];
      const selected = row.task.view.id === this.#selected;
      if (selected) current = `task-${this.#selected}`;
      line.show(row, first + i, selected, tree, model);
    });
    if (current === "") this.#grid.removeAttribute("aria-activedescendant");
    else this.#grid.setAttribute("aria-activedescendant", current);
    // Sizes are read after everything is written, so that the browser lays the page out once.
    this.#height = this.#lines[0]?.element.offsetHeight || this.#height;
    for (const { canvas, row } of this.#lines) {
      timeline.paint(canvas, row!.task, model);
    }
  }

  /** Picks a task and brings it into sight. */
  pick(id: number, open: boolean): void {
    this.#selected = id;
    this.#hidden = true;
    this.#listener.picked(id, open);
  }

  /** Puts the keyboard's focus here. */
  focus(): void {
    this.#grid.focus();
  }

  #addLine(): void {
    const line = new PageLine(this.#window);
    this.#lines.push(line);
    this.#body.append(line.element);
  }

  /** Scrolls by as much as the topmost line in sight has moved. */
  #anchor(rows: readonly PageRow[]): void {
    if (this.#grid.scrollTop === 0) return;
    const before = Math.floor(this.#grid.scrollTop / this.#height);
    const task = this.#rows[before]?.task;
    if (task === undefined || rows[before]?.task === task) return;
    const now = rows.findIndex((row) => row.task === task);
    if (now >= 0) this.#grid.scrollTop += (now - before) * this.#height;
  }

  /** Scrolls to the task that is picked. Only now: what opened beside the list may have made it smaller. */
  #reveal(): void {
    this.#hidden = false;
    const at = this.#rows.findIndex(({ task }) => task.view.id === this.#selected);
    if (at < 0) return;
    const top = at * this.#height;
    // The heading covers one line.
    const room = this.#grid.clientHeight - 2 * this.#height;
    if (top < this.#grid.scrollTop) this.#grid.scrollTop = top;
    else if (top > this.#grid.scrollTop + room) this.#grid.scrollTop = top - room;
  }

  #click(event: PageEvent): void {
    const id = Number(event.target.closest("[data-id]")?.getAttribute("data-id") ?? 0);
    const row = this.#rows.find(({ task }) => task.view.id === id);
    if (row === undefined) return;
    const fold = event.target.closest(".twisty") !== null && row.task.children.length > 0;
    if (fold) this.#fold(row.task, !row.task.closed);
    else this.pick(id, true);
  }

  #key(event: PageEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#rows.length === 0) return;
    const at = this.#rows.findIndex(({ task }) => task.view.id === this.#selected);
    const row = this.#rows[at];
    const page = Math.max(1, Math.floor(this.#grid.clientHeight / this.#height) - 2);
    switch (event.key) {
      case "ArrowDown":
        this.#go(at + 1);
        break;
      case "ArrowUp":
        this.#go(at - 1);
        break;
      case "PageDown":
        this.#go(at + page);
        break;
      case "PageUp":
        this.#go(at - page);
        break;
      case "Home":
        this.#go(0);
        break;
      case "End":
        this.#go(this.#rows.length - 1);
        break;
      case "ArrowRight":
        if (row?.task.closed) this.#fold(row.task, false);
        else if (this.#rows[at + 1]?.depth > row?.depth) this.#go(at + 1);
        break;
      case "ArrowLeft":
        if (row === undefined) return;
        if (row.task.children.length > 0 && !row.task.closed) this.#fold(row.task, true);
        else if (row.task.up !== null) this.pick(row.task.up.view.id, false);
        break;
      case "Enter":
      case " ":
        if (row !== undefined) this.pick(this.#selected, true);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #go(at: number): void {
    const to = this.#rows[Math.max(0, Math.min(this.#rows.length - 1, at))];
    this.pick(to.task.view.id, false);
  }

  #fold(task: PageTask, closed: boolean): void {
    task.closed = closed;
    this.#listener.folded();
  }
}
