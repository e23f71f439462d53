/**
 * An async thread's end of the conversation with the task behind it: operations, and what stands for
 * objects and functions of the kernel. Everything here travels to the worker as text (see `far_text.ts`).
 */
import { decodeError, encodeError } from "./error_codec.ts";
import { farErrorClass, makeFarError } from "./thread_errors.ts";
import type { ClassOutline } from "./thread_objects.ts";
import type { FromThread, ThreadData, Thrown, ToThread, Wish } from "./thread_protocol.ts";
import { type Marked, putMarks, takeMarks } from "./thread_values.ts";
import { canTravel } from "./universal_travel.ts";

/** A function of any shape. */
// deno-lint-ignore no-explicit-any -- as it says
export type AnyFunction = (...args: any[]) => unknown;

/** `receiveMessageOnPort` of `node:worker_threads`. */
export type Receive = (port: MessagePort) => { readonly message: ToThread } | undefined;

/** Something that `AWAIT` can have done. */
export class FarOperation {
  readonly wish: Wish;
  readonly args: readonly unknown[];
  /** How a user knows it: `Queue.get()`. */
  readonly name: string;
  /** How to do it from here instead. */
  local: (() => unknown) | null = null;

  constructor(name: string, wish: Wish, args: readonly unknown[]) {
    this.name = name;
    this.wish = wish;
    this.args = args;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return `${this.name}, to be passed to AWAIT()`;
  }
}

/** The conversation with the task behind the thread, and the values in it. */
export class FarConversation {
  readonly #port: MessagePort;
  readonly #words: Int32Array;
  readonly #receive: Receive;
  /** Numbers of the errors that came from the kernel. */
  readonly #errorIds = new WeakMap<object, number>();
  readonly #classes = new Map<string, new (id: number) => object>();
  readonly #objects = new Map<number, object>();
  /** What stands for objects, methods and functions of the kernel, and the marks they have there. */
  readonly #marks = new WeakMap<object, readonly unknown[]>();
  /** Functions of the thread's own that the kernel may call. */
  #callbacks: AnyFunction[] = [];
  /** Operations that no `AWAIT` has had done. */
  readonly #forgotten = new Set<FarOperation>();

  constructor(data: ThreadData, receive: Receive) {
    this.#port = data.port;
    this.#words = data.words;
    this.#receive = receive;
  }

  /** Tells the kernel something, and blocks until there is an answer. */
  ask(message: FromThread): unknown {
    this.post(message);
    return this.listen();
  }

  post(message: FromThread): void {
    this.#port.postMessage(message);
  }

  /** Makes an operation, which `AWAIT` is to have done. */
  operation(name: string, wish: Wish, args: readonly unknown[]): FarOperation {
    const operation = new FarOperation(name, wish, args);
    this.#forgotten.add(operation);
    return operation;
  }

  /** Has `operation` done, and blocks until it is. */
  await(operation: FarOperation): unknown {
    this.#forgotten.delete(operation);
    if (operation.local !== null) return operation.local();
    return this.wish("await", operation.wish, operation.args);
  }

