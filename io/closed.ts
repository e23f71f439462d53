import { CurioError } from "../kernel/errors.ts";

/** How a resource came to be of no use: was it closed, or given away? */
export type ClosedBy = "closed" | "detached";

/** The error for `operation` on what is closed already. */
export function closedError(operation: string, by: ClosedBy = "closed"): CurioError {
  return new CurioError(
    `Cannot use ${operation} because its socket, file or stream has been ${by}: do it before`,
  );
}

/** The error for a task that waits in `operation` when somebody closes what it waits for. */
export function closedWhileError(
  operation: string,
  by: ClosedBy = "closed",
  cause?: unknown,
): CurioError {
  return new CurioError(
    `${operation} failed because it was ${by} while a task waited for it: let that task end first`,
    cause === undefined ? undefined : { cause },
  );
}

/** What the host says when its resource was closed behind our back is told in our own words. */
export function hostError(operation: string, error: unknown): unknown {
  const closed = error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted;
  return closed ? closedWhileError(operation, "closed", error) : error;
}
