/** Node's errors, in the classes that Deno's own have. */
import { notCapable } from "./refusals.ts";

type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  EADDRINUSE: Deno.errors.AddrInUse,
  EADDRNOTAVAIL: Deno.errors.AddrNotAvailable,
  EACCES: Deno.errors.PermissionDenied,
  ECONNABORTED: Deno.errors.ConnectionAborted,
  ECONNREFUSED: Deno.errors.ConnectionRefused,
  ECONNRESET: Deno.errors.ConnectionReset,
  EINTR: Deno.errors.Interrupted,
  ENETUNREACH: Deno.errors.NetworkUnreachable,
  EAI_NONAME: Deno.errors.NotFound,
  EAI_NODATA: Deno.errors.NotFound,
  ENODATA: Deno.errors.NotFound,
  ENOENT: Deno.errors.NotFound,
  ENOTCONN: Deno.errors.NotConnected,
  ENOTFOUND: Deno.errors.NotFound,
  EPIPE: Deno.errors.BrokenPipe,
  ETIMEDOUT: Deno.errors.TimedOut,
};

/** `error` as an error of Deno's, with the `code` it had; one that Deno has no class for is left alone. */
export function fromNodeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  if (code === "EPERM" && error.message.startsWith("getaddrinfo")) {
    return notCapable("look up a name", error);
  }
  if (!Object.hasOwn(CLASSES, code)) return error;
  const cls = CLASSES[code]!;
  return Object.assign(new cls(error.message, { cause: error }), { code });
}
