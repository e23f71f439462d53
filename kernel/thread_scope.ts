/**
 * Where this code runs: if a module imports the library in the worker of an async thread, blocking
 * functions give operations for `AWAIT` instead of promises. The worker has put what makes them (see
 * `workers/thread_far.ts`) into a global before it loads any module.
 */

/** Stand-ins of the library's functions, by name. */
export type ThreadScope = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The stand-ins in an async thread; `null` anywhere else. */
export const thread: ThreadScope | null =
  (globalThis as { [key: symbol]: ThreadScope | undefined })[Symbol.for("@curio/core thread")] ??
    null;
