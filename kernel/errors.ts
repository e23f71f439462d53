/**
 * Every error class of the library.
 *
 * Two decisions run through this file. A class recognises its instances by a *brand* on the
 * prototype instead of by identity, so that a second copy of the module in one program (two
 * versions, or one through a bundler) does not break `instanceof`. And a {@linkcode CancelledError}
 * knows the scope it belongs to: a scope catches its own cancellation by identity, never by class.
 */
import type { Scope } from "./scope.ts";
import type { Task } from "./task.ts";

type AnyClass = abstract new (...args: never[]) => unknown;

/** Under which a class keeps its brand. */
const BRAND = Symbol("brand");

/** The brand called `name`, the same in every copy of this module. */
function brandNamed(name: string): symbol {
  return Symbol.for(`@curio/core ${name}`);
}

/** Marks `cls` with a brand, and names its instances. */
function brand(cls: AnyClass, name: string): void {
  const symbol = brandNamed(name);
  Object.defineProperty(cls, BRAND, { value: symbol });
  Object.defineProperty(cls.prototype, symbol, { value: true });
  Object.defineProperty(cls.prototype, "name", { value: name, configurable: true, writable: true });
}

/** `value instanceof cls` by brand; a user's own subclass keeps the ordinary meaning. */
function isInstance(cls: AnyClass, value: unknown): boolean {
  if (!Object.hasOwn(cls, BRAND)) return Function.prototype[Symbol.hasInstance].call(cls, value);
  return isBranded((cls as unknown as { [BRAND]: symbol })[BRAND], value);
}

function isBranded(symbol: symbol, value: unknown): boolean {
  return typeof value === "object" && value !== null && symbol in value;
}

/**
 * Base class of the library's errors: whatever `@curio/core` throws on its own account, apart from
 * the `TypeError`s and `RangeError`s that bad arguments get.
 *
 * @example
 * ```ts
 * import { CurioError, Queue, QueueEmpty } from "@curio/core";
 *
 * try {
 *   new Queue<number>().getNowait();
 * } catch (error) {
 *   console.log(error instanceof QueueEmpty, error instanceof CurioError); // true true
 * }
 * ```
 */
export class CurioError extends Error {
  /** `instanceof` by brand, so that a second copy of the module does not break it. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstance(this, value);
  }
}

/** Who ended a wait, and why: see {@linkcode CancelledError.origin}. */
export interface CancelOrigin {
  /**
   * What kind of thing asked for it: `Task.cancel()`, a timeout, a task group that ends its members,
   * `CancelScope.cancel()`, the `AbortSignal` a scope was given, Ctrl-C, or the kernel shutting down.
   */
  readonly kind: "cancel" | "timeout" | "group" | "scope" | "signal" | "interrupt" | "shutdown";
  /** The task that called `cancel`, or the member whose failure ended its group; else `null`. */
  readonly by: Task | null;
  /** What the caller gave, the seconds of a timeout, or the failure. */
  readonly reason?: unknown;
}

let scopeOf: (error: CancelledError) => Scope | null;
let assign: (error: CancelledError, origin: CancelOrigin, scope: Scope | null) => void;

/**
 * A wait was interrupted on purpose. Catch it to clean up, and rethrow it: the clean-up may await. What
 * an operation had done by then is on its error, under a name that the operation's documentation
 * gives; so it is on an error that ends the operation otherwise, the end of the input too early say.
 *
 * @example
 * ```ts
 * import { CancelledError, run, sleep, spawn } from "@curio/core";
 *
 * async function worker() {
 *   try {
 *     await sleep(1000);
 *   } catch (error) {
 *     if (error instanceof CancelledError) console.log("cleaning up:", error.message);
 *     throw error;
 *   }
 * }
 *
 * await run(async () => {
 *   const task = spawn(worker);
 *   await sleep(0.01);
 *   await task.cancel();
 * });
 * ```
 */
export class CancelledError extends CurioError {
  #scope: Scope | null = null;
  #origin: CancelOrigin | null = null;

  /** Bytes that a send gave to the connection: what the peer receives if nobody closes it. */
  declare readonly bytesSent?: number;
  /** What a `readall` or `readExactly` had read; a string if it reads text. */
  declare readonly bytesRead?: Uint8Array | string;
  /** Bytes of a write that are gone, and need not be written again. */
  declare readonly bytesWritten?: number;
  /** The whole lines that a `readlines` had read. */
  declare readonly linesRead?: readonly (Uint8Array | string)[];
  /** What a process had written to its standard output by then. */
  declare readonly stdout?: Uint8Array;
  /** What a process had written to its standard error by then. */
  declare readonly stderr?: Uint8Array;

