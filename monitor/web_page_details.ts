import { PageAsk } from "./web_page_ask.ts";
import type { PageDialog, PageElement, PageField, PageWindow } from "./web_page_dom.ts";
import { PageFacts } from "./web_page_facts.ts";
import { PageLife } from "./web_page_life.ts";
import type { PageModel } from "./web_page_model.ts";
import { PagePlace } from "./web_page_place.ts";
import type { PageTask } from "./web_page_task.ts";
import type { PageTimeline } from "./web_page_timeline.ts";

/** All that is to be known of one task, and the button that cancels it. */
export class PageDetails {
  readonly #element: (id: string) => PageElement;
  readonly #ask: PageAsk;
  readonly #life: PageLife;
  readonly #facts: PageFacts;
  readonly #place: PagePlace;
  #task: PageTask | null = null;
  /** Whom the dialog is about: the list may move on while it is open. */
  #condemned = 0;

  constructor(
    window: PageWindow,
    element: (id: string) => PageElement,
    close: () => void,
    pick: (id: number) => void,
  ) {
    this.#element = element;
    this.#ask = new PageAsk(window);
    this.#life = new PageLife(window, element);
    this.#facts = new PageFacts(window, element("facts"), pick);
    this.#place = new PagePlace(window, element, this.#ask);
    const dialog = element("confirm") as PageDialog;
    element("close").addEventListener("click", close);
    element("cancel").addEventListener("click", () => this.#confirm(dialog));
    element("spare").addEventListener("click", () => dialog.close());
    element("condemn").addEventListener("click", () => {
      dialog.close();
      void this.#cancel(this.#condemned);
    });
  }

  /** The task that is shown, or `null`. */
  get task(): PageTask | null {
    return this.#task;
  }

  /** Shows `task`, or nothing. */
  show(task: PageTask | null): void {
    this.#element("details").hidden = task === null;
    if (task?.view.id !== this.#task?.view.id) this.#write("reply", "");
    this.#task = task;
  }

  /** Brings what it shows up to date. */
  update(model: PageModel, timeline: PageTimeline): void {
    const task = this.#task;
    if (task === null) return;
    const { id, name, cancelled } = task.view;
    this.#write("title", name);
    this.#write("number", `Task ${id}`);
    this.#write("cancel", cancelled ? "Cancellation requested" : "Cancel task…");
    (this.#element("cancel") as PageField).disabled = task.ended > 0 || cancelled;
    this.#facts.show(task, model);
    this.#place.show(task, model.silent);
    this.#life.show(task, model, timeline);
  }

  #confirm(dialog: PageDialog): void {
    if (this.#task === null) return;
    const { id, name } = this.#task.view;
    this.#condemned = id;
    this.#write("question", `Cancel task ${id} “${name}”?`);
    dialog.showModal();
  }

  async #cancel(id: number): Promise<void> {
    const reply = await this.#ask.cancel(id);
    if (this.#task?.view.id === id) this.#write("reply", reply.trim());
  }

  /** What has not changed stays: somebody may be about to copy it. */
  #write(id: string, text: string): void {
    const element = this.#element(id);
    if (element.textContent !== text) element.textContent = text;
  }
}
