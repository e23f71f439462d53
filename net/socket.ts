import { countError } from "../io/counts.ts";
import { toBytes } from "../io/form.ts";
import { hushed } from "../io/hushed.ts";
import type { StreamOptions } from "../io/stream.ts";
import { type Address, isUnix } from "./address.ts";
import { AF_INET, AF_INET6, AF_UNIX } from "./constants.ts";
import { detachedConn, type LentConn, lentConn } from "./detached_conn.ts";
import type { HostConn, HostListener } from "./host_conn.ts";
import { ListeningRole } from "./listening_role.ts";
import { shutDown } from "./shut_down.ts";
import { SocketCore, type SocketKind } from "./socket_core.ts";
import { makeFile } from "./socket_file.ts";
import type { SocketOptions } from "./socket_options.ts";
import type { SocketStream, TextSocketStream, TextStreamOptions } from "./socket_stream.ts";
import { makeStreams, streamOver } from "./stream_views.ts";

let coreOf: (socket: Socket) => SocketCore<Socket>;

/**
 * A socket, with the methods of Python's: TCP, Unix, or for datagrams UDP. `socket()` makes one;
 * `accept()`, `openConnection()`, `tcpServerSocket()` and their like give one that is ready for use.
 * `A` is the type of its addresses.
 *
 * What can block is a blocking point in a task, and can be cancelled there without losing anything: what
 * a cancelled `recv` or `accept` was about to get goes to the next. Only one task may receive (or
 * accept) at a time, and one send: another gets `ReadResourceBusy` or `WriteResourceBusy`. A task that
 * waits while the socket is closed gets `CurioError`, as does any use after that. What the system
 * refuses is the `Deno.errors` class of that name, with its `code`. Outside tasks everything works too,
 * without cancellation.
 *
 * @example An echo server that ends after one client
 * ```ts
 * import { run, spawn } from "@curio/core";
 * import { createConnection, socket } from "@curio/core/socket";
 *
 * await run(async () => {
 *   await using server = socket();
 *   server.bind(["localhost", 0]);
 *   server.listen();
 *   const task = spawn(async () => {
 *     const [client] = await server.accept();
 *     for (let data; (data = await client.recv(1000)).length > 0;) await client.sendall(data);
 *     await client.close();
 *   });
 *
 *   await using peer = await createConnection(server.getsockname());
 *   await peer.sendall("hello");
 *   console.log((await peer.recv(1000)).length); // 5
 *   await peer.close();
 *   await task.join();
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- a function that takes a `Socket` takes one of any family
export class Socket<A extends Deno.Addr = any> {
  /** `AF_INET`, `AF_INET6` or `AF_UNIX`. */
  readonly family: number;
  /** `SOCK_STREAM` or `SOCK_DGRAM`. */
  readonly type: number;
  readonly #core: SocketCore<Socket>;

  /** @internal Use `socket()`. */
  constructor(core: SocketCore<Socket>) {
    this.#core = core;
    this.family = core.family;
    this.type = core.type;
  }

  static {
    coreOf = (socket) => socket.#core;
  }

  // -- Addresses and options

  /**
   * Gives the socket an address of its own: for a server, or to receive datagrams. Port 0 is one that
   * the system picks: `getsockname()` tells which. A stream socket is bound at once, without blocking,
   * and the host already queues connections from here on; for a datagram socket it returns a promise,
   * a blocking point, and one that is cancelled leaves the socket as it was.
   *
   * @param address `["host", port]` or `{ hostname, port }`, where `""` as the host is every interface;
   * for a Unix socket a path. The file that a server has left there when it crashed is replaced.
   * @throws {Deno.errors.AddrInUse} If the address is taken; in general what the system refuses with.
   * @throws {CurioError} If the socket is bound or connected already.
   */
  bind(address: Address): void | Promise<void> {
    const binding = this.#core.bind("Socket.bind()", address);
    return binding === undefined ? undefined : hushed(binding);
  }

  /** The socket's own address; port 0, or an empty path, before it has one. */
  getsockname(): A {
    return this.#core.role.localAddr("Socket.getsockname()") as A;
  }

  /**
   * The peer's address.
   *
   * @throws {Deno.errors.NotConnected} If there is no peer.
   */
  getpeername(): A {
    return this.#core.role.peerAddr("Socket.getpeername()") as A;
  }

  /**
   * Sets an option. Of stream sockets: `SO_KEEPALIVE`, `TCP_NODELAY`, and before `bind` `SO_REUSEPORT`;
   * `SO_REUSEADDR` is always on, and a server's options go to its clients. Of datagram sockets:
   * `SO_BROADCAST`, `SO_RCVBUF`, `SO_SNDBUF`, and before `bind` `SO_REUSEADDR`.
   *
   * @param level `SOL_SOCKET` or `IPPROTO_TCP`.
   * @throws {Deno.errors.NotSupported} For what Deno cannot set.
   */
  setsockopt(level: number, option: number, value: number | boolean): void {
    this.#core.checkOpen("Socket.setsockopt()");
    this.#core.options.set(level, option, value);
  }

  /**
   * Reads an option back: 1 if it is on, else 0; or its size in bytes.
   *
   * @throws {Deno.errors.NotSupported} For what Deno cannot read.
   */
  getsockopt(level: number, option: number): number {
    this.#core.checkOpen("Socket.getsockopt()");
    return this.#core.options.get(level, option);
  }

  // -- Servers and clients

  /**
   * Makes a bound socket a server's. Does not block.
   *
   * @param backlog How many connections may wait to be accepted: for a socket bound by `bind`, a hint
   * that is checked and not used (Deno wants to know when it binds; see `tcpServerSocket`).
   * @throws {CurioError} If the socket is not bound.
   */
  listen(backlog?: number): void {
    this.#core.listen("Socket.listen()", backlog);
  }

  /**
   * Waits for a client. Cancelled, it loses none: the next `accept` gets it.
   *
   * @returns The client's socket, and its address.
   */
  accept(): Promise<[Socket<A>, A]> {
    return this.#core.accept("Socket.accept()") as Promise<[Socket<A>, A]>;
  }

  /**
   * Connects to a server. Cancelled, it gives up the attempt; the socket can be used for another. A
   * datagram socket only notes the address, and receives from there alone.
   *
   * @throws {Deno.errors.ConnectionRefused} If nobody listens there; in general what the system
   * refuses with. `Deno.errors.NotFound` if the host's name has no address, or the path has no socket.
   */
  connect(address: Address): Promise<void> {
    return hushed(this.#core.connect("Socket.connect()", address));
  }

  /**
   * {@linkcode Socket.connect} that returns the system's error number (`ECONNREFUSED` is 111 on
   * Linux) instead of throwing; 0 when connected.
   */
  connectEx(address: Address): Promise<number> {
    return hushed(this.#core.connectEx("Socket.connectEx()", address));
  }

  // -- Bytes

  /**
   * Receives what has come, or waits until something does. Cancelled, it loses nothing.
   *
   * @param max The most bytes to receive. What a datagram has beyond them is lost.
   * @returns At least one byte; empty once the peer has ended its sending side. Empty at once if `max`
   * is 0. Of a datagram socket the next datagram, which may be empty.
   */
  recv(max: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#core.role.recv("Socket.recv()", max);
  }

  /**
   * {@linkcode Socket.recv} into an array of the caller's, which is not touched before bytes are there.
   *
   * @param buffer Where to put them: at its start.
   * @param size The most bytes to receive: as many as fit unless given.
   * @returns How many bytes it received; 0 at the end.
   */
  recvInto(buffer: Uint8Array, size: number = buffer.length): Promise<number> {
    const operation = "Socket.recvInto()";
    const error = countError(size, operation);
    if (error !== null) return Promise.reject(error);
    return this.#core.role.recvInto(
      operation,
      size < buffer.length ? buffer.subarray(0, size) : buffer,
    );
  }

  /**
   * {@linkcode Socket.recv} that tells who sent it: for datagrams. What comes while nobody waits is kept,
   * up to `SO_RCVBUF` bytes (212 992 unless set; each datagram counts for 512 more than it has); what
   * comes while that is full is dropped, as the system would.
   *
   * @returns The data, and the sender's address.
   */
  recvfrom(max: number): Promise<[data: Uint8Array<ArrayBuffer>, address: A]> {
    return hushed(
      this.#core.role.recvfrom("Socket.recvfrom()", max) as Promise<[Uint8Array<ArrayBuffer>, A]>,
    );
  }

  /**
   * Sends some of `data`, a string as UTF-8. Cancelled, the number of bytes that the peer will have
   * received if nobody closes the connection is the error's `bytesSent`; the next send waits for them to
   * be gone, and the array is to be left alone until then. They keep the program alive until the peer
   * has taken them, or the socket is closed.
   *
   * @returns How many bytes are gone.
   */
  send(data: Uint8Array | string): Promise<number> {
    const operation = "Socket.send()";
    try {
      return this.#core.role.send(operation, toBytes(data, operation));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends all of `data`. Cancelled, it is as {@linkcode Socket.send}. */
  sendall(data: Uint8Array | string): Promise<void> {
    const operation = "Socket.sendall()";
    try {
      return this.#core.role.sendall(operation, toBytes(data, operation));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends `data` as one datagram to `address`. A socket that is not bound gets an address of the
   * system's choice. Several tasks may send at a time. Cancelled, its error's `bytesSent` is all or 0.
   *
   * @returns How many bytes were sent: all.
   * @throws {Error} With the code `EMSGSIZE` if it is too long for a datagram.
   */
  sendto(data: Uint8Array | string, address: Address): Promise<number> {
    const operation = "Socket.sendto()";
    try {
      return hushed(this.#core.role.sendto(operation, toBytes(data, operation), address));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Ends one side or both. `SHUT_WR` tells the peer that no more will come, once what was sent is gone;
   * cancelled while it waits for that, it has done nothing. `SHUT_RD` makes `recv` see the end after
   * what has been received.
   *
   * @param how `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
   */
  shutdown(how: number): Promise<void> {
    try {
      const operation = "Socket.shutdown()";
      return hushed(shutDown(this.#core.role.connected(operation), how, operation));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  // -- Streams

  /** The connection as a stream of text. */
  asStream(options: TextStreamOptions): TextSocketStream;
  /** The connection as a stream of bytes. Closing the stream closes the socket. */
  asStream(options?: StreamOptions): SocketStream;
  asStream(options: StreamOptions & { encoding?: string } = {}): SocketStream | TextSocketStream {
    const connection = this.#core.role.connected("Socket.asStream()");
    return streamOver(connection, () => this.close(), options);
  }

  /**
   * A stream to read from and one to write to. Closing the writer tells the peer that no more will come;
   * the socket is closed when both are.
   */
  makeStreams(options: StreamOptions = {}): [SocketStream, SocketStream] {
    const connection = this.#core.role.connected("Socket.makeStreams()");
    return makeStreams(connection, () => this.close(), options);
  }

  /**
   * The connection as a binary file. Closing that does not close the socket.
   *
   * @param mode `"rb"`, `"wb"` or `"rwb"`: what the file is for.
   * @throws {TypeError} For any other; text is what `asStream({ encoding })` is for.
   */
  makefile(mode: string, options: StreamOptions = {}): SocketStream {
    return makeFile(this.#core.role.connected("Socket.makefile()"), mode, options);
  }

  // -- The rest

  /** The protocol that TLS agreed on; `null` if there is none. */
  selectedAlpnProtocol(): string | null {
    return this.#core.role.connected("Socket.selectedAlpnProtocol()").conn.alpnProtocol ?? null;
  }

  /**
   * Lends the host's connection to other code; until what it returns is disposed of, everything here
   * that reads or writes is refused with `ReadResourceBusy` or `WriteResourceBusy`. Bytes that a
   * cancelled `recv` or a stream has taken from it are read from it first. Does not block.
   *
   * @throws {Deno.errors.NotConnected} If there is none.
   * @throws {ResourceBusy} If a task waits on it.
   *
   * @example
   * ```ts
   * import { run } from "@curio/core";
   * import { socketpair } from "@curio/core/socket";
   *
   * await run(async () => {
   *   const [left, right] = await socketpair();
   *   {
   *     using raw = left.blocking();
   *     await raw.conn.write(new TextEncoder().encode("hello"));
   *   }
   *   console.log((await right.recv(100)).length); // 5
   *   await left.close();
   *   await right.close();
   * });
   * ```
   */
  blocking(): LentConn {
    const operation = "Socket.blocking()";
    return lentConn(this.#core.role.connected(operation), operation);
  }

  /**
   * Gives the host's connection away: the socket and its streams can no longer be used, and a task that
   * waits on them gets `CurioError`. Bytes that a cancelled `recv` or a stream has taken from it are
   * read from it first. Does not block.
   *
   * @throws {Deno.errors.NotConnected} If there is none.
   */
  detach(): HostConn {
    return detachedConn(this.#core.detach("Socket.detach()"));
  }

  /**
   * Closes the socket. What was sent arrives all the same; a task that waits on the socket gets
   * `CurioError`. The path of a Unix server is removed. No blocking point, so it cannot be cancelled;
   * harmless when done already.
   */
  close(): Promise<void> {
    return this.#core.close();
  }

  /** Closes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Socket [${this.#core.role.describe()}]`;
  }
}

/** A socket of a kind that has no connection yet. */
export function newSocket(kind: SocketKind): Socket {
  return new Socket(new SocketCore(face, kind));
}

/** A socket that has a connection. */
export function connectedSocket<A extends Deno.Addr = Deno.NetAddr>(
  connection: HostConn,
  options?: SocketOptions,
): Socket<A> {
  const core = new SocketCore(face, { family: familyOfAddr(connection.localAddr), options });
  return new Socket(core.adopt(connection));
}

/** A socket that listens. */
export function listeningSocket<A extends Deno.Addr = Deno.NetAddr>(
  listener: HostListener,
): Socket<A> {
  const core = new SocketCore(face, { family: familyOfAddr(listener.addr) });
  return new Socket(core.serve(listener, true));
}

/** Waits until `socket` listens; `null` if it does. With `reusePort` that takes a moment. */
export function whenListening(socket: Socket, operation: string): Promise<unknown> | null {
  const { role } = coreOf(socket);
  return role instanceof ListeningRole ? role.whenReady(operation) : null;
}

function familyOfAddr(address: Deno.Addr): number {
  if (isUnix(address)) return AF_UNIX;
  return (address as Deno.NetAddr).hostname.includes(":") ? AF_INET6 : AF_INET;
}

function face(core: SocketCore<Socket>): Socket {
  return new Socket(core);
}