  /** Who cancelled, and why. */
  get origin(): CancelOrigin {
    return this.#origin ?? { kind: "cancel", by: null };
  }

  static {
    scopeOf = (error) => #scope in error ? error.#scope : null;
    assign = (error, origin, scope) => {
      // An error that another copy of the module made carries what that copy gave it.
      if (!(#scope in error)) return;
      error.#origin ??= origin;
      error.#scope ??= scope;
    };
  }
}

/** Internal: the scope `error` belongs to, or `null` for one that a user made. */
export function owningScope(error: CancelledError): Scope | null {
  return scopeOf(error);
}

/** Internal: gives `error` its origin and owner, unless it has them already. */
export function setOrigin(error: CancelledError, origin: CancelOrigin, scope: Scope | null): void {
  assign(error, origin, scope);
}

/** The task, or the scope around the wait, was cancelled. */
export class TaskCancelled extends CancelledError {}

/** The deadline of the innermost scope around a wait passed; also what `timeoutAfter` rejects with. */
export class TaskTimeout extends CancelledError {}

/** The deadline of a scope further out passed: clean up and let it through. */
export class TimeoutCancellationError extends CancelledError {}

/** Ctrl-C (SIGINT) arrived under `run`. */
export class KeyboardInterrupt extends CancelledError {}

/**
 * A `TaskTimeout` escaped the scope that owns it and surfaced in an outer one whose time is not up:
 * catch it where it belongs. The escaped error is the `cause`.
 */
export class UncaughtTimeoutError extends CurioError {}

/**
 * A joined task crashed or was cancelled; the task's own error is the `cause`. The stack is that of
 * whoever called `join`.
 */
export class TaskError extends CurioError {}

/** Something asynchronous was used where only synchronous code can be, as in `for (… of file)`. */
export class SyncIOError extends CurioError {}

/** Something that works only in asynchronous code was called elsewhere. */
export class AsyncOnlyError extends CurioError {}

/** Two tasks did to one resource what only one may do at a time. */
export class ResourceBusy extends CurioError {}

/** A second task tried to read from, or accept on, a socket or stream. */
export class ReadResourceBusy extends ResourceBusy {}

/** A second task tried to write to a socket or stream. */
export class WriteResourceBusy extends ResourceBusy {}

/**
 * Members of a `TaskGroup` with `throwOnError` failed: `errors` holds each member's error, the first
 * failure first.
 */
export class TaskGroupError extends AggregateError {
  /** `instanceof` by brand, so that a second copy of the module does not break it. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstance(this, value);
  }
}

const CANCELLED = brandNamed("CancelledError");

brand(CurioError, "CurioError");
brand(CancelledError, "CancelledError");
brand(TaskCancelled, "TaskCancelled");
brand(TaskTimeout, "TaskTimeout");
brand(TimeoutCancellationError, "TimeoutCancellationError");
brand(KeyboardInterrupt, "KeyboardInterrupt");
brand(UncaughtTimeoutError, "UncaughtTimeoutError");
brand(TaskError, "TaskError");
brand(SyncIOError, "SyncIOError");
brand(AsyncOnlyError, "AsyncOnlyError");
brand(ResourceBusy, "ResourceBusy");
brand(ReadResourceBusy, "ReadResourceBusy");
brand(WriteResourceBusy, "WriteResourceBusy");
brand(TaskGroupError, "TaskGroupError");

/** Internal: brands an error class that another file of the library defines. */
export { brand as brandError };

/**
 * Whether `error` is a cancellation (of a task, a scope, or by a timeout) and not a failure.
 *
 * @example
 * ```ts
 * import { isCancelled, run, sleep, timeoutAfter } from "@curio/core";
 *
 * await run(async () => {
 *   try {
 *     await timeoutAfter(0.01, sleep, 10);
 *   } catch (error) {
 *     console.log(isCancelled(error)); // true
 *   }
 * });
 * ```
 */
export function isCancelled(error: unknown): error is CancelledError {
  return isBranded(CANCELLED, error);
}
