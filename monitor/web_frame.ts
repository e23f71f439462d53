/** What the web view's server tells its page: plain data, as JSON, one frame a tick. */
import type { ScopesView, StackView } from "./snapshot.ts";

/** A task, as the page knows it. */
export interface WebTask {
  readonly id: number;
  /** The id of the task that spawned it, or `null`. */
  readonly parent: number | null;
  readonly name: string;
  readonly state: string;
  readonly cycles: number;
  readonly daemon: boolean;
  /** Whether it has been asked to end. */
  readonly cancelled: boolean;
  /** When its timeout ends, in milliseconds of the frame's `now`, or `null`. */
  readonly timeout: number | null;
  /** When its sleep ends, in the same milliseconds, or `null`. */
  readonly sleep: number | null;
  /** A number shared by the members of one task group, or `null`. */
  readonly group: number | null;
  /** The call it waits in, or `null`. */
  readonly operation: string | null;
  /** The task it waits for, in words, or `null`. */
  readonly waitsFor: string | null;
  /** The id of that task, or `null`. */
  readonly waitsForId: number | null;
}

/** What a task was seen doing: `[ticks, state's code, activity]` over and over, the latest last. */
export type WebPast = readonly number[];

/** What has changed since the last frame; the first tells everything. */
export interface WebFrame {
  /** Whether this is the first frame of a stream: it replaces whatever the page knew. */
  readonly first: boolean;
  /** The number of this look at the kernel. */
  readonly tick: number;
  /** How many milliseconds lie between two looks. */
  readonly every: number;
  /** The server's clock, in milliseconds. */
  readonly now: number;
  /** For how many seconds the kernel has not breathed. */
  readonly silentFor: number;
  /** How many times a second the kernel switches to a task. */
  readonly cyclesPerSecond: number;
  /** The program's main module, or a word for it. */
  readonly program: string;
  /** The program's process id. */
  readonly pid: number;
  /** The scheduling cycles between the last looks, the latest last; -1 where the kernel was silent. */
  readonly pulse: readonly number[];
  /** Those new or changed, by their ids. */
  readonly tasks: readonly WebTask[];
  /** What the new ones among them did before, by their ids. */
  readonly pasts: Readonly<Record<string, WebPast>>;
  /** The ids of those that have ended. */
  readonly gone: readonly number[];
}

/** What `GET where` answers: where a task waits, and inside which scopes. */
export interface WebPlace {
  readonly stack: StackView;
  readonly scopes: ScopesView;
}

/** What `POST cancel` answers. */
export interface WebReply {
  readonly text: string;
}
