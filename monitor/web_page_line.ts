import type { PageCanvas, PageElement, PageWindow } from "./web_page_dom.ts";
import type { PageModel } from "./web_page_model.ts";
import type { PageRow } from "./web_page_rows.ts";
import { PageStates } from "./web_page_states.ts";
import { PageWords } from "./web_page_words.ts";

/**
 * One line on the screen. It shows one task now and another later; what has not changed is not touched.
 * Names come from the program: they only ever become text.
 */
export class PageLine {
  /** Deeper than this, a tree would leave no room for names. */
  static readonly MAX_INDENT = 14;

  readonly element: PageElement;
  readonly canvas: PageCanvas;
  readonly #window: PageWindow;
  readonly #twisty: PageElement;
  readonly #name: PageElement;
  readonly #id: PageElement;
  readonly #mark: PageElement;
  readonly #state: PageElement;
  readonly #waits: PageElement;
  readonly #rate: PageElement;
  readonly #timeout: PageElement;
  readonly #sleep: PageElement;
  readonly #shown = new Map<string, string>();
  #row: PageRow | null = null;

  constructor(window: PageWindow) {
    this.#window = window;
    this.element = this.#make("div", "row", "row");
    const title = this.#cell("name");
    this.#twisty = this.#make("span", "twisty");
    this.#twisty.setAttribute("aria-hidden", "true");
    this.#name = this.#make("span", "text");
    this.#id = this.#make("span", "id");
    this.#mark = this.#make("span", "mark");
    title.append(this.#twisty, this.#name, this.#id, this.#mark);
    const state = this.#cell("state");
    const dot = this.#make("span", "dot");
    this.#state = this.#make("span", "text");
    this.#waits = this.#make("span", "waits");
    state.append(dot, this.#state, this.#waits);
    const timeline = this.#cell("timeline");
    this.canvas = this.#make("canvas", "") as PageCanvas;
    this.canvas.setAttribute("aria-hidden", "true");
    timeline.append(this.canvas);
    this.#rate = this.#cell("rate");
    this.#timeout = this.#cell("timeout");
    this.#sleep = this.#cell("sleep");
  }

  /** What it shows. */
  get row(): PageRow | null {
    return this.#row;
  }

  /** Shows `row` as line number `at` of the list. */
  show(row: PageRow, at: number, selected: boolean, tree: boolean, model: PageModel): void {
    this.#row = row;
    const { task, depth, match } = row;
    const { view } = task;
    const parent = tree && task.children.length > 0;
    const indent = tree ? Math.min(depth, PageLine.MAX_INDENT) : 0;
    this.#set("id", `task-${view.id}`);
    this.#set("data-id", String(view.id));
    this.#set("data-family", PageStates.familyOf(view.state));
    this.#set("aria-level", String(depth + 1));
    this.#set("aria-rowindex", String(at + 2));
    this.#set("aria-selected", String(selected));
    this.#set("aria-expanded", parent ? String(!task.closed) : "");
    this.#toggle("ended", task.ended > 0);
    this.#toggle("beside", !match);
    this.#toggle("stuck", model.silent && view.state === "RUNNING");
    this.#once("indent", String(indent), (text) => this.element.style.setProperty("--depth", text));
    this.#once("top", `translateY(calc(var(--line) * ${at}))`, (text) => {
      this.element.style.transform = text;
    });
    this.#write(this.#twisty, "twisty", parent ? (task.closed ? "▸" : "▾") : "");
    this.#write(this.#name, "name", view.name);
    this.#write(this.#id, "#", String(view.id));
    this.#write(this.#mark, "mark", PageLine.#markOf(row));
    this.#write(this.#state, "state", task.ended > 0 ? "ended" : view.state);
    const waits = view.waitsForId === null || task.ended > 0 ? "" : `→ ${view.waitsForId}`;
    this.#write(this.#waits, "waits", waits);
    const rate = task.rateAt(model.tick);
    this.#write(this.#rate, "rate", rate === 0 ? "" : `${PageWords.short(rate)}/s`);
    this.#write(this.#timeout, "timeout", PageLine.#left(view.timeout, task.ended, model));
    this.#write(this.#sleep, "sleep", PageLine.#left(view.sleep, task.ended, model));
  }

  static #markOf({ task }: PageRow): string {
    if (task.ended > 0) return "";
    if (task.view.cancelled) return "cancelled";
    if (task.closed && task.children.length > 0) return `+${task.children.length}`;
    return task.view.daemon ? "daemon" : "";
  }

  static #left(moment: number | null, ended: number, model: PageModel): string {
    return moment === null || ended > 0 ? "" : PageWords.seconds(model.secondsUntil(moment));
  }

  #cell(name: string): PageElement {
    const cell = this.#make("div", `cell ${name}`, "gridcell");
    this.element.append(cell);
    return cell;
  }

  #make(tag: string, className: string, role = ""): PageElement {
    const element = this.#window.document.createElement(tag);
    if (className !== "") element.className = className;
    if (role !== "") element.setAttribute("role", role);
    return element;
  }

  #write(element: PageElement, key: string, text: string): void {
    this.#once(key, text, () => {
      element.textContent = text;
      if (key === "name") element.title = text;
    });
  }

  #set(attribute: string, value: string): void {
    this.#once(attribute, value, () => {
      if (value === "") this.element.removeAttribute(attribute);
      else this.element.setAttribute(attribute, value);
    });
  }

  #toggle(className: string, on: boolean): void {
    this.#once(`.${className}`, String(on), () => this.element.classList.toggle(className, on));
  }

  #once(key: string, value: string, change: (value: string) => void): void {
    if (this.#shown.get(key) === value) return;
    this.#shown.set(key, value);
    change(value);
  }
}
