import { PageStates } from "./web_page_states.ts";
import type { WebPast, WebTask } from "./web_frame.ts";

/** A task as the page remembers it, with its last minute. */
export class PageTask {
  /** How many looks at the kernel are remembered: a minute's worth. */
  static readonly LOOKS = 240;

  /** What the server last told of it. */
  view: WebTask;
  /** What it is shown under; its parent may have ended before it. */
  up: PageTask | null = null;
  readonly children: PageTask[] = [];
  /** Whether its children are hidden. */
  closed = false;
  /** The tick at which it was found to have ended, or 0. */
  ended = 0;
  /** The tick at which it was first seen. */
  readonly born: number;
  readonly #states = new Uint8Array(PageTask.LOOKS);
  readonly #activity = new Uint8Array(PageTask.LOOKS);
  #noted: number;
  #rate = 0;
  #ratedAt = 0;

  constructor(view: WebTask, tick: number, past: WebPast) {
    this.view = view;
    let length = 0;
    for (let i = 0; i < past.length; i += 3) length += past[i];
    this.born = tick - length + 1;
    this.#noted = this.born - 1;
    for (let i = 0; i < past.length; i += 3) {
      for (let n = 0; n < past[i]; n++) this.#note(past[i + 1], past[i + 2]);
    }
  }

  /** Takes note of what the server tells of it at `tick`, `every` milliseconds apart from the next. */
  update(view: WebTask, tick: number, every: number): void {
    const ticks = Math.max(1, tick - this.#noted);
    const ran = view.cycles - this.view.cycles;
    this.#rate = (this.rateAt(tick - 1) + ran / ticks / every * 1000) / 2;
    this.#ratedAt = tick;
    this.catchUp(tick - 1);
    this.view = view;
    if (this.#noted < tick) this.#note(PageStates.codeOf(view.state), PageStates.activityOf(ran));
  }

  /** Cycles a second, lately. */
  rateAt(tick: number): number {
    const rate = this.#rate / 2 ** Math.max(0, tick - this.#ratedAt);
    return rate < 0.5 ? 0 : rate;
  }

  /** As long as the server tells nothing of it, it has not moved. */
  catchUp(tick: number): void {
    const state = PageStates.codeOf(this.view.state);
    const last = this.ended === 0 ? tick : Math.min(tick, this.ended - 1);
    // What would be overwritten again need not be written.
    this.#noted = Math.max(this.#noted, last - PageTask.LOOKS);
    while (this.#noted < last) this.#note(state, 0);
  }

  /** The code of its state at `tick`, or 0 if it didn't live then, or that is forgotten. */
  stateAt(tick: number): number {
    const known = tick >= this.born && tick <= this.#noted && tick > this.#noted - PageTask.LOOKS;
    return known ? this.#states[tick % PageTask.LOOKS] : 0;
  }

  /** How much it ran at `tick`, from 0 to 9. */
  activityAt(tick: number): number {
    return this.stateAt(tick) === 0 ? 0 : this.#activity[tick % PageTask.LOOKS];
  }

  #note(state: number, activity: number): void {
    const at = ++this.#noted % PageTask.LOOKS;
    this.#states[at] = state;
    this.#activity[at] = activity;
  }
}
