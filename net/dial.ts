/** Ways to ask the host for a connection. */
import { type HostAddress, isUnix, type NetAddress, toTarget } from "./address.ts";
import { AF_INET6 } from "./constants.ts";
import type { Dial } from "./connector.ts";
import type { HostConn } from "./host_conn.ts";
import { lookUpOne } from "./lookup.ts";
import { lookupError } from "./refusals.ts";

/**
 * To `address`; the host `""` is this machine.
 *
 * @param family `AF_INET6` if only such an address of the host will do.
 */
export function dial(address: HostAddress, family?: number): Dial {
  const target = toTarget(address);
  return isUnix(target)
    ? () => Deno.connect({ transport: "unix", path: target.path })
    : (signal) => dialTcp(target, family, signal);
}

async function dialTcp(
  target: NetAddress,
  family: number | undefined,
  signal: AbortSignal,
): Promise<HostConn> {
  try {
    const hostname = family === AF_INET6
      ? await lookUpOne(target.hostname, family, signal)
      : target.hostname;
    return await Deno.connect({ hostname, port: target.port, signal });
  } catch (error) {
    throw lookupError(error, target.hostname);
  }
}

/** To `address` from an address of our own, which only Node's way of connecting can choose. */
export function dialFrom(address: NetAddress, source: NetAddress): Dial {
  return async (signal) => {
    const { connectFrom } = await import("./node_connect.ts");
    return await connectFrom(toTarget(address), source, signal);
  };
}
