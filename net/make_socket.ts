import { thread } from "../kernel/thread_scope.ts";
import { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_STREAM } from "./constants.ts";
import { notSupported } from "./refusals.ts";
import { newSocket, type Socket } from "./socket.ts";

/** A Unix socket: see below. */
export function socket(family: typeof AF_UNIX, type?: number): Socket<Deno.UnixAddr>;
/**
 * A new socket, like Python's `socket.socket()`: bind it and let it listen, or connect it, or send and
 * receive datagrams.
 *
 * @param family `AF_INET`, `AF_INET6` or `AF_UNIX`. It decides what the host `""` stands for, and which
 * addresses of a name datagrams go to; with `AF_INET6` also which of them is connected to.
 * @param type `SOCK_STREAM`, or for the first two families `SOCK_DGRAM`.
 * @throws {Deno.errors.NotSupported} For any other family or type.
 *
 * @example
 * ```ts
 * import { AF_INET, SO_REUSEADDR, SOCK_STREAM, socket, SOL_SOCKET } from "@curio/core/socket";
 *
 * const sock = socket(AF_INET, SOCK_STREAM);
 * sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
 * sock.bind(["localhost", 0]);
 * console.log(sock.getsockname().port > 0); // true
 * await sock.close();
 * ```
 *
 * @example Datagrams
 * ```ts
 * import { run } from "@curio/core";
 * import { AF_INET, SOCK_DGRAM, socket } from "@curio/core/socket";
 *
 * await run(async () => {
 *   await using server = socket(AF_INET, SOCK_DGRAM);
 *   await server.bind(["localhost", 0]);
 *   await using client = socket(AF_INET, SOCK_DGRAM);
 *   await client.sendto("hello", server.getsockname());
 *   const [data, address] = await server.recvfrom(1000);
 *   console.log(data.length, address.hostname); // 5 127.0.0.1
 * });
 * ```
 */
export function socket(family?: number, type?: number): Socket<Deno.NetAddr>;
export function socket(family: number = AF_INET, type: number = SOCK_STREAM): Socket {
  if (thread !== null) return thread["socket.socket"](family, type) as Socket;
  if (family !== AF_INET && family !== AF_INET6 && family !== AF_UNIX) {
    throw notSupported(
      `make a socket of family ${String(family)}`,
      "give AF_INET, AF_INET6 or AF_UNIX",
    );
  }
  if (type !== SOCK_STREAM && type !== SOCK_DGRAM) {
    throw notSupported(`make a socket of type ${String(type)}`, "give SOCK_STREAM or SOCK_DGRAM");
  }
  if (family === AF_UNIX && type === SOCK_DGRAM) {
    throw notSupported("make a Unix socket for datagrams", "give SOCK_STREAM, or AF_INET");
  }
  return newSocket({ family, type });
}
