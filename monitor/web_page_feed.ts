import type { PageWindow } from "./web_page_dom.ts";
import type { WebFrame } from "./web_frame.ts";

/** What the page hears of its program. */
export interface PageFeedListener {
  /** How things are. */
  heard(frame: WebFrame): void;
  /** Nothing new comes, for this reason. */
  lost(reason: string): void;
}

/** Listens to the program as long as the page is in sight: hidden, it costs the program nothing. */
export class PageFeed {
  readonly #window: PageWindow;
  readonly #listener: PageFeedListener;
  #source: EventSource | null = null;
  #ended = false;

  constructor(window: PageWindow, listener: PageFeedListener) {
    this.#window = window;
    this.#listener = listener;
    window.document.addEventListener("visibilitychange", () => this.follow());
  }

  /** Listens anew, if the page is in sight. The browser itself tries again when the connection is lost. */
  follow(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#window.document.hidden || this.#ended) return;
    const source = this.#source = new EventSource(`events${this.#window.location.search}`);
    source.addEventListener("message", ({ data }) => {
      this.#listener.heard(JSON.parse(data) as WebFrame);
    });
    source.addEventListener("end", () => {
      this.#ended = true;
      source.close();
      this.#listener.lost("The program has ended: this is how it was.");
    });
    source.addEventListener("error", () => {
      if (this.#ended) return;
      this.#listener.lost(
        source.readyState === EventSource.CLOSED
          ? "The monitor refuses: it has another URL by now, or too many pages are open."
          : "The program does not answer: it has ended, or is starting again.",
      );
    });
  }
}
