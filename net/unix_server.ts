import { inTask } from "../kernel/in_task.ts";
import { checkHandler, type ClientHandler, type RunServerOptions, serve } from "./serve.ts";
import { unixServerSocket, type UnixServerSocketOptions } from "./unix_server_socket.ts";

/** How {@linkcode unixServer} listens and serves. */
export interface UnixServerOptions
  extends UnixServerSocketOptions, RunServerOptions<Deno.UnixAddr> {}

/**
 * Serves the clients of a Unix socket, as `tcpServer` does those of a port, until it is cancelled; then
 * the file is removed. See `unixServerSocket` for what happens to one that is there already.
 *
 * @param path Where to listen.
 * @throws {Deno.errors.AddrInUse} If a server listens there, or there is another kind of file.
 * @throws {CurioError} Outside a task.
 *
 * @example An echo server
 * ```ts no-run
 * import { run, type Socket, unixServer } from "@curio/core";
 *
 * async function echoClient(client: Socket) {
 *   for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
 * }
 *
 * await run(unixServer, "/tmp/echo", echoClient);
 * ```
 */
export function unixServer(
  path: string,
  handler: ClientHandler<Deno.UnixAddr>,
  options: UnixServerOptions = {},
): Promise<never> {
  return inTask("unixServer()", () => {
    checkHandler(handler, "unixServer()");
    return serve("unixServer()", unixServerSocket(path, options), handler, options);
  });
}
