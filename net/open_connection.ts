import { hushed } from "../io/hushed.ts";
import { type Address, toHostAddress } from "./address.ts";
import { Connector } from "./connector.ts";
import { connectedSocket, type Socket } from "./socket.ts";

/**
 * Connects to a TCP server. A blocking point; cancelled, it gives up the attempt and leaves nothing.
 *
 * @param host A name or an address.
 * @param port The port.
 * @returns A connected socket, the caller's to close.
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there; in general what the system refuses
 * with. `Deno.errors.NotFound` if the name has no address.
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
 */
export function openConnection(host: string, port: number): Promise<Socket> {
  return open("openConnection()", [host, port]);
}

/**
 * {@linkcode openConnection} by its name in Python's `socket`.
 *
 * @param address `["host", port]` or `{ hostname, port }`.
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
  return open("createConnection()", address);
}

function open(operation: string, address: Address): Promise<Socket> {
  return hushed(connect(operation, address));
}

async function connect(operation: string, address: Address): Promise<Socket> {
  const { hostname, port } = toHostAddress(address, operation);
  const target = { hostname: hostname || "localhost", port };
  return connectedSocket(await new Connector().connect(operation, target));
}
