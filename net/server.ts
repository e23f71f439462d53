import { inTask } from "../kernel/in_task.ts";
import { checkHandler, type ClientHandler, type RunServerOptions, serve } from "./serve.ts";
import { Socket } from "./socket.ts";
import { type ServerSocketOptions, tcpServerSocket } from "./tcp_server_socket.ts";

export type { ClientHandler, RunServerOptions } from "./serve.ts";

/** How {@linkcode tcpServer} listens and serves. */
export interface ServerOptions extends ServerSocketOptions, RunServerOptions {}

type OnSocket = Extract<RunServerArguments, [Socket, ...unknown[]]>;
type OnAddress = Exclude<RunServerArguments, OnSocket>;

/**
 * What {@linkcode runServer} takes: a socket that listens, or a host and a port as `tcpServer` takes
 * them; then a handler, and options. One signature, so that `spawn(runServer, …)` knows both.
 */
export type RunServerArguments =
  // deno-lint-ignore no-explicit-any -- a socket of any family, and a handler for it
  | [sock: Socket, handler: ClientHandler<any>, options?: RunServerOptions<any>]
  | [host: string, port: number, handler: ClientHandler, options?: ServerOptions];

/**
 * Serves TCP clients, each in a task of its own, until it is cancelled. Each task runs
 * `handler(client, address)`; the client's socket is closed when that ends, and if it crashes, that is
 * logged and ends this client only.
 *
 * Cancelled, it stops accepting, lets its clients go on for `grace`, cancels those that are left,
 * waits until all have ended (each may still write its goodbye), and closes its socket.
 *
 * @param host A name or an address to listen on; `""` is every interface.
 * @param port The port; 0 is one that the system picks, told to `onListen`.
 * @throws {Deno.errors.AddrInUse} If the port is taken; in general what the system refuses with.
 * @throws {TypeError} If `ssl` is no context for `Purpose.CLIENT_AUTH`.
 * @throws {CurioError} Outside a task, or if the context has no certificate.
 *
 * @example An echo server
 * ```ts no-run
 * import { run, type Socket, tcpServer } from "@curio/core";
 *
 * async function echoClient(client: Socket, address: Deno.NetAddr) {
 *   console.log("Connection from", address.hostname, address.port);
 *   for (;;) {
 *     const data = await client.recv(1000);
 *     if (data.length === 0) break;
 *     await client.sendall(data);
 *   }
 *   console.log("Connection closed");
 * }
 *
 * await run(tcpServer, "", 25000, echoClient);
 * ```
 *
 * @example Over TLS
 * ```ts no-run
 * import { run, type Socket, ssl, tcpServer } from "@curio/core";
 *
 * const context = ssl.createDefaultContext(ssl.Purpose.CLIENT_AUTH);
 * context.loadCertChain("certificate.pem", "key.pem");
 *
 * async function greet(client: Socket) {
 *   await client.sendall("nobody else can read this\n");
 * }
 *
 * await run(tcpServer, "", 25000, greet, { ssl: context });
 * ```
 */
export function tcpServer(
  host: string,
  port: number,
  handler: ClientHandler,
  options: ServerOptions = {},
): Promise<never> {
  return inTask("tcpServer()", () => {
    checkHandler(handler, "tcpServer()");
    return serve("tcpServer()", tcpServerSocket(host, port, options), handler, options);
  });
}

/**
 * {@linkcode tcpServer} on a socket that listens already, which it closes in the end; or, given a host
 * and a port, just {@linkcode tcpServer} by the name it had first.
 *
 * @example
 * ```ts
 * import { run, runServer, type Socket, tcpServerSocket, timeoutAfter } from "@curio/core";
 *
 * async function greet(client: Socket) {
 *   await client.sendall("hello\n");
 * }
 *
 * await run(async () => {
 *   const sock = tcpServerSocket("localhost", 0);
 *   await timeoutAfter(0.05, runServer, sock, greet).catch(console.log);
 * });
 * ```
 */
export function runServer(...given: RunServerArguments): Promise<never> {
  const [first] = given;
  if (!(first instanceof Socket)) return tcpServer(...given as OnAddress);
  const [, handler, options = {}] = given as OnSocket;
  return inTask("runServer()", () => {
    checkHandler(handler, "runServer()");
    return serve("runServer()", first, handler, options);
  });
}
