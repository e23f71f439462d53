import { currentScope } from "../kernel/current.ts";
import { brandError, CurioError } from "../kernel/errors.ts";
import { Ring } from "../kernel/ring.ts";
import { shown } from "../kernel/shown.ts";
import { completed, rejectOutside } from "../kernel/suspend.ts";
import { WaitQueue } from "../kernel/wait_queue.ts";
import type { WaitStatistics } from "./sched.ts";

/** `getNowait()` found the queue empty. */
export class QueueEmpty extends CurioError {}

/** `putNowait()` found the queue full. */
export class QueueFull extends CurioError {}

brandError(QueueEmpty, "QueueEmpty");
brandError(QueueFull, "QueueFull");

/** What {@linkcode Queue.statistics} tells. */
export interface QueueStatistics extends WaitStatistics {
  /** How many items are in the queue. */
  readonly size: number;
  /** How many tasks wait in `get`. */
  readonly getting: number;
  /** How many tasks wait in `put`. */
  readonly putting: number;
  /** How many tasks wait in `join`. */
  readonly joining: number;
  /** How many items were put that `taskDone` has not been called for. */
  readonly unfinished: number;
}

/**
 * The order in which a queue gives out its items: what the kinds of queue differ in, and all that a kind
 * of your own has to bring.
 */
export interface ItemStore<T> {
  /** How many items it holds. */
  readonly length: number;
  /** Refuses, by throwing, an item the store could not take. */
  check?(item: T): void;
  /** Adds an item. */
  push(item: T): void;
  /** Takes the item whose turn it is, or `undefined` if there is none. */
  shift(): T | undefined;
}

/**
 * A queue between tasks, as `queue.Queue` in Python: first in, first out. Tasks that wait are served
 * in the order they came. An item put while somebody waits for one goes to the first who waits; one
 * that was handed over is not lost to a cancellation.
 *
 * @example Producer and consumer
 * ```ts
 * import { Queue, run, spawn } from "@curio/core";
 *
 * async function consumer(queue: Queue<number>) {
 *   for await (const item of queue) {
 *     console.log("Consumer got", item);
 *     queue.taskDone();
 *   }
 * }
 *
 * await run(async () => {
 *   const queue = new Queue<number>();
 *   const task = spawn(consumer, queue);
 *   for (let n = 0; n < 10; n++) await queue.put(n);
 *   await queue.join();
 *   await task.cancel();
 * });
 * ```
 */
export class Queue<T> {
  /** How many items fit; 0 for no limit. */
  readonly maxsize: number;
  readonly #items: ItemStore<T>;
  readonly #getters = new WaitQueue<T>();
  readonly #putters = new WaitQueue<void>();
  readonly #joiners = new WaitQueue<void>();
  #unfinished = 0;

  /**
   * An empty queue.
   *
   * @param maxsize How many items fit; 0 for no limit.
   * @param items Where the items are kept: first in, first out unless given.
   * @throws {RangeError} If `maxsize` is negative or not a whole number.
   */
  constructor(maxsize: number = 0, items: ItemStore<T> = new Ring<T>()) {
    if (!Number.isInteger(maxsize) && maxsize !== Infinity || maxsize < 0) {
      throw new RangeError(
        `Cannot make a queue for ${shown(maxsize)} items: give a whole number, or 0 for no limit`,
      );
    }
    this.maxsize = maxsize;
    this.#items = items;
  }

  /** Whether there is no item to get. */
  empty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether there is no room for an item. */
  full(): boolean {
    return this.maxsize > 0 && this.#items.length >= this.maxsize;
  }

  /** How many items can be got; one that was handed to a waiting task is not counted. */
  size(): number {
    return this.#items.length;
  }

  /**
   * Takes the next item; waits for one if there is none. A blocking point only then; cancelled, it
   * takes nothing.
   *
   * @throws {CurioError} Outside a task.
   */
  get(): Promise<T> {
    if (this.#items.length === 0) return this.#getters.suspend("Queue.get()", "QUEUE_GET");
    const scope = currentScope();
    if (scope === null) return rejectOutside("Queue.get()");
    return completed(scope, "Queue.get()", this.#take());
  }

  /**
   * Takes the next item.
   *
   * @throws {QueueEmpty} If there is none.
   */
  getNowait(): T {
    if (this.#items.length === 0) {
      throw new QueueEmpty("Cannot get an item at once: the queue is empty");
    }
    return this.#take();
  }

  /**
   * Adds `item`; waits for room if there is none. A blocking point only then; cancelled, it adds
   * nothing.
   *
   * @throws {CurioError} Outside a task.
   */
  put(item: T): Promise<void> {
    try {
      this.#items.check?.(item);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.full()) return this.#putters.suspend("Queue.put()", "QUEUE_PUT", item);
    const scope = currentScope();
    if (scope === null) return rejectOutside("Queue.put()");
    return completed(scope, "Queue.put()", this.#add(item));
  }

  /**
   * Adds `item`. May be called outside a task.
   *
   * @throws {QueueFull} If there is no room.
   */
  putNowait(item: T): void {
    this.#items.check?.(item);
    if (this.full()) throw new QueueFull("Cannot put an item at once: the queue is full");
    this.#add(item);
  }

  /**
   * Waits until `taskDone` has been called for every item that was put. A blocking point unless that
   * is so already.
   *
   * @throws {CurioError} Outside a task.
   */
  join(): Promise<void> {
    if (this.#unfinished > 0) return this.#joiners.suspend("Queue.join()", "QUEUE_JOIN");
    const scope = currentScope();
    return scope === null
      ? rejectOutside("Queue.join()")
      : completed(scope, "Queue.join()", undefined);
  }

  /**
   * Tells that the work on one item is done.
   *
   * @throws {CurioError} If there is no item left to be done with.
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new CurioError(
        "Cannot call taskDone() more often than items were put: call it once an item",
      );
    }
    this.#unfinished--;
    if (this.#unfinished === 0) this.#joiners.wakeAll();
  }

  /** Items without end, each as by `get()`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, never, void> {
    for (;;) yield await this.get();
  }

  /** Sizes, and how many tasks wait for what. */
  statistics(): QueueStatistics {
    const getting = this.#getters.length;
    const putting = this.#putters.length;
    const joining = this.#joiners.length;
    return {
      waiting: getting + putting + joining,
      size: this.#items.length,
      getting,
      putting,
      joining,
      unfinished: this.#unfinished,
    };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const { size, getting, putting } = this.statistics();
    const room = this.maxsize > 0 ? ` of ${this.maxsize}` : "";
    return `${this.constructor.name} [${size}${room} items, ${getting} getting, ${putting} putting]`;
  }

  #take(): T {
    const item = this.#items.shift() as T;
    const putter = this.#putters.shift();
    if (putter !== null) {
      this.#add(putter.data as T);
      putter.wake();
    }
    return item;
  }

  #add(item: T): void {
    this.#unfinished++;
    if (!this.#getters.wakeOne(item)) this.#items.push(item);
  }
}
