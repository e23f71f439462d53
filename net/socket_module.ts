/**
 * The names of Python's `socket` module: sockets as the system has them, for programs that want more
 * control than `tcpServer` and `openConnection` of `@curio/core` leave them.
 *
 * @module
 */
export {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_BROADCAST,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from "./constants.ts";
export type { Address } from "./address.ts";
export { socket } from "./make_socket.ts";
export { Socket } from "./socket.ts";
export type { HostConn } from "./host_conn.ts";
export type { LentConn } from "./detached_conn.ts";
export {
  type AddressInfo,
  getaddrinfo,
  gethostbyaddr,
  gethostbyname,
  gethostname,
} from "./resolvers.ts";
export type { TextStreamOptions } from "./socket_stream.ts";
export { createConnection } from "./open_connection.ts";
export { socketpair } from "./socketpair.ts";
