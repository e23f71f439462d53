/**
 * What a thread and the task behind it say to each other. The thread asks and blocks until it has its
 * answer; only to carry out what it asked for may the kernel ask back, to call a function of the
 * thread's own. So questions nest as calls do, and each side always knows whose turn it is.
 */
import type { Callable } from "./callable.ts";
import type { ErrorParcel } from "./error_codec.ts";
import type { LibraryNames } from "./thread_library.ts";
import type { Marked } from "./thread_values.ts";

/** An error that was thrown, and a number by which the kernel knows it again; 0 for one of the thread's own. */
export interface Thrown {
  readonly parcel: ErrorParcel;
  readonly id: number;
  /** What a cancellation of the kernel's says of itself: its `origin`. */
  readonly origin?: Marked;
}

/** What is to be done: a function or method, or a property or an object to give. */
export type Wish =
  | readonly [kind: "function", name: string]
  | readonly [kind: "method", object: number, name: string]
  | readonly [kind: "property", object: number, name: string]
  | readonly [kind: "make", cls: string];

/** From the thread. */
export type FromThread =
  | readonly [kind: "ready"]
  /** An operation, of `AWAIT`. */
  | readonly [kind: "await", wish: Wish, args: Marked]
  /** What does not block. */
  | readonly [kind: "now", wish: Wish, args: Marked]
  /** Operations that it made, and passed to no `AWAIT`; no answer is expected. */
  | readonly [kind: "forgot", operations: readonly string[]]
  /** The function it runs, or was asked to call, has ended. */
  | readonly [kind: "returned", value: Marked]
  | readonly [kind: "threw", thrown: Thrown];

/** To the thread. */
export type ToThread =
  | readonly [kind: "value", value: Marked]
  | readonly [kind: "error", thrown: Thrown]
  /** Call a function of yours, the `id`th of those that you passed. */
  | readonly [kind: "call", id: number, args: Marked];

/** What a thread is started with. */
export interface ThreadData {
  readonly port: MessagePort;
  /** Counts the messages to the thread; the second is 1 once nobody listens any more. */
  readonly words: Int32Array;
  readonly callable: Callable;
  readonly args: Marked;
  readonly library: LibraryNames;
}
