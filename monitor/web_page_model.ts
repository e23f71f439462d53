import type { WebFrame, WebTask } from "./web_frame.ts";
import { PageTask } from "./web_page_task.ts";

/** All the page knows, brought up to date by each frame. */
export class PageModel {
  /** How many ticks a task that has ended is still shown: three seconds' worth. */
  static readonly LINGER = 12;
  /** How many such tasks are shown at most. */
  static readonly MAX_LINGERING = 100;
  /** From how many seconds without a breath on the kernel counts as silent. */
  static readonly SILENT = 1;

  readonly tasks = new Map<number, PageTask>();
  /** Those without a parent that is shown. */
  readonly roots: PageTask[] = [];
  tick = 0;
  every = 250;
  silentFor = 0;
  cyclesPerSecond = 0;
  program = "";
  pid = 0;
  /** The cycles of each of the last ticks, -1 where the kernel was silent; the latest last. */
  pulse: number[] = [];
  /** How far the server's clock is ahead of the page's, in milliseconds. */
  #ahead = 0;
  readonly #lingering: PageTask[] = [];
  /** Whose children were hidden before the connection was lost. */
  readonly #folded = new Set<number>();

  /** How many tasks are alive. */
  get alive(): number {
    return this.tasks.size - this.#lingering.length;
  }

  /** Whether the kernel is silent. */
  get silent(): boolean {
    return this.silentFor >= PageModel.SILENT;
  }

  /** The task that runs right now, and keeps a silent kernel from breathing; or `null`. */
  get running(): PageTask | null {
    for (const task of this.tasks.values()) {
      if (task.view.state === "RUNNING" && task.ended === 0) return task;
    }
    return null;
  }

  /** Takes in what is new. */
  apply(frame: WebFrame): void {
    if (frame.first) this.#forgetAll();
    this.tick = frame.tick;
    this.every = frame.every;
    this.silentFor = frame.silentFor;
    this.cyclesPerSecond = frame.cyclesPerSecond;
    this.program = frame.program;
    this.pid = frame.pid;
    this.#ahead = frame.now - performance.now();
    this.pulse = [...this.pulse, ...frame.pulse].slice(-PageTask.LOOKS);
    for (const view of frame.tasks) this.#update(view, frame);
    for (const id of frame.gone) this.#end(id);
    while (this.#isOver(this.#lingering[0])) this.#remove(this.#lingering.shift()!);
  }

  /** Seconds from now until `moment` of the server's clock. */
  secondsUntil(moment: number): number {
    return Math.max(0, (moment - this.#ahead - performance.now()) / 1000);
  }

  #update(view: WebTask, frame: WebFrame): void {
    const known = this.tasks.get(view.id);
    if (known !== undefined) return known.update(view, frame.tick, frame.every);
    const task = new PageTask(view, frame.tick, frame.pasts[view.id] ?? []);
    task.closed = this.#folded.has(view.id);
    this.tasks.set(view.id, task);
    this.#hang(task, view.parent === null ? null : this.tasks.get(view.parent) ?? null);
  }

  #end(id: number): void {
    const task = this.tasks.get(id);
    if (task === undefined || task.ended > 0) return;
    task.ended = this.tick;
    this.#lingering.push(task);
  }

  #isOver(task: PageTask | undefined): boolean {
    if (task === undefined) return false;
    return this.tick - task.ended >= PageModel.LINGER ||
      this.#lingering.length > PageModel.MAX_LINGERING;
  }

  #remove(task: PageTask): void {
    this.tasks.delete(task.view.id);
    const among = task.up?.children ?? this.roots;
    among.splice(among.indexOf(task), 1);
    for (const child of task.children) this.#hang(child, task.up);
  }

  /** Shows `task` under `up`, in the order of their ids. */
  #hang(task: PageTask, up: PageTask | null): void {
    task.up = up;
    const among = up?.children ?? this.roots;
    let at = among.length;
    while (at > 0 && among[at - 1].view.id > task.view.id) at--;
    among.splice(at, 0, task);
  }

  /** All but what was folded: a connection that comes back finds the list as it was. */
  #forgetAll(): void {
    this.#folded.clear();
    for (const [id, { closed }] of this.tasks) if (closed) this.#folded.add(id);
    this.tasks.clear();
    this.roots.length = 0;
    this.#lingering.length = 0;
    this.pulse = [];
  }
}
