import { CurioError } from "../kernel/errors.ts";
import { isImmediate, libraryFunction, staysInKernel } from "./thread_library.ts";
import { type Marked, putMarks, takeMarks } from "./thread_values.ts";

// deno-lint-ignore no-explicit-any -- functions of every shape
type AnyFunction = (...args: any[]) => unknown;

/** How a class looks to a thread. */
export interface ClassOutline {
  readonly name: string;
  /** Methods that give operations. */
  readonly blocking: readonly string[];
  /** Methods that are called at once. */
  readonly immediate: readonly string[];
  /** Properties, which are read at once. */
  readonly properties: readonly string[];
}

/** The names of a class by which `using` ends; symbols do not travel. */
const SYMBOLS: ReadonlyMap<symbol, string> = new Map([
  [Symbol.dispose, "@@dispose"],
  [Symbol.asyncDispose, "@@asyncDispose"],
]);

/** The objects of the kernel that a thread knows of, by number. */
export class ThreadObjects {
  readonly #ids = new Map<object, number>();
  readonly #objects = new Map<number, object>();
  /** The classes the thread has been told of. */
  readonly #told = new Set<string>();
  readonly #caller: () => (id: number, args: unknown[]) => Promise<unknown>;
  #last = 0;

  /** @param caller Gives what calls functions that live in the thread, as long as it is listening. */
  constructor(caller: () => (id: number, args: unknown[]) => Promise<unknown>) {
    this.#caller = caller;
  }

  /** `value`, ready to be posted to the thread. */
  encode(value: unknown): Marked {
    return putMarks(value, (part) => staysInKernel(part) ? this.#markOf(part) : null);
  }

  /** What the thread posted, as it is here. */
  decode(value: Marked): unknown {
    const call = this.#caller();
    return takeMarks(value, ([kind, first, second]) => {
      switch (kind) {
        case "object":
          return this.find(first as number, "it");
        case "method": {
          const object = this.find(first as number, String(second));
          return (...args: unknown[]) => methodOf(object, second as string).apply(object, args);
        }
        case "library":
          return libraryFunction(first as string);
        default:
          return (...args: unknown[]) => call(first as number, args);
      }
    });
  }

  /** The object of that number. */
  find(id: number, name: string): object {
    const object = this.#objects.get(id);
    if (object !== undefined) return object;
    throw new CurioError(
      `Cannot use ${name} of an object that this thread has closed: do it before`,
    );
  }

  /** Forgets an object that is of no use any more. */
  forget(id: number): void {
    const object = this.#objects.get(id);
    this.#objects.delete(id);
    if (object !== undefined) this.#ids.delete(object);
  }

  #markOf(object: object): readonly unknown[] {
    let id = this.#ids.get(object);
    if (id === undefined) {
      id = ++this.#last;
      this.#ids.set(object, id);
      this.#objects.set(id, object);
    }
    const { name } = object.constructor;
    if (this.#told.has(name)) return ["object", id, name];
    this.#told.add(name);
    return ["object", id, name, outlineOf(object)];
  }
}

/** The method of `object` that a thread calls `name`. */
export function methodOf(object: object, name: string): AnyFunction {
  let key: string | symbol = name;
  for (const [symbol, known] of SYMBOLS) if (known === name) key = symbol;
  return (object as Record<string | symbol, AnyFunction>)[key];
}

const outlines = new Map<string, ClassOutline>();

/** Looks at an object and its class. */
function outlineOf(object: object): ClassOutline {
  const { name } = object.constructor;
  const known = outlines.get(name);
  if (known !== undefined) return known;
  const blocking = new Set<string>();
  const immediate = new Set<string>();
  // Functions that somebody has put on the object are not of its class.
  const fields = Object.entries(object).filter(([, value]) => typeof value !== "function");
  const properties = new Set(fields.map(([key]) => key));
  let from = Object.getPrototypeOf(object);
  for (; from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const key of Reflect.ownKeys(from)) {
      const member = typeof key === "string" ? key : SYMBOLS.get(key);
      if (member === undefined || member === "constructor") continue;
      const descriptor = Object.getOwnPropertyDescriptor(from, key)!;
      if (typeof descriptor.value !== "function") properties.add(member);
      else if (member === "@@dispose" || isImmediate(name, member)) immediate.add(member);
      else blocking.add(member);
    }
  }
  const outline = {
    name,
    blocking: [...blocking],
    immediate: [...immediate],
    properties: [...properties],
  };
  outlines.set(name, outline);
  return outline;
}
