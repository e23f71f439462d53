import { thread } from "../kernel/thread_scope.ts";
import { hushed } from "../io/hushed.ts";
import { toUnixAddress } from "./address.ts";
import { Connector } from "./connector.ts";
import { dial } from "./dial.ts";
import { type ConnectionOptions, toClientTls } from "./open_connection.ts";
import { connectedSocket, type Socket } from "./socket.ts";
import { secureClient } from "./tls_handshake.ts";

/** How {@linkcode openUnixConnection} connects: over TLS as `openConnection`, or without. */
export type UnixConnectionOptions = Omit<ConnectionOptions, "sourceAddr">;

/**
 * Connects to a server at a path. A blocking point; cancelled, it gives up the attempt and leaves
 * nothing. It needs `--allow-net`, `--allow-read` and `--allow-write`.
 *
 * @param path Where the server listens.
 * @returns A connected socket, the caller's to close.
 * @throws {Deno.errors.NotFound} If there is no socket; `Deno.errors.ConnectionRefused` if nobody listens
 * on it any more; in general what the system refuses with.
 *
 * @example
 * ```ts no-run
 * import { openUnixConnection, run } from "@curio/core";
 *
 * await run(async () => {
 *   await using sock = await openUnixConnection("/tmp/echo");
 *   await sock.sendall("hello");
 * });
 * ```
 */
export function openUnixConnection(
  path: string,
  options: UnixConnectionOptions = {},
): Promise<Socket<Deno.UnixAddr>> {
  if (thread !== null) return thread.openUnixConnection(path, options) as Promise<never>;
  return hushed(open("openUnixConnection()", path, options));
}

async function open(
  operation: string,
  path: string,
  options: UnixConnectionOptions,
): Promise<Socket<Deno.UnixAddr>> {
  const address = toUnixAddress(path, operation);
  const tls = toClientTls(operation, undefined, options);
  const conn = await new Connector().connect(operation, dial(address));
  if (tls === null) return connectedSocket(conn);
  return connectedSocket(await secureClient(operation, "CONNECT_WAIT", conn, tls));
}
