import { PageBanner } from "./web_page_banner.ts";
import { PageDetails } from "./web_page_details.ts";
import type {
  PageCanvas,
  PageDialog,
  PageElement,
  PageEvent,
  PageField,
  PageWindow,
} from "./web_page_dom.ts";
import { PageFeed } from "./web_page_feed.ts";
import { PageModel } from "./web_page_model.ts";
import { type PageFilter, type PageRow, PageRows } from "./web_page_rows.ts";
import { PageStates } from "./web_page_states.ts";
import { PageTimeline } from "./web_page_timeline.ts";
import { PageTree } from "./web_page_tree.ts";
import { PageWords } from "./web_page_words.ts";
import type { WebFrame } from "./web_frame.ts";

/** The page: follows the program while somebody looks, and shows what it hears. */
export class PageApp {
  readonly #window: PageWindow;
  readonly #model = new PageModel();
  readonly #timeline: PageTimeline;
  readonly #tree: PageTree;
  readonly #details: PageDetails;
  readonly #banner: PageBanner;
  readonly #feed: PageFeed;
  /** Why nothing new comes, or empty. */
  #lost = "";
  #drawing = false;
  #rows: readonly PageRow[] = [];
  /** When, and by what, the lines were picked; empty for a tree, which is always as it is now. */
  #rowsPicked = "";

  constructor(window: PageWindow) {
    this.#window = window;
    this.#timeline = new PageTimeline(window);
    this.#tree = new PageTree(window, this.#element("tree"), this.#element("rows"), {
      picked: (id, open) => this.#picked(id, open),
      folded: () => this.#draw(),
      moved: () => this.#draw(),
    });
    const element = (id: string): PageElement => this.#element(id);
    this.#banner = new PageBanner(element);
    this.#feed = new PageFeed(window, {
      heard: (frame) => this.#heard(frame),
      lost: (reason) => this.#heard(null, reason),
    });
    this.#details = new PageDetails(window, element, () => this.#close(), (id) => this.#jump(id));
  }

  /** Begins. */
  start(): void {
    const { document } = this.#window;
    for (const id of ["filter", "states", "order"]) {
      this.#element(id).addEventListener("input", () => this.#draw());
    }
    this.#listStates();
    this.#element("culprit").addEventListener("click", () => {
      const { running } = this.#model;
      if (running !== null) this.#jump(running.view.id);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#window.addEventListener("resize", () => this.#draw());
    this.#window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#timeline.readColours();
      this.#draw();
    });
    this.#feed.follow();
    this.#draw();
  }

  #element(id: string): PageElement {
    return this.#window.document.getElementById(id)!;
  }

  #field(id: string): PageField {
    return this.#element(id) as PageField;
  }

  #heard(frame: WebFrame | null, lost = ""): void {
    this.#lost = lost;
    if (frame !== null) {
      this.#model.apply(frame);
      const shown = this.#details.task?.view.id;
      // A new connection brings new tasks, even if they are the same to the program.
      if (frame.first && shown !== undefined) {
        this.#details.show(this.#model.tasks.get(shown) ?? null);
      }
    }
    this.#draw();
  }

  /** Draws in the browser's next frame, once however many ask. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    this.#window.requestAnimationFrame(() => {
      this.#drawing = false;
      this.#show();
    });
  }

  #show(): void {
    const model = this.#model;
    const text = this.#field("filter").value.trim();
    const state = this.#field("states").value;
    const busiest = this.#field("order").value === "busiest";
    const rows = this.#pickRows({ text, state, busiest });
    const filtered = text !== "" || state !== "";
    const found = rows.filter(({ match }) => match).length;
    this.#element("found").textContent = filtered ? `${PageWords.whole(found)} found` : "";
    this.#element("empty").hidden = rows.length > 0 || model.tick === 0;
    this.#showHead();
    this.#banner.show(model, this.#lost);
    this.#details.update(model, this.#timeline);
    this.#tree.show(rows, !busiest, model, this.#timeline);
  }

  /** The lines to show. Those of the busiest change places once a second, or nobody could read them. */
  #pickRows(filter: PageFilter): readonly PageRow[] {
    const second = Math.floor(this.#model.tick * this.#model.every / 1000);
    const picked = filter.busiest ? `${second} ${filter.state} ${filter.text}` : "";
    if (picked === "" || picked !== this.#rowsPicked) this.#rows = PageRows.of(this.#model, filter);
    this.#rowsPicked = picked;
    return this.#rows;
  }

  #showHead(): void {
    const { program, pid, alive, tick, silent, cyclesPerSecond } = this.#model;
    const name = program.slice(program.lastIndexOf("/") + 1);
    const title = name === "" ? "Curio monitor" : `${name} · Curio monitor`;
    if (this.#window.document.title !== title) this.#window.document.title = title;
    this.#element("program").textContent = name === "" ? "" : `${name}, process ${pid}`;
    this.#element("program").title = program;
    this.#element("count").textContent = tick === 0 ? "–" : PageWords.whole(alive);
    this.#element("rate").textContent = tick === 0
      ? "–"
      : PageWords.short(silent ? 0 : cyclesPerSecond);
    this.#timeline.paintPulse(this.#element("pulse") as PageCanvas, this.#model);
  }

  /** Shows a task that a link names, whatever hides it. */
  #jump(id: number): void {
    const task = this.#model.tasks.get(id);
    if (task === undefined) return;
    for (let up = task.up; up !== null; up = up.up) up.closed = false;
    this.#field("filter").value = "";
    this.#field("states").value = "";
    this.#tree.pick(id, true);
  }

  #picked(id: number, open: boolean): void {
    if (open || this.#details.task !== null) this.#details.show(this.#model.tasks.get(id) ?? null);
    this.#draw();
  }

  #close(): void {
    this.#details.show(null);
    this.#tree.focus();
    this.#draw();
  }

  #key(event: PageEvent): void {
    if ((this.#element("confirm") as PageDialog).open) return;
    const typing = event.target.closest("input, select") !== null;
    if (event.key === "/" && !typing) {
      this.#element("filter").focus();
      event.preventDefault();
    } else if (event.key === "Escape" && !typing && this.#details.task !== null) {
      this.#close();
    } else if (
      (event.key === "Enter" || event.key === "ArrowDown") && event.target.id === "filter"
    ) {
      this.#tree.focus();
      event.preventDefault();
    }
  }

  #listStates(): void {
    const options = Object.entries(PageStates.families).map(([family, states]) => {
      const group = this.#window.document.createElement("optgroup");
      group.setAttribute("label", PageStates.titles[family]);
      if (states.length > 1) {
        group.append(this.#option(family, `${PageStates.titles[family]} (any)`));
      }
      const shown = states.filter((state) => state !== "TERMINATED");
      group.append(...shown.map((state) => this.#option(state, state)));
      return group;
    });
    this.#element("states").append(...options);
  }

  #option(value: string, text: string): PageElement {
    const option = this.#window.document.createElement("option") as PageField;
    option.value = value;
    option.textContent = text;
    return option;
  }
}
