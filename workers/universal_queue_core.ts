import { immediate } from "../io/immediate.ts";
import { Ring } from "../kernel/ring.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import { Wait } from "../kernel/wait.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import { UniversalCounts } from "./universal_counts.ts";
import { LOAN, QueueLink } from "./universal_queue_link.ts";

/** What somebody who waits for room wants to put. */
class Offer<T> {
  constructor(readonly item: T) {}
}

/**
 * The items of a universal queue, and those who wait for them or for room: tasks of any kernel, code in
 * no task, and workers, in one line and served in the order they came. It stays in the thread that made
 * the queue. A worker's place in a line is a {@linkcode Wait} of nobody's, whose `data` is its link.
 *
 * A worker that asks for items gets them on loan, many at a time if nobody else waits, or the messages
 * to and fro would take most of the time. Whatever it has not taken is recalled when somebody else comes
 * for it, or when it dies: see {@linkcode UniversalLoan}.
 */
export class QueueCore<T> {
  readonly counts: UniversalCounts;
  readonly getters: WaitQueue<T> = new WaitQueue();
  readonly putters: WaitQueue<void> = new WaitQueue();
  readonly joiners: WaitQueue<void> = new WaitQueue();
  readonly #items = new Ring<T>();
  readonly #links = new Set<QueueLink<T>>();
  /** Links with more items than somebody waits for there, in the order they got them. */
  readonly #ahead = new Set<QueueLink<T>>();

  constructor(maxsize: number) {
    this.counts = new UniversalCounts(maxsize);
  }

  /** Makes a line to a worker. */
  connect(): QueueLink<T> {
    const link = new QueueLink<T>(this);
    this.#links.add(link);
    return link;
  }

  get(operation: string): Promise<T> {
    this.#recall();
    if (this.#items.length > 0) return immediate(operation, this.#take());
    return suspendAnywhere<T>(operation, "QUEUE_GET", this.getters).promise;
  }

  /** The next item, or `undefined` with `none` called if there is none. */
  getNowait(none: () => never): T {
    this.#recall();
    // What a worker has put may not have been looked at yet.
    if (this.#items.length === 0) { for (const link of this.#links) link.poll(); }
    return this.#items.length === 0 ? none() : this.#take();
  }

  put(operation: string, item: T): Promise<void> {
    if (this.tryPut(item)) return immediate(operation, undefined);
    const wait = suspendAnywhere<void>(operation, "QUEUE_PUT", this.putters);
    if (!wait.pending) return wait.promise;
    wait.data = new Offer(item);
    this.admit();
    return wait.promise;
  }

  /** Puts `item` if there is room, and nobody waits for that. */
  tryPut(item: T): boolean {
    if (this.putters.length > 0 || !this.counts.reserve()) return false;
    this.arrive(item);
    return true;
  }

  join(operation: string): Promise<void> {
    if (this.counts.unfinished === 0) return immediate(operation, undefined);
    return suspendAnywhere<void>(operation, "QUEUE_JOIN", this.joiners).promise;
  }

  /** Adds an item that has been counted. */
  arrive(item: T): void {
    this.#items.push(item);
    this.#serve();
    if (this.putters.length > 0) this.admit();
  }

  /** Lets in those who wait for room, as far as there is some. */
  admit(): void {
    // Before the look at the room: a worker that makes some meanwhile will say so.
    this.counts.wanted = this.putters.length > 0;
    while (this.putters.length > 0 && this.counts.reserve()) {
      const wait = this.putters.shift()!;
      if (wait.data instanceof QueueLink) {
        wait.data.grant();
      } else {
        this.arriveFirst((wait.data as Offer<T>).item);
        wait.wake();
      }
    }
    if (this.putters.length === 0) this.counts.wanted = false;
  }

  /** {@linkcode arrive} for {@linkcode admit}, which goes on by itself. */
  arriveFirst(item: T): void {
    this.#items.push(item);
    this.#serve();
  }

  /** Wakes those who wait in `join`, if all is done. */
  finished(): void {
    if (this.counts.unfinished === 0) this.joiners.wakeAll();
  }

  /** The worker of `link` waits for `link.owed` items, and has none. */
  want(link: QueueLink<T>): void {
    this.#recall();
    const turn = new Wait<T>(null, "UniversalQueue.get()", "QUEUE_GET", this.getters, true);
    turn.data = link;
    this.getters.enroll(turn);
    this.#serve();
  }

  /** The call behind `link` is over: what it did not take comes back, in front of everything else. */
  disconnect(link: QueueLink<T>): void {
    this.#links.delete(link);
    this.#ahead.delete(link);
    this.#giveBack(link.recallAll());
    for (const line of [this.getters, this.putters, this.joiners]) {
      for (const wait of [...line]) if (wait.data === link) line.remove(wait);
    }
    this.#serve();
    this.admit();
  }

  #take(): T {
    const item = this.#items.shift() as T;
    this.counts.taken();
    if (this.putters.length > 0) this.admit();
    return item;
  }

  /** Hands out items while there are some, and somebody waits. */
  #serve(): void {
    while (this.#items.length > 0) {
      const wait = this.getters.shift();
      if (wait === null) return;
      if (wait.data instanceof QueueLink) {
        this.#lend(wait.data);
      } else {
        this.counts.taken();
        wait.wake(this.#items.shift() as T);
      }
    }
  }

  #lend(link: QueueLink<T>): void {
    const most = this.getters.length > 0 ? link.owed : LOAN;
    const items: T[] = [];
    while (items.length < most && this.#items.length > 0) items.push(this.#items.shift() as T);
    const refused = link.lend(items);
    if (refused > 0) this.#giveBack(items.slice(items.length - refused));
    if (link.isAhead) this.#ahead.add(link);
  }

  /** Takes back what is on loan and nobody waits for: older items go first. */
  #recall(): void {
    if (this.#ahead.size === 0) return;
    for (const link of [...this.#ahead].reverse()) this.#giveBack(link.recallRest());
    this.#ahead.clear();
  }

  #giveBack(items: readonly T[]): void {
    for (const item of items.toReversed()) this.#items.unshift(item);
  }
}
