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
export function notConnected(
  operation: string,
  instead: string = "connect() or accept() first",
): Error {
  return refusal(
    Deno.errors.NotConnected,
    "ENOTCONN",
    `Cannot use ${operation} because the socket is not connected: ${instead}`,
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

/** The error for what the program was not given the permission for. */
export function notCapable(what: string, cause?: Error): Error {
  const message =
    `Cannot ${what} because the program has no permission to: run it with --allow-net`;
  return new Deno.errors.NotCapable(message, cause === undefined ? undefined : { cause });
}

/**
 * What connecting or listening failed with. The host gives a name that cannot be looked up as a plain
 * `Error`; it becomes `Deno.errors.NotFound`, with Node's code.
 */
export function lookupError(error: unknown, hostname: string): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("failed to lookup address")) {
    return error;
  }
  return noAddress(hostname, "address", error);
}

/** The error for a name that has no address, or none of that kind. */
export function noAddress(hostname: string, kind: string = "address", cause?: unknown): Error {
  const message = `Cannot find the ${kind} of ${hostname}: check its spelling, and the network`;
  const options = cause === undefined ? undefined : { cause };
  return Object.assign(new Deno.errors.NotFound(message, options), { code: "ENOTFOUND" });
}

/** The error for an address that has no name. */
export function noName(address: string): Error {
  const message = `Cannot find the name of ${address} because its network tells none: do without`;
  return refusal(Deno.errors.NotFound, "ENOTFOUND", message);
}

/** The system's number for the `code` of `error`, or `null`. */
export function errnoOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return (constants.errno as Record<string, number>)[String(error.code)] ?? null;
}
