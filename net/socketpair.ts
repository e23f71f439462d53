import { thread } from "../kernel/thread_scope.ts";
import { hushed } from "../io/hushed.ts";
import { sameAddress } from "./address.ts";
import { IPPROTO_TCP, TCP_NODELAY } from "./constants.ts";
import { createConnection } from "./open_connection.ts";
import type { Socket } from "./socket.ts";
import { tcpServerSocket } from "./tcp_server_socket.ts";

/**
 * Two sockets that are connected to each other. A blocking point; cancelled, it leaves nothing.
 *
 * The host has no call for that. The pair is made over the loopback interface, which asks for nothing
 * but `--allow-net=127.0.0.1`, where a Unix socket would also need a directory that can be written to.
 * For a moment a port is open; whoever connects to it first, only the other half of the pair is let in.
 *
 * @returns Both ends, the caller's to close.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { socketpair } from "@curio/core/socket";
 *
 * await run(async () => {
 *   const [left, right] = await socketpair();
 *   await left.sendall("hello");
 *   console.log((await right.recv(100)).length); // 5
 *   await left.close();
 *   await right.close();
 * });
 * ```
 */
export function socketpair(): Promise<[Socket<Deno.NetAddr>, Socket<Deno.NetAddr>]> {
  if (thread !== null) return thread["socket.socketpair"]() as Promise<never>;
  return hushed(makePair());
}

async function makePair(): Promise<[Socket<Deno.NetAddr>, Socket<Deno.NetAddr>]> {
  await using server = tcpServerSocket("127.0.0.1", 0);
  const left = await createConnection(server.getsockname());
  try {
    const right = await acceptFrom(server, left.getsockname());
    // As between two ends of a pipe, nothing is held back.
    for (const end of [left, right]) end.setsockopt(IPPROTO_TCP, TCP_NODELAY, true);
    return [left, right];
  } catch (error) {
    await left.close();
    throw error;
  }
}

/** The client at `address`; strangers are turned away. */
async function acceptFrom(
  server: Socket<Deno.NetAddr>,
  address: Deno.NetAddr,
): Promise<Socket<Deno.NetAddr>> {
  for (;;) {
    const [client, from] = await server.accept();
    if (sameAddress(from, address)) return client;
    await client.close();
  }
}
