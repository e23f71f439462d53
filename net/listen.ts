import { type HostAddress, isUnix } from "./address.ts";
import { AF_INET, AF_INET6 } from "./constants.ts";
import type { HostListener } from "./host_conn.ts";
import { listenTcp } from "./listen_tcp.ts";
import { SharedPortListener } from "./shared_port_listener.ts";
import { listenOnPath } from "./unix_path.ts";

/** How to listen. */
export interface ListenOptions {
  /** What the host `""` stands for: `AF_INET`, `AF_INET6`, or `null` for both. */
  readonly family: number | null;
  readonly backlog?: number | undefined;
  readonly reusePort?: boolean | undefined;
}

/** Listens on `address`; `""` is every interface, of one family or of both. */
export function listenOn(address: HostAddress, options: ListenOptions): HostListener {
  if (isUnix(address)) return listenOnPath(address.path);
  const { family, backlog, reusePort = false } = options;
  const { hostname, port } = address;
  const hostnames = hostname === "" ? everyInterface(family) : [hostname];
  return reusePort
    ? new SharedPortListener(hostnames, port, backlog)
    : listenTcp(hostnames, port, backlog);
}

/** The addresses that mean every interface, the best first: where `::` takes IPv4 too, it is one for all. */
function everyInterface(family: number | null): readonly string[] {
  if (family === AF_INET) return ["0.0.0.0"];
  if (family === AF_INET6) return ["::"];
  return Deno.build.os === "linux" || Deno.build.os === "darwin" ? ["::", "0.0.0.0"] : ["0.0.0.0"];
}
