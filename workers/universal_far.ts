/**
 * The universal objects as a worker of `runInThread` and `blockInThread` sees them: the methods of the
 * originals, in promises. Everything here travels to workers as text (see `far_text.ts`), and refers to
 * globals and to the other parts that {@linkcode universalParts} lists.
 *
 * A worker is in no kernel, so nothing here is ever cancelled: who calls `get` will have its item.
 */
import { decodeError, encodeError, type ErrorParcel } from "./error_codec.ts";
import { farErrorClass, makeFarError } from "./thread_errors.ts";
import { FarAnswers, type Settling } from "./universal_answers.ts";
import { UniversalCounts, UniversalLoan } from "./universal_counts.ts";
import { UniversalFlag } from "./universal_flag.ts";
import type { FarEnd } from "./universal_link.ts";
import { canTravel } from "./universal_travel.ts";

/** A `UniversalQueue` in a worker. */
export function farUniversalQueue(
  [end, maxsize, words, loanWords]: [FarEnd, number, Int32Array, Int32Array],
): unknown {
  const TURN = 1024;
  const counts = new UniversalCounts(maxsize, words);
  const loan = new UniversalLoan(loanWords);
  const getters: Settling[] = [];
  const putters: (Settling & { readonly item: unknown })[] = [];
  let items: unknown[] = [];
  let asked = false;
  let puts = 0;

  const answers = new FarAnswers("UniversalQueue", end, (kind, first) => {
    switch (kind) {
      case "items":
        items = first as unknown[];
        asked = false;
        return serve();
      case "refused":
        asked = false;
        getters.shift()?.reject(new DOMException(String(first), "DataCloneError"));
        return serve();
      case "room":
        return fill(putters.shift());
      case "ended":
        for (const { reject } of [...getters.splice(0), ...putters.splice(0)]) reject(first);
    }
  });

  function take(): { item: unknown } | null {
    const index = items.length === 0 ? -1 : loan.take();
    if (index < 0) {
      items = [];
      return null;
    }
    const item = items[index];
    items[index] = undefined;
    counts.taken();
    if (counts.wanted) answers.post("took");
    return { item };
  }

  function serve(): void {
    while (getters.length > 0) {
      const taken = take();
      if (taken === null) return ask();
      getters.shift()!.resolve(taken.item);
    }
  }

  function ask(): void {
    if (asked) return;
    asked = true;
    answers.post("want", getters.length);
  }

  function fill(putter: (Settling & { readonly item: unknown }) | undefined): void {
    try {
      answers.post("fill", putter!.item);
      if (loan.isOver) throw answers.over();
      putter!.resolve();
    } catch (error) {
      answers.post("waive");
      putter?.reject(error);
    }
  }

  function tryPut(item: unknown): boolean {
    answers.check();
    // Those who wait for room come first.
    if (counts.wanted || !counts.reserve()) return false;
    try {
      answers.post("put", item);
    } catch (error) {
      counts.release();
      throw error;
    }
    if (loan.isOver) throw answers.over();
    return true;
  }

  class UniversalQueue {
    readonly maxsize = maxsize;

    empty(): boolean {
      return counts.size === 0;
    }

    full(): boolean {
      return counts.full;
    }

    size(): number {
      return counts.size;
    }

    // deno-lint-ignore require-await -- what it throws is to reject
    async get(): Promise<unknown> {
      answers.check();
      const taken = getters.length > 0 ? null : take();
      if (taken !== null) return taken.item;
      return new Promise((resolve, reject) => {
        getters.push({ resolve, reject });
        ask();
      });
    }

    getNowait(): unknown {
      answers.check();
      const taken = getters.length > 0 ? null : take();
      if (taken !== null) return taken.item;
      throw new (farErrorClass("QueueEmpty"))(
        "Cannot get an item at once: none has come to this worker",
      );
    }

    // deno-lint-ignore require-await -- what it throws is to reject
    async put(item: unknown): Promise<void> {
      if (tryPut(item)) {
        // Others in this worker are to have their turn, however much it puts.
        return ++puts % TURN === 0 ? new Promise((resolve) => void setImmediate(resolve)) : void 0;
      }
      return new Promise((resolve, reject) => {
        putters.push({ item, resolve: resolve as () => void, reject });
        answers.post("offer");
      });
    }

    putNowait(item: unknown): void {
      if (tryPut(item)) return;
      throw new (farErrorClass("QueueFull"))("Cannot put an item at once: the queue is full");
    }

    async join(): Promise<void> {
      await answers.ask((id) => answers.post("join", id));
    }

    taskDone(): void {
      const left = counts.finish();
      if (left === 0) answers.post("done");
      if (left >= 0) return;
      throw new (farErrorClass("CurioError"))(
        "Cannot call taskDone() more often than items were put: call it once an item",
      );
    }

    async *[Symbol.asyncIterator](): AsyncGenerator<unknown, never, void> {
      for (;;) yield await this.get();
    }
  }
  return new UniversalQueue();
}

/** A `UniversalEvent` in a worker. */
export function farUniversalEvent([end, word]: [FarEnd, Int32Array]): unknown {
  const answers = new FarAnswers("UniversalEvent", end, () => {});
  const flag = new UniversalFlag(word);

  class UniversalEvent {
    isSet(): boolean {
      return flag.isSet;
    }

    set(): void {
      answers.check();
      const count = flag.set();
      if (count > 0) answers.post("set", count);
    }

    clear(): void {
      flag.clear();
    }

    async wait(): Promise<void> {
      answers.check();
      if (!flag.isSet) await answers.ask((id) => answers.post("wait", id));
    }
  }
  return new UniversalEvent();
}

/** A `UniversalResult` in a worker. */
export function farUniversalResult([end, word]: [FarEnd, Int32Array]): unknown {
  const answers = new FarAnswers("UniversalResult", end, () => {});

  function set(kind: string, outcome: unknown): void {
    answers.check();
    if (Atomics.compareExchange(word, 0, 0, 1) !== 0) {
      throw new (farErrorClass("CurioError"))(
        "Cannot set a UniversalResult twice: make a new one for each outcome",
      );
    }
    try {
      answers.post(kind, outcome);
    } catch (error) {
      Atomics.store(word, 0, 0);
      throw error;
    }
  }

  class UniversalResult {
    isSet(): boolean {
      return Atomics.load(word, 0) !== 0;
    }

    setValue(value: unknown): void {
      set("value", value);
    }

    setException(error: unknown): void {
      set("error", encodeError(error, canTravel));
    }

    async unwrap(): Promise<unknown> {
      try {
        return await answers.ask((id) => answers.post("unwrap", id));
      } catch (error) {
        // From the worker's own side it is an error already.
        if (error instanceof Error) throw error;
        throw decodeError(error as ErrorParcel, makeFarError);
      }
    }
  }
  return new UniversalResult();
}
