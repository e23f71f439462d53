import { receiveMessageOnPort } from "node:worker_threads";
import { checkCancellation } from "../kernel/cancellation.ts";
import { currentSignal } from "../kernel/cancel_scope.ts";
import { currentRecord, outsideTasks, requireScope } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { Scope } from "../kernel/scope.ts";
import type { TaskRecord } from "../kernel/task_record.ts";
import { Wait, type WaitOwner } from "../kernel/wait.ts";
import type { Callable } from "./callable.ts";
import { HostWorker } from "./host_worker.ts";
import { endLater } from "./thread_ending.ts";
import { threadText } from "./thread_far.ts";
import { libraryClass, libraryFunction, libraryNames } from "./thread_library.ts";
import { ThreadErrors } from "./thread_known_errors.ts";
import { methodOf, ThreadObjects } from "./thread_objects.ts";
import type { FromThread, ThreadData, ToThread, Wish } from "./thread_protocol.ts";
import type { Marked } from "./thread_values.ts";

/** How long a cancelled thread may neither end nor come to an `AWAIT` before it is set aside. */
const PATIENCE_MS = 1000;

/**
 * The kernel's side of a thread: starts a worker, and carries out in the current task what its code
 * asks for, until that has ended.
 *
 * While the thread computes, the task waits for it behind a shield. A cancellation or a timeout that
 * comes meanwhile stays pending in its scope, and is delivered at the next `AWAIT`, just as it would be
 * at the next blocking call of a task that computes.
 */
export class ThreadSession implements WaitOwner {
  readonly #callable: Callable;
  readonly #args: Marked;
  readonly #objects = new ThreadObjects(() => this.#caller());
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #port: MessagePort;
  readonly #farPort: MessagePort;
  #task!: TaskRecord;
  #worker: HostWorker | null = null;
  #wait: Wait<FromThread> | null = null;
  /** A message that came before anybody waited for it. */
  #early: FromThread | null = null;
  /** Why nobody is there any more to talk to. */
  #over: { readonly error: unknown } | null = null;
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** How many operations there have been, and the one that the thread waits for. */
  #operations = 0;
  #operation = 0;
  readonly #errors = new ThreadErrors(this.#objects);

  /**
   * @param args The arguments: what of them stays in the kernel as it is, the rest is copied.
   * @throws {DOMException} A `DataCloneError`, if one cannot travel.
   */
  constructor(callable: Callable, args: readonly unknown[]) {
    this.#callable = callable;
    this.#args = structuredClone(this.#objects.encode(args));
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#farPort = port2;
  }

  /** Runs the function; its result. */
  async run(): Promise<unknown> {
    this.#task = requireScope("spawnThread()").task;
    const signal = currentSignal();
    const onCancel = () => this.#wait !== null && this.#losePatienceLater();
    try {
      checkCancellation();
      this.#start();
      const first = await this.#next(false);
      if (first[0] === "threw") throw this.#errors.recall(first[1]);
      signal.addEventListener("abort", onCancel);
      this.#post(["value", [false, null]]);
      return await this.#converse();
    } finally {
      signal.removeEventListener("abort", onCancel);
      this.#end();
    }
  }

  /** The wait for the thread to start was cancelled. */
  remove(): void {
    this.#wait = null;
  }

  // -- The worker

