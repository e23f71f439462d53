import type { PageCanvas, PageElement, PageWindow } from "./web_page_dom.ts";
import type { PageModel } from "./web_page_model.ts";
import { PageStates } from "./web_page_states.ts";
import { PageTask } from "./web_page_task.ts";
import type { PageTimeline } from "./web_page_timeline.ts";
import { PageWords } from "./web_page_words.ts";

/** The last minute of one task: its timeline, a word for the moment under the pointer, and the shares. */
export class PageLife {
  readonly #window: PageWindow;
  readonly #element: (id: string) => PageElement;
  /** Where the pointer is on the timeline, from 0 to 1, or -1. */
  #pointer = -1;
  #shown = "";

  constructor(window: PageWindow, element: (id: string) => PageElement) {
    this.#window = window;
    this.#element = element;
    const canvas = element("life");
    canvas.addEventListener("pointermove", ({ offsetX }) => {
      this.#pointer = Math.max(0, Math.min(0.999, offsetX / canvas.clientWidth));
    });
    canvas.addEventListener("pointerleave", () => {
      this.#pointer = -1;
    });
  }

  /** Shows what `task` did. */
  show(task: PageTask, model: PageModel, timeline: PageTimeline): void {
    timeline.paint(this.#element("life") as PageCanvas, task, model);
    this.#element("moment").textContent = this.#moment(task, model);
    const shares = PageLife.#shares(task, model.tick);
    const key = JSON.stringify(shares);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#element("shares").replaceChildren(...shares.map(([state, share]) => {
      const item = this.#window.document.createElement("li");
      item.setAttribute("data-family", PageStates.familyOf(state));
      item.textContent = `${state} ${share}`;
      return item;
    }));
  }

  #moment(task: PageTask, model: PageModel): string {
    if (this.#pointer < 0) return "";
    const ticks = PageTask.LOOKS - 1 - Math.floor(this.#pointer * PageTask.LOOKS);
    const tick = model.tick - ticks;
    const code = task.stateAt(tick);
    if (tick < task.born) return "not yet there";
    if (task.ended > 0 && tick >= task.ended) return "ended";
    const state = PageStates.all[code - 1] ?? "another state";
    const ran = task.activityAt(tick) > 0 && state !== "RUNNING" ? ", ran" : "";
    return `${PageWords.seconds(ticks * model.every / 1000)} ago: ${state}${ran}`;
  }

  /** In which states it was seen how often, most often first. */
  static #shares(task: PageTask, now: number): [state: string, share: string][] {
    const counts = new Map<number, number>();
    let total = 0;
    for (let tick = now - PageTask.LOOKS + 1; tick <= now; tick++) {
      const code = task.stateAt(tick);
      if (code === 0) continue;
      counts.set(code, (counts.get(code) ?? 0) + 1);
      total++;
    }
    return [...counts].sort(([, one], [, other]) => other - one).slice(0, 4)
      .map(([code, count]) => {
        const percent = Math.round(100 * count / total);
        return [PageStates.all[code - 1], percent < 1 ? "<1 %" : `${percent} %`];
      });
  }
}
