import { thread } from "../kernel/thread_scope.ts";
import { toUnixAddress } from "./address.ts";
import { listenOnPath } from "./unix_path.ts";
import { listeningSocket, type Socket } from "./socket.ts";

/** How a Unix server's socket is set up. */
export interface UnixServerSocketOptions {
  /** How many connections may wait to be accepted: a hint that is not used, as Deno has its own (1024). */
  backlog?: number;
}

/**
 * A Unix socket that listens, ready to accept. Does not block. The file is removed when the socket is
 * closed. One that a server has left behind when it crashed is replaced; to find out that nobody listens
 * there takes a few milliseconds. It needs `--allow-net`, `--allow-read` and `--allow-write`.
 *
 * @param path Where to listen; with `\0` as the first character an abstract name of Linux, without a file.
 * @returns The socket, the caller's to close.
 * @throws {Deno.errors.AddrInUse} If a server listens there, or there is another kind of file.
 *
 * @example
 * ```ts no-run
 * import { run, runServer, type Socket, unixServerSocket } from "@curio/core";
 *
 * async function echo(client: Socket) {
 *   for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
 * }
 *
 * const sock = unixServerSocket("/tmp/echo");
 * await run(runServer, sock, echo);
 * ```
 */
export function unixServerSocket(
  path: string,
  _options: UnixServerSocketOptions = {},
): Socket<Deno.UnixAddr> {
  if (thread !== null) return thread.unixServerSocket(path) as never;
  return listeningSocket(listenOnPath(toUnixAddress(path, "unixServerSocket()").path));
}