  #start(): void {
    const data: ThreadData = {
      port: this.#farPort,
      words: this.#words,
      callable: this.#callable,
      args: this.#args,
      library: libraryNames(),
    };
    // What the worker brings about is no task's doing.
    outsideTasks(() => {
      this.#port.onmessage = ({ data }) => this.#receive(data);
      (this.#port as MessagePort & { unref(): void }).unref();
      this.#worker = new HostWorker(threadText(), {
        name: `the worker of ${this.#task.label}`,
        data,
        transfer: [this.#farPort],
        onDeath: (why) => this.#onDeath(why),
      });
    });
  }

  #end(): void {
    clearTimeout(this.#patience);
    Atomics.store(this.#words, 1, 1);
    this.#ring();
    this.#port.close();
    this.#farPort.close();
    if (this.#worker !== null) endLater(this.#task.scheduler, this.#worker);
  }

  #onDeath(why: CurioError): void {
    const error = new CurioError(
      `Cannot finish '${this.#callable.name}' in spawnThread() because its worker ${why.message}`,
      why.cause === undefined ? undefined : { cause: why.cause },
    );
    // deno-lint-ignore no-explicit-any -- the port is the web's, and the function for it is Node's
    const port = this.#port as any;
    for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port)) {
      this.#receive(last.message);
    }
    this.#giveUp(error);
  }

  /** The thread is not heard from any more. */
  #giveUp(error: unknown): void {
    this.#over = { error };
    this.#take()?.completeWith(error);
  }

  // -- Messages

  #post(message: ToThread): void {
    this.#port.postMessage(message);
    this.#ring();
  }

  #ring(): void {
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }

  #receive(message: FromThread): void {
    if (message[0] === "forgot") return this.#reportForgotten(message[1]);
    const wait = this.#take();
    if (wait === null) this.#early = message;
    else wait.complete(message);
  }

  #reportForgotten(operations: readonly string[]): void {
    const { label, scheduler } = this.#task;
    scheduler.reports.warn(
      `forgotten AWAIT: the thread of ${label} ended without ${operations.join(", ")}: ` +
        `put the call into AWAIT()`,
    );
  }

  #take(): Wait<FromThread> | null {
    clearTimeout(this.#patience);
    const wait = this.#wait;
    this.#wait = null;
    return wait;
  }

  /** Waits for the thread's next message; `shielded` once its function runs. */
  async #next(shielded: boolean): Promise<FromThread> {
    const early = this.#early;
    if (early !== null) {
      this.#early = null;
      return early;
    }
    if (this.#over !== null) throw this.#over.error;
    const outer = requireScope("spawnThread()");
    const scope = shielded ? new Scope(outer.task, outer, true, NaN) : outer;
    const wait = new Wait<FromThread>(scope, "spawnThread()", "WORKER_WAIT", this, true);
    this.#wait = wait;
    outer.task.scheduler.suspend(wait, null);
    if (shielded && outer.task.cancelled) this.#losePatienceLater();
    try {
      return await wait.promise;
    } finally {
      if (shielded) scope.close();
    }
  }

  #losePatienceLater(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      const { label, root, scheduler } = this.#task;
      scheduler.reports.warn(
        `the thread of ${label} was cancelled but neither ended nor came to an AWAIT within ` +
          `a second, and is set aside: call AWAIT(schedule()) now and then in long computations`,
      );
      this.#giveUp(root.error);
    }, PATIENCE_MS);
  }

  // -- The conversation

  /** Does what the thread asks for until its function has ended; the result. */
  async #converse(): Promise<unknown> {
    for (;;) {
      const message = await this.#next(true);
      switch (message[0]) {
        case "returned":
          return this.#objects.decode(message[1]);
        case "threw":
          throw this.#errors.recall(message[1]);
        case "await":
        case "now":
          await this.#answer(message[0] === "await", message[1], message[2]);
      }
    }
  }

  async #answer(blocking: boolean, wish: Wish, args: Marked): Promise<void> {
    let answer: ToThread;
    const outer = this.#operation;
    this.#operation = ++this.#operations;
    try {
      if (blocking) checkCancellation();
      const value = await this.#fulfil(wish, this.#objects.decode(args) as unknown[]);
      if (wish[0] === "method" && wish[2] === "close") this.#objects.forget(wish[1]);
      answer = ["value", this.#objects.encode(value)];
    } catch (error) {
      if (this.#over !== null) throw this.#over.error;
      answer = ["error", this.#errors.remember(error)];
    } finally {
      this.#operation = outer;
    }
    try {
      this.#post(answer);
    } catch (error) {
      this.#post(["error", this.#errors.remember(error)]);
    }
  }

  #fulfil(wish: Wish, args: unknown[]): unknown {
    switch (wish[0]) {
      case "function":
        return libraryFunction(wish[1])(...args);
      case "make":
        return new (libraryClass(wish[1]))(...args);
      case "method": {
        const object = this.#objects.find(wish[1], `${wish[2]}()`);
        return methodOf(object, wish[2]).apply(object, args);
      }
      case "property": {
        const object = this.#objects.find(wish[1], wish[2]);
        return (object as Record<string, unknown>)[wish[2]];
      }
    }
  }

  /**
   * What calls functions of the thread's own, and serves them until they have ended: for the operation
   * that they were passed to. At any other time the thread has something else to do.
   */
  #caller(): (id: number, args: unknown[]) => Promise<unknown> {
    const operation = this.#operation;
    return async (id, args) => {
      if (currentRecord() !== this.#task || this.#operation !== operation) {
        throw new CurioError(
          `Cannot call a function of the thread of ${this.#task.label} from elsewhere because the ` +
            `thread does one thing at a time: pass it to what calls it before it returns`,
        );
      }
      this.#post(["call", id, this.#objects.encode(args)]);
      return await this.#converse();
    };
  }
}
