/**
 * Whoever keeps a mirror of the task table: the monitor. Unlike an activation it is the library's own,
 * so it is called bare, in the middle of things, and must neither throw nor change anything.
 */
import type { TaskRecord } from "./task_record.ts";
import type { Wait } from "./wait.ts";

/** Something that one task at a time owns, and others wait in line for. */
export interface OwnedQueue extends Iterable<Wait> {
  /** `Lock` or `RLock`. */
  readonly kind: string;
  /** Who has it. */
  readonly owner: TaskRecord | null;
}

/** See the head of this file. */
export interface TableObserver {
  /** `task` has been entered. */
  created(task: TaskRecord): void;
  /** `task` is about to run. */
  running(task: TaskRecord): void;
  /** `task` has stopped running. */
  suspended(task: TaskRecord): void;
  /** What `task` waits for has come, and it is ready. */
  woken(task: TaskRecord): void;
  /** `task` has ended. */
  terminated(task: TaskRecord): void;
  /** Somebody has come to own `queue`, which was free. */
  owned(queue: OwnedQueue): void;
  /** Nobody owns `queue` any more. */
  disowned(queue: OwnedQueue): void;
}
