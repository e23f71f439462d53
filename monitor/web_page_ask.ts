import type { PageWindow } from "./web_page_dom.ts";
import type { WebPlace, WebReply } from "./web_frame.ts";

/** Asks the server. No answer is one too: that the program does not answer. */
export class PageAsk {
  /** What the page says when nobody answers. */
  static readonly NOTHING = "The program does not answer.";

  readonly #window: PageWindow;

  constructor(window: PageWindow) {
    this.#window = window;
  }

  /** Where task `id` waits. */
  async where(id: number): Promise<Partial<WebPlace>> {
    const answer = await this.#fetch("GET", "where", id);
    return typeof answer === "string"
      ? { stack: { text: answer, frames: [] } }
      : answer as WebPlace;
  }

  /** Requests the cancellation of task `id`; what came of it. */
  async cancel(id: number): Promise<string> {
    const answer = await this.#fetch("POST", "cancel", id);
    return typeof answer === "string" ? answer : (answer as WebReply).text;
  }

  /** The answer as plain data, or in words why there is none. */
  async #fetch(method: string, path: string, id: number): Promise<unknown> {
    try {
      const url = `${path}${this.#window.location.search}&id=${id}`;
      const response = await fetch(url, { method });
      return response.ok ? await response.json() : await response.text();
    } catch {
      return PageAsk.NOTHING;
    }
  }
}
