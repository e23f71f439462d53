import { CurioError } from "./errors.ts";

/**
 * In an async thread a promise of the library is a mistake: it comes of an object that the thread's own
 * module has made, and nothing settles it while the thread blocks. Whoever hands one out there notes
 * it here, so that `AWAIT`, which lets any other promise through, can say so.
 */
let latest: CurioError | null = null;

/** The error for a promise of `operation` in an async thread; it is noted. */
export function refuseInThread(operation: string): CurioError {
  return latest = new CurioError(
    `${operation} of an object made in an async thread: pass one to spawnThread() as an argument`,
  );
}

/** What was noted last, and has not been taken. */
export function takeRefusal(): CurioError | null {
  const refusal = latest;
  latest = null;
  return refusal;
}
