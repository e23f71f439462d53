/** What the two sides of a worker of a pool say to each other. */
import type { Callable } from "./callable.ts";
import type { ErrorParcel } from "./error_codec.ts";

/** An argument that the worker has to unpack: see `baggage.ts`. */
export interface Baggage {
  /** Which argument it is. */
  readonly index: number;
  readonly kind: string;
  readonly data: unknown;
}

/** To the worker. One call at a time; their numbers count up from 1. */
export type Down =
  | {
    readonly kind: "call";
    readonly id: number;
    readonly callable: Callable;
    readonly args: readonly unknown[];
    readonly baggage: readonly Baggage[];
  }
  | { readonly kind: "cancel"; readonly id: number };

/** From the worker: how a call ended. */
export type Answer =
  | { readonly kind: "value"; readonly id: number; readonly value: unknown }
  /** The function threw. */
  | { readonly kind: "error"; readonly id: number; readonly parcel: ErrorParcel }
  /** There is no such function: its module did not load, say. */
  | { readonly kind: "unloadable"; readonly id: number; readonly parcel: ErrorParcel };

/** From the worker: what its pool wants to know. */
export type News =
  | Answer
  | { readonly kind: "ready" }
  /** Something went wrong that nobody looked after, during the call of that number; 0 is none. */
  | { readonly kind: "stray"; readonly id: number; readonly parcel: ErrorParcel };

/** From the worker. */
export type Up =
  | News
  /** It is done for: the predicate says why. */
  | { readonly kind: "dying"; readonly why: string };

/** What the worker's side of a transport gives to `serveCalls`. */
export interface FarPort {
  /** Posts `message`; throws a `DataCloneError` if it cannot travel. */
  post(message: Up): void;
  /** Has `handler` called with each message. */
  listen(handler: (message: Down) => void): void;
  /** Whether `value` can be posted. */
  canTravel(value: unknown): boolean;
  /** The number of the call that is to end, which code can see while it keeps the thread busy. */
  readonly cancelled: Int32Array;
  /** How to unpack the arguments of each kind. */
  readonly unpackers: Record<string, (data: unknown) => unknown>;
}
