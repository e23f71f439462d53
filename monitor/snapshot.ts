/**
 * What the monitor knows, as plain data: all that its views (the line service, the web page, the JSON
 * for tools) are made from. Nothing here reaches into the kernel.
 */

/** A task as the monitor shows it. */
export interface TaskView {
  /** See `Task.id`. */
  readonly id: number;
  /** The id of the task that spawned it, or `null`. That one may have ended. */
  readonly parentId: number | null;
  /** Its name; a very long one is cut. */
  readonly name: string;
  /** What it is doing: one of the words of `TaskState`, or one that a primitive of the program's made up. */
  readonly state: string;
  /** How often it was switched to. */
  readonly cycles: number;
  /** Whether it runs in the background for good. */
  readonly daemon: boolean;
  /** Whether its cancellation was requested. */
  readonly cancelled: boolean;
  /** Seconds of the kernel's clock until the first of its timeouts, or `null` without one. */
  readonly timeout: number | null;
  /** Seconds of the kernel's clock it is going to sleep, or `null` if it does not sleep. */
  readonly sleep: number | null;
  /** A number shared by the members of one task group, or `null` outside any. */
  readonly group: number | null;
  /** The call it waits in, such as `Queue.get()`; of a running task the last one; `null` before the first. */
  readonly operation: string | null;
  /** What it waits for, if that is a task: `task 3 'kid'`, or `a lock held by task 3 'kid'`. */
  readonly waitsFor: string | null;
  /** The id of that task, or `null`. */
  readonly waitsForId: number | null;
}

/** The task table at one moment. */
export interface Snapshot {
  /** Seconds of the kernel's clock. */
  readonly time: number;
  /** The program: the path or address of its main module, or `Deno program` where that may not be read. */
  readonly program: string;
  /** The program's process id. */
  readonly pid: number;
  /** For how many seconds the kernel has not breathed; 0 as long as it does. */
  readonly silentFor: number;
  /** How many times a second the kernel has lately switched to a task. */
  readonly cyclesPerSecond: number;
  /** Every task that is alive, oldest first. */
  readonly tasks: readonly TaskView[];
}

/** One line of a stack, in the user's own code. */
export interface FrameView {
  /** A path relative to the working directory where that may be known, else a whole path or an address. */
  readonly filename: string;
  readonly line: number;
  /** The function's name, or `<anonymous>`. */
  readonly function: string;
  /** The line's text without its indentation, or `null` where it may not be read. */
  readonly source: string | null;
}

/** Where a task waits. */
export interface StackView {
  /** What `where` prints: the stack, or why there is none. It ends in a line feed. */
  readonly text: string;
  /** The frames, most recent call last; none if there is no stack. */
  readonly frames: readonly FrameView[];
}

/** A timeout, shield or scope around what a task does now. */
export interface ScopeView {
  /** `"task"` is the outermost, which is the task itself. */
  readonly kind: "timeout" | "scope" | "shield" | "task";
  /** Seconds left, or `null` without a limit. */
  readonly left: number | null;
  /** What it was given, in seconds, or `null`. */
  readonly seconds: number | null;
  /** Whether cancellations from outside are kept out. */
  readonly shield: boolean;
  /** Whether it has been cancelled or has run out. */
  readonly cancelled: boolean;
  /** Whether that cancellation waits for the next blocking point. */
  readonly pending: boolean;
}

/** The scopes around what a task does now. */
export interface ScopesView {
  /** What `scopes` prints. It ends in a line feed. */
  readonly text: string;
  /** Innermost first. */
  readonly scopes: readonly ScopeView[];
}

/** A lock that is held or awaited. */
export interface LockView {
  /** `Lock`, `RLock`, or another primitive that somebody waits for. */
  readonly kind: string;
  /** A number that tells it from others. */
  readonly number: number;
  /** The id of the task that holds it, or `null` where nobody does or none can be named. */
  readonly holder: number | null;
  /** The ids of those who wait for it, first come first. */
  readonly waiting: readonly number[];
}

/** The locks that are held or awaited. */
export interface HeldView {
  /** What `held` prints. It ends in a line feed. */
  readonly text: string;
  readonly locks: readonly LockView[];
}

/**
 * Where the views get what they show. None of its methods throws or rejects: texts say what is wrong.
 * Those that need the kernel wait for it for at most a second, and say so when it does not answer.
 */
export interface MonitorSource {
  /** The task table, at once and without the kernel's help. */
  snapshot(): Snapshot;
  /**
   * Has the kernel bring the table up to date in what is not mirrored as it changes (a name, a moved
   * deadline), unless that has just been done, or in any case. Resolves at once when the kernel does not
   * breathe.
   */
  refresh(always?: boolean): Promise<void>;
  /** Where task `id` waits. */
  where(id: number): Promise<StackView>;
  /** Requests the cancellation of task `id`; what to print, with a line feed at the end. */
  cancel(id: number): Promise<string>;
  /** Sends the program the Unix signal of that name; what to print, which may be nothing. */
  signal(name: string): Promise<string>;
  /** The scopes around what task `id` does now. */
  scopes(id: number): Promise<ScopesView>;
  /** The locks that are held or awaited. */
  held(): Promise<HeldView>;
}
