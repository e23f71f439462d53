import type { CancelledError } from "./errors.ts";

/** How far an operation got that did not get to its end: on the error that ended it. */
export type Progress = Partial<
  Pick<
    CancelledError,
    "bytesSent" | "bytesRead" | "bytesWritten" | "linesRead" | "stdout" | "stderr"
  >
>;

/** Notes on `error` how far its operation got. */
export function noteProgress(error: unknown, progress: Progress): void {
  if (error instanceof Error) Object.assign(error, progress);
}

/** What was noted on `error`. */
export function progressOf(error: unknown): Progress {
  return error instanceof Error ? error as Error & Progress : {};
}
