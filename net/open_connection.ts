import { thread } from "../kernel/thread_scope.ts";
import { hushed } from "../io/hushed.ts";
import { type Address, toHostAddress, toNetAddress } from "./address.ts";
import { Connector } from "./connector.ts";
import { dial, dialFrom } from "./dial.ts";
import { connectedSocket, type Socket } from "./socket.ts";
import { clientTls, SSLContext } from "./ssl_context.ts";
import { secureClient } from "./tls_handshake.ts";
import type { ClientTls } from "./tls_settings.ts";

/** How {@linkcode openConnection} connects. */
export interface ConnectionOptions {
  /**
   * Speaks TLS: as the context says, or with `true` verifying the server's certificate against those whom
   * Deno trusts.
   */
  ssl?: boolean | SSLContext;
  /** The name that the server's certificate must be for: the host unless given. Only with `ssl`. */
  serverHostname?: string;
  /** The protocols to offer in the TLS handshake, instead of the context's own, the best first. Only with `ssl`. */
  alpnProtocols?: readonly string[];
  /** The address of this machine to connect from; port 0 is any. */
  sourceAddr?: Address;
}

/**
 * Connects to a TCP server, over TLS if it is told to. A blocking point; cancelled, it gives up the
 * attempt, or the handshake, and leaves nothing.
 *
 * @param host A name or an address.
 * @param port The port.
 * @returns A connected socket, the caller's to close.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there; in general what the system refuses
 * with. `Deno.errors.NotFound` if the name has no address.
 * @throws {SSLCertVerificationError} If the server's certificate is not to be trusted.
 * @throws {SSLError} If the handshake fails for another reason of its own.
 * @throws {TypeError} For `serverHostname` or `alpnProtocols` without `ssl`.
 *
 * @example
 * ```ts
 * import { openConnection, run, tcpServerSocket } from "@curio/core";
 *
 * await run(async () => {
 *   await using server = tcpServerSocket("localhost", 0);
 *   await using sock = await openConnection("localhost", server.getsockname().port);
 *   await sock.sendall("GET / HTTP/1.0\r\n\r\n");
 * });
 * ```
 *
 * @example Over TLS
 * ```ts no-run
 * import { openConnection, run } from "@curio/core";
 *
 * await run(async () => {
 *   await using sock = await openConnection("www.python.org", 443, { ssl: true });
 *   await sock.sendall("GET / HTTP/1.0\r\nHost: www.python.org\r\n\r\n");
 *   const response = await sock.asStream({ encoding: "utf-8" }).readall();
 *   console.log(response);
 * });
 * ```
 */
export function openConnection(
  host: string,
  port: number,
  options: ConnectionOptions = {},
): Promise<Socket<Deno.NetAddr>> {
  if (thread !== null) return thread.openConnection(host, port, options) as Promise<never>;
  return hushed(open("openConnection()", host, port, options));
}

async function open(
  operation: string,
  host: string,
  port: number,
  options: ConnectionOptions,
): Promise<Socket<Deno.NetAddr>> {
  const address = toNetAddress([host, port], operation);
  const tls = toClientTls(operation, host || "localhost", options);
  const { sourceAddr } = options;
  const conn = await new Connector().connect(
    operation,
    sourceAddr === undefined
      ? dial(address)
      : dialFrom(address, toNetAddress(sourceAddr, `the sourceAddr of ${operation}`)),
  );
  if (tls === null) return connectedSocket(conn);
  return connectedSocket(await secureClient(operation, "CONNECT_WAIT", conn, tls));
}

/**
 * What TLS is to be like for a client with these options; `null` for none.
 *
 * @param host What stands for a `serverHostname` that is not given.
 */
export function toClientTls(
  operation: string,
  host: string | undefined,
  options: ConnectionOptions,
): ClientTls | null {
  const { ssl = false, serverHostname = host, alpnProtocols } = options;
  if (ssl !== false) {
    const context = ssl === true ? new SSLContext() : ssl;
    return clientTls(operation, context, { serverHostname, alpnProtocols });
  }
  for (const name of ["serverHostname", "alpnProtocols"] as const) {
    if (options[name] === undefined) continue;
    throw new TypeError(
      `Cannot use ${name} in ${operation} because it is of no use without TLS: give ssl too`,
    );
  }
  return null;
}

/**
 * {@linkcode openConnection} by its name in Python's `socket`.
 *
 * @param address `["host", port]` or `{ hostname, port }`; or the path of a Unix socket.
 *
 * @example
 * ```ts
 * import { run, tcpServerSocket } from "@curio/core";
 * import { createConnection } from "@curio/core/socket";
 *
 * await run(async () => {
 *   await using server = tcpServerSocket("localhost", 0);
 *   await using sock = await createConnection(server.getsockname());
 *   console.log(sock.getpeername().port === server.getsockname().port); // true
 * });
 * ```
 */
export function createConnection(address: Address): Promise<Socket> {
  if (thread !== null) return thread["socket.createConnection"](address) as Promise<never>;
  return hushed(connect("createConnection()", address));
}

async function connect(operation: string, address: Address): Promise<Socket> {
  const conn = await new Connector().connect(operation, dial(toHostAddress(address, operation)));
  return connectedSocket(conn);
}
