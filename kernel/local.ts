import { currentScope, requireScope } from "./current.ts";

/** Every `Local`'s values in one task; shared with children until one of them writes. */
export class LocalValues {
  #values: Map<object, Record<PropertyKey, unknown>>;
  #shared = false;

  constructor(values: Map<object, Record<PropertyKey, unknown>> = new Map()) {
    this.#values = values;
  }

  /** The values as a child inherits them. */
  share(): LocalValues {
    this.#shared = true;
    const copy = new LocalValues(this.#values);
    copy.#shared = true;
    return copy;
  }

  read(local: object): Record<PropertyKey, unknown> | undefined {
    return this.#values.get(local);
  }

  write(local: object): Record<PropertyKey, unknown> {
    if (this.#shared) {
      const own = new Map<object, Record<PropertyKey, unknown>>();
      for (const [key, values] of this.#values) own.set(key, { ...values });
      this.#values = own;
      this.#shared = false;
    }
    let values = this.#values.get(local);
    if (values === undefined) this.#values.set(local, values = {});
    return values;
  }
}

function valuesToRead(local: object): Record<PropertyKey, unknown> {
  return requireScope("a property of a Local").task.locals?.read(local) ?? {};
}

function valuesToWrite(local: object): Record<PropertyKey, unknown> {
  const { task } = requireScope("a property of a Local");
  return (task.locals ??= new LocalValues()).write(local);
}

const wellKnown = new Set<unknown>(
  Object.getOwnPropertyNames(Symbol).map((name) => Reflect.get(Symbol, name)),
);

/** Properties the runtime asks for when it prints, converts or awaits an object: none of the user's. */
function isProbe(key: PropertyKey): boolean {
  if (typeof key !== "symbol") return key === "then" && currentScope() === null;
  return wellKnown.has(key) || /^(Deno|nodejs)\./.test(Symbol.keyFor(key) ?? "");
}

const handler: ProxyHandler<object> = {
  get: (local, key) => isProbe(key) ? Reflect.get(local, key) : valuesToRead(local)[key],
  has: (local, key) => !isProbe(key) && Object.hasOwn(valuesToRead(local), key),
  set(local, key, value) {
    valuesToWrite(local)[key] = value;
    return true;
  },
  deleteProperty: (local, key) => delete valuesToWrite(local)[key],
  ownKeys: (local) => Reflect.ownKeys(valuesToRead(local)),
  getOwnPropertyDescriptor(local, key) {
    const values = valuesToRead(local);
    if (!Object.hasOwn(values, key)) return undefined;
    return { value: values[key], writable: true, enumerable: true, configurable: true };
  },
  defineProperty(local, key, descriptor) {
    return Reflect.defineProperty(valuesToWrite(local), key, { ...descriptor, configurable: true });
  },
};

/**
 * Storage with a value per task: plain properties, no `await`. A child task inherits a copy. A
 * property that was not set reads `undefined`; reading or writing one outside a task throws
 * `CurioError`.
 *
 * @example
 * ```ts
 * import { Local, run, spawn } from "@curio/core";
 *
 * const local = new Local<{ request: number }>();
 *
 * function log(text: string) {
 *   console.log(`[${local.request}]`, text);
 * }
 *
 * await run(async () => {
 *   local.request = 1;
 *   const child = spawn(() => log("in the child")); // [1] in the child
 *   await child.join();
 * });
 * ```
 */
export const Local: new <T extends object>() => Partial<T> = class Local {
  constructor() {
    return new Proxy(this, handler);
  }

  // The runtime prints what is behind the proxy.
  [Symbol.for("Deno.customInspect")](): string {
    const values = currentScope()?.task.locals?.read(this) ?? {};
    const entries = Reflect.ownKeys(values).map((key) => `${String(key)}: ${String(values[key])}`);
    return entries.length === 0 ? "Local {}" : `Local { ${entries.join(", ")} }`;
  }
} as unknown as new <T extends object>() => Partial<T>;
