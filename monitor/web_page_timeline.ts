import type { PageCanvas, PagePainter, PageWindow } from "./web_page_dom.ts";
import type { PageModel } from "./web_page_model.ts";
import { PageStates } from "./web_page_states.ts";
import { PageTask } from "./web_page_task.ts";

/**
 * Paints what was seen, a column a look: a line in the colour of what a task waited for, and on it a bar
 * for how much it ran. A task that was caught running fills its column.
 */
export class PageTimeline {
  readonly #window: PageWindow;
  /** The colours of the states, by their codes. */
  #colours: string[] = [];
  #run = "";
  #alarm = "";

  constructor(window: PageWindow) {
    this.#window = window;
    this.readColours();
  }

  /** Takes the colours from the style sheet, which knows whether it is dark. */
  readColours(): void {
    const style = this.#window.getComputedStyle(this.#window.document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    this.#colours = ["", ...PageStates.all.map((state) => colour(PageStates.familyOf(state)))];
    this.#run = colour("run");
    this.#alarm = colour("alarm");
  }

  /** Paints what `task` did. */
  paint(canvas: PageCanvas, task: PageTask, model: PageModel): void {
    const { painter, width, height } = this.#prepare(canvas);
    const line = Math.max(2, Math.round(height / 7));
    const running = PageStates.codeOf("RUNNING");
    task.catchUp(model.tick);
    this.#columns(model.tick, width, (tick, x, columnWidth) => {
      const state = task.stateAt(tick);
      if (state === 0 && tick < task.born) return;
      if (task.ended > 0 && tick >= task.ended) return;
      if (state === running) {
        painter.fillStyle = this.#silentAt(model, tick) ? this.#alarm : this.#run;
        painter.fillRect(x, 0, columnWidth, height);
        return;
      }
      painter.fillStyle = this.#colours[state] || this.#colours[this.#colours.length - 1];
      painter.fillRect(x, height - line, columnWidth, line);
      const activity = task.activityAt(tick);
      if (activity === 0) return;
      const bar = Math.max(2, Math.round((height - line) * (2 + activity) / 11));
      painter.fillStyle = this.#run;
      painter.fillRect(x, height - line - bar, columnWidth, bar);
    });
  }

  /** Paints how much the kernel did, beside the most it did: as roots, so that a peak leaves the rest to be seen. */
  paintPulse(canvas: PageCanvas, model: PageModel): void {
    const { painter, width, height } = this.#prepare(canvas);
    const { pulse } = model;
    const most = Math.max(1, ...pulse);
    this.#columns(pulse.length - 1, width, (at, x, columnWidth) => {
      const cycles = pulse[at];
      if (cycles === undefined) return;
      painter.fillStyle = cycles < 0 ? this.#alarm : this.#run;
      const part = cycles < 0 ? 1 : Math.sqrt(cycles / most);
      const bar = Math.max(1, Math.round(height * part));
      painter.fillRect(x, height - bar, columnWidth, bar);
    });
  }

  #silentAt(model: PageModel, tick: number): boolean {
    return model.pulse[model.pulse.length - 1 - (model.tick - tick)] === -1;
  }

  /** Calls `paint` for each look, with where its column is; gaps and overlaps would show as stripes. */
  #columns(
    last: number,
    width: number,
    paint: (at: number, x: number, width: number) => void,
  ): void {
    const looks = PageTask.LOOKS;
    for (let i = 0; i < looks; i++) {
      const x = Math.round(i * width / looks);
      const columnWidth = Math.round((i + 1) * width / looks) - x;
      const at = last - looks + 1 + i;
      if (columnWidth > 0 && at >= 0) paint(at, x, columnWidth);
    }
  }

  #prepare(canvas: PageCanvas): { painter: PagePainter; width: number; height: number } {
    const ratio = this.#window.devicePixelRatio;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const painter = canvas.getContext("2d");
    painter.clearRect(0, 0, width, height);
    return { painter, width, height };
  }
}
