/** The numbers that name families, options and directions: Linux's, on every system. */

/** The family of Unix sockets. */
export const AF_UNIX = 1;
/** The family of IPv4. */
export const AF_INET = 2;
/** The family of IPv6. */
export const AF_INET6 = 10;

/** A stream of bytes: TCP. */
export const SOCK_STREAM = 1;
/** Datagrams: UDP. */
export const SOCK_DGRAM = 2;

/** The level of the options that every kind of socket has. */
export const SOL_SOCKET = 1;
/** The level of the options of TCP. */
export const IPPROTO_TCP = 6;

/** Whether an address may be bound while connections of a former socket linger on it: always on. */
export const SO_REUSEADDR = 2;
/** Whether datagrams may be broadcast. */
export const SO_BROADCAST = 6;
/** The size of the system's send buffer. */
export const SO_SNDBUF = 7;
/** The size of the system's receive buffer. */
export const SO_RCVBUF = 8;
/** Whether the system probes connections that are silent. */
export const SO_KEEPALIVE = 9;
/** How long closing waits for what is unsent. */
export const SO_LINGER = 13;
/** Whether several sockets may listen on one port. */
export const SO_REUSEPORT = 15;

/** Whether small writes are sent at once, instead of being gathered (Nagle's algorithm). */
export const TCP_NODELAY = 1;

/** For `shutdown`: the receiving side. */
export const SHUT_RD = 0;
/** For `shutdown`: the sending side. */
export const SHUT_WR = 1;
/** For `shutdown`: both sides. */
export const SHUT_RDWR = 2;
