/**
 * Errors on their way between threads and processes.
 *
 * A structured clone of an error keeps its message and little more. So an error travels as a *parcel*:
 * a table of plain records that name each other by index, which carries causes, the errors of an
 * `AggregateError`, fields that are errors, and circles among them. The receiver makes an instance of
 * the first class in an error's ancestry that it knows.
 *
 * `encodeError` and `decodeError` travel as text to workers (see `far_text.ts`): they refer to nothing
 * but globals.
 */
import {
  AsyncOnlyError,
  CancelledError,
  CurioError,
  KeyboardInterrupt,
  ReadResourceBusy,
  ResourceBusy,
  SyncIOError,
  TaskCancelled,
  TaskError,
  TaskTimeout,
  TimeoutCancellationError,
  UncaughtTimeoutError,
  WriteResourceBusy,
} from "../kernel/errors.ts";
import { QueueEmpty, QueueFull } from "../sync/queue.ts";
import { trimFarFrames } from "./far_text.ts";

/** A value in a parcel: a plain one, an error of the table, or a list with errors in it. */
export type EncodedValue =
  | { readonly value: unknown }
  | { readonly error: number }
  | { readonly list: readonly EncodedValue[] };

/** One error. */
export interface EncodedError {
  /** The names of its class and of those it extends, its own first. */
  readonly classes: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Its own properties beside those: key, whether it is enumerable, value. */
  readonly fields: (readonly [key: string, enumerable: boolean, value: EncodedValue])[];
}

/** What was thrown, ready to be posted. */
export interface ErrorParcel {
  readonly root: EncodedValue;
  readonly errors: readonly EncodedError[];
}

/** Makes an error of a class that is known by name, or `null` if the name is not. */
export type MakeError = (name: string, message: string) => Error | null;

/**
 * Packs what was thrown, error or not. What cannot travel is left out of an error's fields, and
 * replaced by its text where it is itself what was thrown.
 *
 * @param canTravel Whether a value can be posted to where the parcel goes.
 */
export function encodeError(
  thrown: unknown,
  canTravel: (value: unknown) => boolean,
): ErrorParcel {
  const MAX_ERRORS = 1000;
  const errors: EncodedError[] = [];
  const indexes = new Map<object, number>();

  function read(error: object, key: string): string {
    try {
      const value = (error as Record<string, unknown>)[key];
      return value === undefined ? "" : String(value);
    } catch {
      return "";
    }
  }

  function classesOf(error: object): string[] {
    const names: string[] = [];
    let prototype = Object.getPrototypeOf(error);
    for (; prototype !== null && prototype !== Object.prototype;) {
      const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
      if (typeof made === "function") names.push(String(made.name));
      prototype = Object.getPrototypeOf(prototype);
    }
    return names;
  }

  function encode(value: unknown): EncodedValue | null {
    const isError = value instanceof Error ||
      (typeof DOMException === "function" && value instanceof DOMException);
    if (isError) return indexOf(value as Error);
    if (Array.isArray(value) && value.some((item) => item instanceof Error)) {
      return { list: value.map((item) => encode(item) ?? { value: undefined }) };
    }
    return canTravel(value) ? { value } : null;
  }

  function indexOf(error: Error): EncodedValue {
    const known = indexes.get(error);
    if (known !== undefined) return { error: known };
    if (errors.length >= MAX_ERRORS) return { value: read(error, "message") };
    const index = errors.length;
    indexes.set(error, index);
    const fields: [string, boolean, EncodedValue][] = [];
    errors.push({
      classes: classesOf(error),
      name: read(error, "name"),
      message: read(error, "message"),
      stack: read(error, "stack"),
      fields,
    });
    for (const key of Object.getOwnPropertyNames(error)) {
      if (key === "message" || key === "stack" || key === "name") continue;
      const descriptor = Object.getOwnPropertyDescriptor(error, key)!;
      if (!("value" in descriptor)) continue;
      const value = encode(descriptor.value);
      if (value !== null) fields.push([key, descriptor.enumerable === true, value]);
    }
    return { error: index };
  }

  function describe(value: unknown): string {
    try {
      return String(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }

  const root = encode(thrown);
  return root === null
    ? encodeError(
      new Error(`Something that cannot travel was thrown: ${describe(thrown)}`),
      canTravel,
    )
    : { root, errors };
}

/**
 * Unpacks what {@linkcode encodeError} packed.
 *
 * @param make Makes errors of the classes that the receiver knows beside JavaScript's and the host's.
 */
export function decodeError(parcel: ErrorParcel, make: MakeError = () => null): unknown {
  function instantiate({ classes, message, name }: EncodedError): Error {
    for (const known of classes) {
      const error = make(known, message);
      if (error !== null) return error;
      if (known === "DOMException") return new DOMException(message, name) as unknown as Error;
      const scope = globalThis as unknown as { Deno?: { errors: Record<string, unknown> } };
      const cls = (globalThis as unknown as Record<string, unknown>)[known] ??
        scope.Deno?.errors[known];
      const isErrorClass = typeof cls === "function" &&
        (cls === Error || cls.prototype instanceof Error);
      // A genuine error of that class, without a call of its constructor.
      if (isErrorClass) return Reflect.construct(Error, [message], cls);
    }
    return new Error(message);
  }

  function define(error: Error, key: string, enumerable: boolean, value: unknown): void {
    try {
      Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
    } catch {
      // Something the class keeps to itself.
    }
  }

  function decode(encoded: EncodedValue): unknown {
    if ("error" in encoded) return made[encoded.error];
    return "list" in encoded ? encoded.list.map(decode) : encoded.value;
  }

  const made = parcel.errors.map(instantiate);
  parcel.errors.forEach((record, index) => {
    const error = made[index];
    if (record.name !== error.name) define(error, "name", false, record.name);
    if (record.stack !== "") define(error, "stack", false, record.stack);
    for (const [key, enumerable, value] of record.fields) {
      define(error, key, enumerable, decode(value));
    }
  });
  return decode(parcel.root);
}

const OURS: readonly (new (message: string) => Error)[] = [
  AsyncOnlyError,
  CancelledError,
  CurioError,
  KeyboardInterrupt,
  QueueEmpty,
  QueueFull,
  ReadResourceBusy,
  ResourceBusy,
  SyncIOError,
  TaskCancelled,
  TaskError,
  TaskTimeout,
  TimeoutCancellationError,
  UncaughtTimeoutError,
  WriteResourceBusy,
];

const byName = new Map(OURS.map((cls) => [cls.name, cls]));

/** {@linkcode MakeError} for the library's own classes. */
export function makeCurioError(name: string, message: string): Error | null {
  const cls = byName.get(name);
  return cls === undefined ? null : new cls(message);
}

/** {@linkcode decodeError} on the kernel's side. */
export function reviveError(parcel: ErrorParcel): unknown {
  const errors = parcel.errors.map((error) => ({ ...error, stack: trimFarFrames(error.stack) }));
  return decodeError({ ...parcel, errors }, makeCurioError);
}
