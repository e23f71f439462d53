import type { FrameView, ScopeView } from "./snapshot.ts";
import type { PageAsk } from "./web_page_ask.ts";
import type { PageElement, PageWindow } from "./web_page_dom.ts";
import type { PageTask } from "./web_page_task.ts";
import { PageWords } from "./web_page_words.ts";
import type { WebPlace } from "./web_frame.ts";

/** Where a task waits: its stack, and the timeouts and scopes it is inside. */
export class PagePlace {
  /** How many milliseconds lie at least between two questions to the kernel. */
  static readonly PAUSE = 1000;

  readonly #window: PageWindow;
  readonly #element: (id: string) => PageElement;
  readonly #ask: PageAsk;
  #task: PageTask | null = null;
  /** What the task was at when it was asked for. */
  #asked = "";
  #askedAt = 0;
  #asking = false;
  /** What is on the screen. */
  #shown = "";

  constructor(window: PageWindow, element: (id: string) => PageElement, ask: PageAsk) {
    this.#window = window;
    this.#element = element;
    this.#ask = ask;
  }

  /** Shows where `task` waits; asks for it if it may have moved, but not too often. */
  show(task: PageTask, silent: boolean): void {
    if (task !== this.#task) {
      this.#task = task;
      this.#asked = "";
      this.#askedAt = 0;
      this.#put({});
    }
    const { id, cycles, state } = task.view;
    const at = `${id} ${cycles} ${state} ${silent}`;
    const due = performance.now() - this.#askedAt >= PagePlace.PAUSE;
    if (task.ended > 0 || at === this.#asked || !due || this.#asking) return;
    this.#asked = at;
    void this.#update(task);
  }

  async #update(task: PageTask): Promise<void> {
    this.#asking = true;
    const place = await this.#ask.where(task.view.id);
    this.#asking = false;
    this.#askedAt = performance.now();
    if (task === this.#task) this.#put(place);
  }

  #put({ stack, scopes }: Partial<WebPlace>): void {
    const shown = JSON.stringify([stack, scopes]);
    // What has not changed stays: somebody may be about to copy it.
    if (shown === this.#shown) return;
    this.#shown = shown;
    const lines = (stack?.frames ?? []).map((frame) => this.#frame(frame));
    if (stack !== undefined && lines.length === 0) lines.push(this.#make("li", stack.text.trim()));
    this.#element("stack").replaceChildren(...lines);
    const inside = (scopes?.scopes ?? []).filter(({ kind }) => kind !== "task");
    this.#element("scopes").replaceChildren(...inside.map((scope) => this.#scope(scope)));
    this.#element("scoped").hidden = inside.length === 0;
  }

  #frame(frame: FrameView): PageElement {
    const item = this.#make("li", "");
    const head = this.#make("div", "", "call");
    head.append(
      this.#make("span", frame.function, "function"),
      this.#make("span", `${frame.filename}:${frame.line}`, "place"),
    );
    item.append(head);
    if (frame.source !== null) item.append(this.#make("code", frame.source));
    return item;
  }

  #scope({ kind, seconds, left, shield, cancelled }: ScopeView): PageElement {
    const parts = [kind === "timeout" ? "timeout" : shield ? "shield" : "scope"];
    if (seconds !== null) parts.push(`of ${PageWords.seconds(seconds)}`);
    if (left !== null && !cancelled) parts.push(`(${PageWords.seconds(left)} left)`);
    if (cancelled) parts.push("(cancelled)");
    return this.#make("li", parts.join(" "));
  }

  #make(tag: string, text: string, className = ""): PageElement {
    const element = this.#window.document.createElement(tag);
    element.textContent = text;
    if (className !== "") element.className = className;
    return element;
  }
}
