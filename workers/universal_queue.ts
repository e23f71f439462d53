import { CurioError } from "../kernel/errors.ts";
import { QueueEmpty, QueueFull, type QueueStatistics } from "../sync/queue.ts";
import "./universal_unpack.ts";
import { PACK, type Packed } from "./baggage.ts";
import { QueueCore } from "./universal_queue_core.ts";

/**
 * A {@linkcode Queue} that works everywhere: in tasks of any kernel, several at once too, in
 * asynchronous code outside of tasks, and in workers it is passed to. As an argument of `runInThread`
 * or `blockInThread` it has the same methods there; as one of `spawnThread` it gives operations for
 * `AWAIT`. Whoever waits is served in the order of coming, wherever that is.
 *
 * No item is lost or given out twice: one that a worker was sent but has not taken is back in front
 * when somebody else comes for it, or the worker dies. Items that go to a worker or come from one are
 * copied as by `structuredClone`; one that cannot be stays in the queue, and the worker's `get`
 * rejects with `DataCloneError`. In a worker the queue is there for as long as the call it was passed
 * to, `getNowait` finds only what has come there, and nothing cancels a `get`.
 *
 * @example A worker makes items, a task takes them
 * ```ts
 * import { run, runInThread, spawn, UniversalQueue } from "@curio/core";
 *
 * async function produce(queue: UniversalQueue<number>) {
 *   for (let n = 0; n < 10; n++) await queue.put(n);
 *   await queue.join();
 * }
 *
 * await run(async () => {
 *   const queue = new UniversalQueue<number>();
 *   const producing = spawn(() => runInThread(produce, queue));
 *   for (let n = 0; n < 10; n++) {
 *     console.log("got", await queue.get());
 *     queue.taskDone();
 *   }
 *   await producing.join();
 * });
 * ```
 */
export class UniversalQueue<T> {
  /** How many items fit; 0 for no limit. */
  readonly maxsize: number;
  readonly #core: QueueCore<T>;

  /**
   * An empty queue.
   *
   * @param maxsize How many items fit; 0 for no limit.
   * @throws {RangeError} If `maxsize` is negative or not a whole number.
   */
  constructor(maxsize: number = 0) {
    if (!Number.isInteger(maxsize) && maxsize !== Infinity || maxsize < 0) {
      throw new RangeError(
        `Cannot make a queue for ${maxsize} items: give a whole number, or 0 for no limit`,
      );
    }
    this.maxsize = maxsize;
    this.#core = new QueueCore(maxsize);
  }

  /** Whether there is no item to get. */
  empty(): boolean {
    return this.#core.counts.size === 0;
  }

  /** Whether there is no room for an item. */
  full(): boolean {
    return this.#core.counts.full;
  }

  /** How many items can be got; those on their way between threads are counted. */
  size(): number {
    return this.#core.counts.size;
  }

  /**
   * Takes the next item; waits for one if there is none. In a task a blocking point only then;
   * cancelled, it takes nothing.
   */
  get(): Promise<T> {
    return this.#core.get("UniversalQueue.get()");
  }

  /**
   * Takes the next item.
   *
   * @throws {QueueEmpty} If there is none.
   */
  getNowait(): T {
    return this.#core.getNowait(() => {
      throw new QueueEmpty("Cannot get an item at once: the queue is empty");
    });
  }

  /**
   * Adds `item`; waits for room if there is none. In a task a blocking point only then; cancelled, it
   * adds nothing.
   */
  put(item: T): Promise<void> {
    return this.#core.put("UniversalQueue.put()", item);
  }

  /**
   * Adds `item`.
   *
   * @throws {QueueFull} If there is no room.
   */
  putNowait(item: T): void {
    if (this.#core.tryPut(item)) return;
    throw new QueueFull("Cannot put an item at once: the queue is full");
  }

  /**
   * Waits until `taskDone` has been called for every item that was put. In a task a blocking point
   * unless that is so already.
   */
  join(): Promise<void> {
    return this.#core.join("UniversalQueue.join()");
  }

  /**
   * Tells that the work on one item is done.
   *
   * @throws {CurioError} If there is no item left to be done with.
   */
  taskDone(): void {
    const left = this.#core.counts.finish();
    if (left === 0) this.#core.finished();
    if (left >= 0) return;
    throw new CurioError(
      "Cannot call taskDone() more often than items were put: call it once an item",
    );
  }

  /** Items without end, each as by `get()`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, never, void> {
    for (;;) yield await this.get();
  }

  /** Sizes, and how many wait for what; a worker counts once however often it waits for an item. */
  statistics(): QueueStatistics {
    const { counts, getters, putters, joiners } = this.#core;
    const getting = getters.length;
    const putting = putters.length;
    const joining = joiners.length;
    const { size, unfinished } = counts;
    return { waiting: getting + putting + joining, size, getting, putting, joining, unfinished };
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const { size, getting, putting } = this.statistics();
    const room = this.maxsize > 0 ? ` of ${this.maxsize}` : "";
    return `UniversalQueue [${size}${room} items, ${getting} getting, ${putting} putting]`;
  }

  /** @internal For the call of a worker. */
  [PACK](): Packed {
    const link = this.#core.connect();
    return {
      kind: "UniversalQueue",
      data: link.data,
      transfer: link.ports,
      release: () => link.close(),
    };
  }
}
