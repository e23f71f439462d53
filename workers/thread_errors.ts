/**
 * The library's error classes where the library itself is not loaded: in a worker. They are recognised
 * by the same brands (see `kernel/errors.ts`), so that `instanceof` holds between them and the originals.
 * Both functions travel as text (see `far_text.ts`).
 */

/** A class of errors. */
export type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;

/** The library's error classes by name, each with the class it extends. */
export function farErrorParents(): Readonly<Record<string, string>> {
  return {
    CurioError: "Error",
    CancelledError: "CurioError",
    TaskCancelled: "CancelledError",
    TaskTimeout: "CancelledError",
    TimeoutCancellationError: "CancelledError",
    KeyboardInterrupt: "CancelledError",
    UncaughtTimeoutError: "CurioError",
    TaskError: "CurioError",
    SyncIOError: "CurioError",
    AsyncOnlyError: "CurioError",
    ResourceBusy: "CurioError",
    ReadResourceBusy: "ResourceBusy",
    WriteResourceBusy: "ResourceBusy",
    QueueEmpty: "CurioError",
    QueueFull: "CurioError",
  };
}

/** The library's error class called `name`. */
export function farErrorClass(name: string): ErrorClass {
  const parents = farErrorParents();
  const self = farErrorClass as typeof farErrorClass & { known?: Map<string, ErrorClass> };
  const known = self.known ??= new Map();
  const made = known.get(name);
  if (made !== undefined) return made;
  if (!Object.hasOwn(parents, name)) throw new TypeError(`Cannot make a ${name}: no class of ours`);
  const parent = parents[name] === "Error" ? Error : farErrorClass(parents[name]);
  const symbol = Symbol.for(`@curio/core ${name}`);
  const cls = { [name]: class extends parent {} }[name];
  Object.defineProperty(cls, Symbol.hasInstance, {
    value(this: unknown, error: unknown) {
      return this === cls
        ? typeof error === "object" && error !== null && symbol in error
        : Function.prototype[Symbol.hasInstance].call(this as () => void, error);
    },
  });
  Object.defineProperty(cls.prototype, symbol, { value: true });
  Object.defineProperty(cls.prototype, "name", { value: name, configurable: true, writable: true });
  known.set(name, cls);
  return cls;
}

/** An error of the library's class called `name`, or `null` if it has none. */
export function makeFarError(name: string, message: string): Error | null {
  try {
    return new (farErrorClass(name))(message);
  } catch {
    return null;
  }
}
