import { type AsyncThread, provideThreads, startThread, threadOf } from "../kernel/async_thread.ts";
import { requireScope } from "../kernel/current.ts";
import { describeCallable } from "./callable.ts";
import { ThreadSession } from "./thread_session.ts";

/**
 * Starts `fn(...args)` in a thread of its own: a worker, in which synchronous code blocks on operations
 * of the kernel with `AWAIT` as a task does with `await`. Does not block.
 *
 * Objects of the library that are passed as arguments (queues, events, locks, sockets, streams, tasks)
 * stay in the kernel, and the thread uses them there: a method that blocks gives an operation for
 * `AWAIT`, one that does not (`set`, `release`, `putNowait`, `size`) is called at once, and so is a
 * property read. What such a method returns is treated the same way. Other arguments are copied as by
 * `structuredClone`.
 *
 * `fn` travels as source, with the library's names in scope, or is a function of a `workerModule`, which
 * imports them from `@curio/core`. What it returns or throws is what `join` gives.
 *
 * @returns The thread.
 * @throws {CurioError} Outside a task.
 * @throws {TypeError} If `fn` is no function, or an async one.
 * @throws {DOMException} A `DataCloneError`, if an argument cannot travel.
 *
 * @example Synchronous code that takes items from a task's queue
 * ```ts
 * import { AWAIT, Queue, run, spawnThread } from "@curio/core";
 *
 * function consumer(queue: Queue<number | null>) {
 *   let sum = 0;
 *   for (;;) {
 *     const item = AWAIT(queue.get());
 *     if (item === null) return sum;
 *     sum += item;
 *   }
 * }
 *
 * await run(async () => {
 *   const queue = new Queue<number | null>();
 *   const thread = spawnThread(consumer, queue);
 *   for (const n of [1, 2, 3, null]) await queue.put(n);
 *   console.log(await thread.join()); // 6
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- any function will do; its parameters are checked by inference
export function spawnThread<A extends any[], R>(
  fn: (...args: A) => R,
  ...args: A
): AsyncThread<R> {
  const operation = "spawnThread()";
  const { task } = requireScope(operation);
  return threadOf(startThread(task.scheduler, task, operation, fn, args));
}

provideThreads((operation, fn, args) => {
  const callable = describeCallable(fn, operation);
  if (Object.prototype.toString.call(fn) === "[object AsyncFunction]") {
    throw new TypeError(
      `Cannot pass '${callable.name}' to ${operation} because it is async: write it without async, ` +
        `and AWAIT() where it says await`,
    );
  }
  const session = new ThreadSession(callable, args);
  return () => session.run();
});
