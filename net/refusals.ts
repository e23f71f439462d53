/** Errors of the system that we raise on our own account, in the shape the host gives them. */
import { constants } from "node:os";

/** A `Deno.errors` class with the `code` that goes with it. */
export function refusal(
  cls: new (message?: string) => Error,
  code: string,
  message: string,
): Error {
  return Object.assign(new cls(message), { code });
}

/** The error for using a socket that is not connected. */
export function notConnected(operation: string): Error {
  return refusal(
    Deno.errors.NotConnected,
    "ENOTCONN",
    `Cannot use ${operation} because the socket is not connected: connect() or accept() first`,
  );
}

/** The error for what Deno cannot do. */
export function notSupported(what: string, instead: string): Error {
  return refusal(
    Deno.errors.NotSupported,
    "ENOTSUP",
    `Cannot ${what} because Deno cannot do that: ${instead}`,
  );
}

/**
 * What connecting or listening failed with. The host gives a name that cannot be looked up as a plain
 * `Error`; it becomes `Deno.errors.NotFound`, with Node's code.
 */
export function lookupError(error: unknown, hostname: string): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("failed to lookup address")) {
    return error;
  }
  const message = `Cannot find the address of ${hostname}: check its spelling, and the network`;
  return Object.assign(new Deno.errors.NotFound(message, { cause: error }), { code: "ENOTFOUND" });
}

/** The system's number for the `code` of `error`, or `null`. */
export function errnoOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return (constants.errno as Record<string, number>)[String(error.code)] ?? null;
}
