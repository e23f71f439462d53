import type { PageElement } from "./web_page_dom.ts";
import type { PageModel } from "./web_page_model.ts";
import { PageWords } from "./web_page_words.ts";

/** Says that something is wrong: the kernel does not breathe, or nothing new comes. */
export class PageBanner {
  readonly #element: (id: string) => PageElement;
  /** What was said aloud. */
  #announced = "";

  constructor(element: (id: string) => PageElement) {
    this.#element = element;
  }

  /** Shows how things are; `lost` is why nothing new comes, or empty. */
  show(model: PageModel, lost: string): void {
    const silent = model.silent && lost === "";
    const seconds = PageWords.many(Math.floor(model.silentFor), "second");
    const banner = this.#element("banner");
    banner.hidden = !silent && lost === "";
    banner.classList.toggle("faint", !silent);
    this.#element("message").textContent = silent
      ? `The kernel has not breathed for ${seconds}.`
      : lost;
    const culprit = silent ? model.running : null;
    const blame = culprit === null
      ? ""
      : `Task ${culprit.view.id} “${culprit.view.name}” keeps the processor`;
    const button = this.#element("culprit");
    button.hidden = culprit === null;
    button.textContent = blame;
    // The seconds are not for reading aloud: they would never end.
    this.#announce(silent ? `The kernel has not breathed lately. ${blame}` : lost);
  }

  #announce(text: string): void {
    if (text === this.#announced) return;
    this.#announced = text;
    this.#element("announcer").textContent = text || "The kernel breathes again.";
  }
}
