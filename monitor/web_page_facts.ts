import type { PageElement, PageWindow } from "./web_page_dom.ts";
import type { PageModel } from "./web_page_model.ts";
import type { PageTask } from "./web_page_task.ts";
import { PageWords } from "./web_page_words.ts";

/** A fact on the screen. Its elements stay, so that a selection or the focus on them stays too. */
interface PageFact {
  readonly term: PageElement;
  readonly value: PageElement;
  /** The value where it is not a link. */
  readonly text: PageElement;
  readonly link: PageElement;
  /** The task that the link leads to. */
  id: number;
}

/** What is to be known of a task in a word or two. */
export class PageFacts {
  /** All there may be, in their order. */
  static readonly names: readonly string[] = [
    "State",
    "Call",
    "Last call",
    "Waits for",
    "Cycles",
    "Sleeps",
    "Timeout",
    "Parent",
    "Children",
    "Group",
    "Daemon",
  ];

  readonly #window: PageWindow;
  readonly #facts = new Map<string, PageFact>();

  constructor(window: PageWindow, list: PageElement, pick: (id: number) => void) {
    this.#window = window;
    for (const name of PageFacts.names) {
      const fact = this.#fact(name, pick);
      this.#facts.set(name, fact);
      list.append(fact.term, fact.value);
    }
  }

  /** Shows what is so of `task`. */
  show(task: PageTask, model: PageModel): void {
    const { view } = task;
    const running = view.state === "RUNNING";
    const rate = task.rateAt(model.tick);
    const speed = rate > 0 ? `, ${PageWords.short(rate)}/s` : "";
    const parent = view.parent === null ? undefined : model.tasks.get(view.parent)?.view;
    this.#set("State", task.ended > 0 ? "ended" : view.state);
    this.#set("Call", running ? null : view.operation);
    this.#set("Last call", running ? view.operation : null);
    this.#set("Waits for", view.waitsFor, view.waitsForId);
    this.#set("Cycles", PageWords.whole(view.cycles) + speed);
    this.#set("Sleeps", PageFacts.#left(view.sleep, model));
    this.#set("Timeout", PageFacts.#left(view.timeout, model));
    this.#set("Parent", parent === undefined ? null : `${parent.name} ${parent.id}`, view.parent);
    const children = task.children.length;
    this.#set("Children", children === 0 ? null : PageWords.whole(children));
    this.#set("Group", view.group === null ? null : String(view.group));
    this.#set("Daemon", view.daemon ? "yes" : null);
  }

  static #left(moment: number | null, model: PageModel): string | null {
    return moment === null ? null : PageWords.seconds(model.secondsUntil(moment));
  }

  /** Shows a fact, as a link to task `id` if there is one; or, with `null`, hides it. */
  #set(name: string, text: string | null, id: number | null = null): void {
    const fact = this.#facts.get(name)!;
    fact.term.hidden = fact.value.hidden = text === null;
    fact.id = id ?? 0;
    fact.text.hidden = id !== null;
    fact.link.hidden = id === null;
    const shown = id === null ? fact.text : fact.link;
    if (text !== null && shown.textContent !== text) shown.textContent = text;
  }

  #fact(name: string, pick: (id: number) => void): PageFact {
    const [term, value, text, link] = ["dt", "dd", "span", "button"]
      .map((tag) => this.#window.document.createElement(tag));
    const fact = { term, value, text, link, id: 0 };
    term.textContent = name;
    link.className = "link";
    link.setAttribute("type", "button");
    link.addEventListener("click", () => pick(fact.id));
    value.append(text, link);
    return fact;
  }
}
