/** What a {@linkcode Pool} knows of its workers: the same whether they are threads or processes. */
import type { CurioError } from "../kernel/errors.ts";
import type { Callable } from "./callable.ts";
import type { News } from "./far_protocol.ts";

/** A call, as its caller made it. */
export interface Call {
  readonly callable: Callable;
  readonly args: readonly unknown[];
  readonly transfer: Transferable[];
}

/** What a worker tells its pool. */
export interface LinkEvents {
  /** A message came. */
  message(message: News): void;
  /** It ended by itself: the message says how, as in `exited with status 1`. */
  died(why: CurioError): void;
}

/** One worker, which takes one call at a time. */
export interface Link<Letter> {
  /** Posts a call. May throw a `DataCloneError`, if the letter was packed to go at once. */
  post(letter: Letter): void;
  /** Lets the code of call `id` know that it was cancelled. */
  cancel(id: number): void;
  /** Ends it, and resolves when nothing of it is left with the host. Never rejects. */
  end(): Promise<void>;
}

/** A kind of worker. `Letter` is a call that is ready to be posted. */
export interface Transport<Letter = unknown> {
  /**
   * Makes a letter of a call. What the caller does with its arguments from now on does not matter,
   * unless the letter goes at once.
   *
   * @throws {DOMException} A `DataCloneError`, if something cannot travel.
   */
  pack(id: number, call: Call, atOnce: boolean): Letter;
  /** Lets go of a letter that will not be posted. */
  discard?(letter: Letter): void;
  /** Starts a worker. It takes calls once it has sent `ready`. */
  open(events: LinkEvents): Link<Letter>;
}
