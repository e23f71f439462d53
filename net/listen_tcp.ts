import { lookupError } from "./refusals.ts";

/** Linux's own limit, until it is told another. */
export const DEFAULT_BACKLOG = 4096;

/** Listens on the first of `hostnames` that this machine has. */
export function listenTcp(
  hostnames: readonly string[],
  port: number,
  backlog: number = DEFAULT_BACKLOG,
): Deno.TcpListener {
  let failure: unknown;
  for (const hostname of hostnames) {
    try {
      return Deno.listen({ hostname, port, tcpBacklog: backlog });
    } catch (error) {
      failure = lookupError(error, hostname);
      // A machine without IPv6 has no `::`; any other refusal is one.
      if (!isWithoutFamily(error)) break;
    }
  }
  throw failure;
}

/** Whether the machine has no address of that family. */
export function isWithoutFamily(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}
