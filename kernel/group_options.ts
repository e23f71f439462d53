import type { Duration } from "./duration.ts";
import type { Task } from "./task.ts";

/** When a group's `join` is content: see {@linkcode TaskGroup}. */
export type WaitPolicy = "all" | "any" | "object" | "none";

/** How a {@linkcode TaskGroup} behaves. */
export interface TaskGroupOptions {
  /**
   * What `join` waits for: every member (`"all"`, the default), the first that ends (`"any"`), the
   * first that returns something other than `undefined` and `null` (`"object"`), or nothing (`"none"`).
   */
  wait?: WaitPolicy;
  /** Whether `join` rejects with a `TaskGroupError` when members failed; otherwise their results throw. */
  throwOnError?: boolean;
}

/** How {@linkcode TaskGroup.shutdown} ends a group. */
export interface ShutdownOptions {
  /** How long what runs may still take before it is cancelled: 0 seconds unless given. */
  grace?: Duration;
  /** Whose cancellation comes first: the newest member's unless told; or how to sort members for it. */
  order?: "newest" | "oldest" | ((a: Task, b: Task) => number);
}
