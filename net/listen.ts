import type { HostAddress } from "./address.ts";
import { AF_INET, AF_INET6 } from "./constants.ts";
import { lookupError } from "./refusals.ts";

/** Linux's own limit, until it is told another. */
const DEFAULT_BACKLOG = 4096;

/** The addresses that mean every interface, the best first: where `::` takes IPv4 too, it is one for all. */
function everyInterface(family: number | null): readonly string[] {
  if (family === AF_INET) return ["0.0.0.0"];
  if (family === AF_INET6) return ["::"];
  return Deno.build.os === "linux" || Deno.build.os === "darwin" ? ["::", "0.0.0.0"] : ["0.0.0.0"];
}

/**
 * Listens on `address`; `""` is every interface, of one family or of both.
 *
 * @param family `AF_INET`, `AF_INET6`, or `null` for both.
 */
export function listenOn(
  address: HostAddress,
  family: number | null,
  backlog: number = DEFAULT_BACKLOG,
): Deno.TcpListener {
  const { hostname, port } = address;
  const hostnames = hostname === "" ? everyInterface(family) : [hostname];
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

function isWithoutFamily(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}
