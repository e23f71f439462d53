import { thread } from "../kernel/thread_scope.ts";
import { countError } from "../io/counts.ts";
import { toNetAddress } from "./address.ts";
import { AF_INET, AF_INET6 } from "./constants.ts";
import { listenOn } from "./listen.ts";
import { notSupported } from "./refusals.ts";
import { listeningSocket, type Socket } from "./socket.ts";

/** How a server's socket is set up. */
export interface ServerSocketOptions {
  /** How many connections the system queues until they are accepted: what it allows unless given. */
  backlog?: number;
  /**
   * Whether the address may be bound while connections of a former server linger on it: `true`, and
   * Deno can do no other.
   */
  reuseAddress?: boolean;
  /**
   * Whether others, in this program or another of the same user, may listen on the same port with this
   * option: the system shares the clients out between them. What it refuses with is told by the first
   * `accept`.
   */
  reusePort?: boolean;
  /** What the host `""` stands for: every IPv4 address with `AF_INET`, IPv6 with `AF_INET6`; both unless given. */
  family?: number;
}

/**
 * A socket that listens, ready to accept. Does not block.
 *
 * @param host A name or an address to listen on; `""` is every interface.
 * @param port The port; 0 is one that the system picks, see `getsockname()`.
 * @returns The socket, the caller's to close.
 * @throws {Deno.errors.AddrInUse} If the port is taken; in general what the system refuses with.
 *
 * @example
 * ```ts
 * import { run, runServer, type Socket, tcpServerSocket, timeoutAfter } from "@curio/core";
 *
 * async function echo(client: Socket) {
 *   for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
 * }
 *
 * const sock = tcpServerSocket("localhost", 0);
 * console.log("listening on port", sock.getsockname().port);
 * await run(() => timeoutAfter(0.05, runServer, sock, echo)).catch(console.log);
 * ```
 */
export function tcpServerSocket(
  host: string,
  port: number,
  options: ServerSocketOptions = {},
): Socket<Deno.NetAddr> {
  if (thread !== null) return thread.tcpServerSocket(host, port, options) as never;
  const operation = "tcpServerSocket()";
  const { backlog, family = null, reuseAddress = true, reusePort } = options;
  if (!reuseAddress) throw notSupported("listen without SO_REUSEADDR", "leave out reuseAddress");
  if (family !== null && family !== AF_INET && family !== AF_INET6) {
    throw notSupported(`listen on family ${String(family)}`, "give AF_INET or AF_INET6");
  }
  const error = backlog === undefined ? null : countError(backlog, operation);
  if (error !== null) throw error;
  const address = toNetAddress([host, port], operation);
  return listeningSocket(listenOn(address, { family, backlog, reusePort }));
}