  /** Tells which operations the function has forgotten. */
  confess(): void {
    const names = Array.from(this.#forgotten, ({ name }) => name);
    if (names.length > 0) this.post(["forgot", names.slice(0, 10)]);
  }

  /** Has `wish` done, now or with `AWAIT`. */
  wish(kind: "await" | "now", wish: Wish, args: readonly unknown[]): unknown {
    const before = this.#callbacks.length;
    try {
      return this.ask([kind, wish, this.encode(args)]);
    } finally {
      this.#callbacks.length = before;
    }
  }

  /** Blocks until the kernel answers. */
  listen(): unknown {
    for (;;) {
      const message = this.#next();
      switch (message[0]) {
        case "value":
          return this.decode(message[1]);
        case "error":
          throw this.#caught(message[1]);
        case "call":
          this.conclude(() => this.#callbacks[message[1]](...this.decode(message[2]) as unknown[]));
      }
    }
  }

  /** Calls `body`, and tells the kernel how it ended. */
  conclude(body: () => unknown): void {
    let end: FromThread;
    try {
      let value = body();
      // As an async function that returns a promise.
      if (value instanceof FarOperation) value = this.await(value);
      if (typeof (value as { then?: unknown } | null | undefined)?.then === "function") {
        (value as Promise<unknown>).then?.(undefined, () => {});
        throw new TypeError(
          "Cannot return a promise from an async thread because it ends with the function: " +
            "return what AWAIT() gives for an operation",
        );
      }
      end = ["returned", this.encode(value)];
    } catch (error) {
      end = ["threw", this.#thrown(error)];
    }
    try {
      this.post(end);
    } catch (error) {
      this.post(["threw", this.#thrown(error)]);
    }
  }

  decode(value: Marked): unknown {
    return takeMarks(value, ([, id, name, outline]) => {
      let object = this.#objects.get(id as number);
      if (object === undefined) {
        if (outline !== undefined) this.#learn(outline as ClassOutline);
        object = new (this.#classes.get(name as string)!)(id as number);
        this.#objects.set(id as number, object);
        this.#marks.set(object, ["object", id]);
      }
      return object;
    });
  }

  encode(value: unknown): Marked {
    return putMarks(value, (part) => {
      const mark = this.#marks.get(part as object);
      if (mark !== undefined) return mark;
      if (typeof part !== "function") return null;
      return ["callback", this.#callbacks.push(part as AnyFunction) - 1];
    });
  }

  /** Makes what stands for a function of the library. */
  libraryFunction(name: string, blocking: boolean): AnyFunction {
    const stub = (...args: unknown[]) =>
      blocking
        ? this.operation(`${name}()`, ["function", name], args)
        : this.wish("now", ["function", name], args);
    Object.defineProperty(stub, "name", { value: name });
    this.#marks.set(stub, ["library", name]);
    return stub;
  }

  /** Makes what stands for a class of the library: `new` makes an object in the kernel. */
  libraryClass(name: string): AnyFunction {
    const make = (args: unknown[]) => this.wish("now", ["make", name], args);
    const stub = function (...args: unknown[]): unknown {
      return make(args);
    };
    Object.defineProperty(stub, "name", { value: name });
    return stub;
  }

  #next(): ToThread {
    for (;;) {
      const seen = Atomics.load(this.#words, 0);
      const received = this.#receive(this.#port);
      if (received !== undefined) return received.message;
      if (Atomics.load(this.#words, 1) !== 0) {
        throw new (farErrorClass("TaskCancelled"))(
          "this thread was set aside, and nobody hears it any more: let it end",
        );
      }
      Atomics.wait(this.#words, 0, seen);
    }
  }

  #caught({ parcel, id, origin }: Thrown): unknown {
    const error = decodeError(parcel, makeFarError);
    if (typeof error !== "object" || error === null) return error;
    this.#errorIds.set(error, id);
    if (origin !== undefined) {
      Object.defineProperty(error, "origin", { value: this.decode(origin), configurable: true });
    }
    return error;
  }

  #thrown(error: unknown): Thrown {
    const known = typeof error === "object" && error !== null ? this.#errorIds.get(error) : 0;
    return { parcel: encodeError(error, canTravel), id: known ?? 0 };
  }

  /** Makes the class whose instances stand for objects of the kernel. */
  #learn({ name, blocking, immediate, properties }: ClassOutline): void {
    const cls = { [name]: class {} }[name];
    const define = (key: string, get: (object: object) => unknown) => {
      const symbol = key.startsWith("@@") ? Symbol[key.slice(2) as "dispose"] : key;
      Object.defineProperty(cls.prototype, symbol, {
        get(this: object) {
          return get(this);
        },
        configurable: true,
      });
    };
    for (const key of blocking) define(key, (object) => this.#method(object, name, key, true));
    for (const key of immediate) define(key, (object) => this.#method(object, name, key, false));
    for (const key of properties) {
      define(key, (object) => this.wish("now", ["property", this.#idOf(object), key], []));
    }
    this.#classes.set(name, cls);
  }

  #method(object: object, cls: string, key: string, blocking: boolean): AnyFunction {
    const id = this.#idOf(object);
    const wish = ["method", id, key] as const;
    const method = (...args: unknown[]) => {
      if (!blocking) return this.wish("now", wish, args);
      const operation = this.operation(`${cls}.${key}()`, wish, args);
      if (key === "waitFor") operation.local = () => this.#waitFor(id, args[0] as () => boolean);
      return operation;
    };
    this.#marks.set(method, ["method", id, key]);
    return method;
  }

  /** The kernel calls a condition's predicate without waiting for what it returns. */
  #waitFor(id: number, predicate: () => boolean): void {
    while (!predicate()) this.wish("await", ["method", id, "wait"], []);
  }

  #idOf(object: object): number {
    return this.#marks.get(object)![1] as number;
  }
}
