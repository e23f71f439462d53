import { Wait } from "../kernel/wait.ts";
import { type FarEnd, UniversalLink, type UniversalMessage } from "./universal_link.ts";
import { UniversalLoan } from "./universal_counts.ts";
import type { QueueCore } from "./universal_queue_core.ts";

/** The most items on loan at a time. */
export const LOAN = 1024;

/** A worker's line to a queue, on the queue's side: what the worker was lent, and what it was promised. */
export class QueueLink<T> {
  /** For how many items somebody waits there. */
  owed = 0;
  readonly #core: QueueCore<T>;
  readonly #loan = new UniversalLoan();
  readonly #link: UniversalLink;
  #items: readonly T[] = [];
  /** How many times it was told that it may put one more item, and has not yet. */
  #grants = 0;

  constructor(core: QueueCore<T>) {
    this.#core = core;
    this.#link = new UniversalLink("UniversalQueue", (message) => this.#receive(message));
  }

  /** What the far end is made from. */
  get data(): readonly [end: FarEnd, maxsize: number, counts: Int32Array, loan: Int32Array] {
    const { counts } = this.#core;
    return [this.#link.far, counts.maxsize, counts.words, this.#loan.words];
  }

  /** The ports among that. */
  get ports(): MessagePort[] {
    return [this.#link.far.port, this.#link.far.bell];
  }

  /** Whether it has more items than somebody waits for. */
  get isAhead(): boolean {
    return this.#items.length > this.owed;
  }

  /** Takes what the worker has sent. */
  poll(): void {
    this.#link.poll();
  }

  /** Lends `items`; how many of them, the last ones, it could not. */
  lend(items: readonly T[]): number {
    this.#items = items;
    this.#loan.start(items.length);
    try {
      this.#link.post("items", items);
      return 0;
    } catch (error) {
      // One of them cannot travel. The first is what somebody waits for; the others may go later.
      this.#items = [];
      this.#loan.start(0);
      if (items.length > 1) return items.length - 1 + this.lend(items.slice(0, 1));
      this.#link.post("refused", String((error as Error).message));
      return items.length;
    }
  }

  /** Takes back what nobody waits for there. */
  recallRest(): readonly T[] {
    return this.#recall(this.owed);
  }

  /** Takes back what nobody has taken. */
  recallAll(): readonly T[] {
    return this.#recall(0);
  }

  /** Lets the worker put one more item, for which room is reserved. */
  grant(): void {
    this.#grants++;
    this.#link.post("room");
  }

  /** The call is over. */
  close(): void {
    this.#loan.end();
    this.#link.close();
    for (; this.#grants > 0; this.#grants--) this.#core.counts.release();
    this.#core.disconnect(this);
  }

  #recall(owed: number): readonly T[] {
    const from = this.#loan.recall(owed);
    const items = this.#items.slice(from);
    this.#items = this.#items.slice(0, from);
    return items;
  }

  #receive([kind, first]: UniversalMessage): void {
    const core = this.#core;
    switch (kind) {
      case "put":
        return core.arrive(first as T);
      case "fill":
        this.#grants--;
        return core.arrive(first as T);
      case "waive":
        this.#grants--;
        core.counts.release();
        return core.admit();
      case "want":
        this.#items = [];
        this.owed = first as number;
        return core.want(this);
      case "took":
        return core.admit();
      case "offer":
        core.putters.enroll(this.#turn(core.putters, "UniversalQueue.put()"));
        return core.admit();
      case "done":
        return core.finished();
      case "join":
        return this.#join(first as number);
    }
  }

  #join(id: number): void {
    const { joiners } = this.#core;
    const turn = this.#turn(joiners, "UniversalQueue.join()");
    void turn.promise.then(() => this.#link.post("answer", id));
    joiners.enroll(turn);
    this.#core.finished();
  }

  /** A place in one of the lines. */
  #turn(line: QueueCore<T>["putters"], operation: string): Wait<void> {
    const turn = new Wait<void>(null, operation, "QUEUE_PUT", line, true);
    turn.data = this;
    return turn;
  }
}
