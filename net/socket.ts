import { type ClosedBy, closedError } from "../io/closed.ts";
import { countError } from "../io/counts.ts";
import { toBytes } from "../io/form.ts";
import { immediate } from "../io/immediate.ts";
import type { StreamOptions } from "../io/stream.ts";
import { CurioError } from "../kernel/errors.ts";
import { hushed } from "../io/hushed.ts";
import { Acceptor } from "./acceptor.ts";
import { type Address, fromHostAddress, showAddress, toHostAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import { Connector } from "./connector.ts";
import { AF_INET, AF_INET6, SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_STREAM } from "./constants.ts";
import { listenOn } from "./listen.ts";
import { detachedConn } from "./detached_conn.ts";
import { errnoOf, notConnected, notSupported } from "./refusals.ts";
import { SocketOptions } from "./socket_options.ts";
import { SocketStream, TextSocketStream, type TextStreamOptions } from "./socket_stream.ts";

let adopt: (family: number, parts: SocketParts) => Socket;

interface SocketParts {
  readonly connection?: Connection;
  readonly listener?: Deno.TcpListener;
  readonly options?: SocketOptions;
}

/**
 * A TCP socket, with the methods of Python's. `socket()` makes one; `accept()`, `openConnection()` and
 * `tcpServerSocket()` give one that is ready for use.
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
export class Socket {
  /** `AF_INET` or `AF_INET6`. */
  readonly family: number;
  /** `SOCK_STREAM`. */
  readonly type: number = SOCK_STREAM;
  #options = new SocketOptions();
  #acceptor: Acceptor<[Socket, Deno.NetAddr]> | null = null;
  #listening = false;
  #connector: Connector | null = null;
  #connection: Connection | null = null;
  #closed: ClosedBy | null = null;
  #closing: Promise<void> | null = null;

  /** @internal Use `socket()`. */
  constructor(family: number) {
    this.family = family;
  }

  static {
    adopt = (family, { connection, listener, options }) => {
      const socket = new Socket(family);
      if (options !== undefined) socket.#options = options;
      if (connection !== undefined) {
        socket.#connection = connection;
        socket.#options.apply(connection.conn);
      }
      if (listener !== undefined) {
        socket.#serve(listener);
        socket.#listening = true;
      }
      return socket;
    };
  }

  // -- Servers

  /**
   * Reserves an address for a server. Port 0 is one that the system picks: `getsockname()` tells which.
   * Does not block. The host already queues connections from here on.
   *
   * @param address `["host", port]` or `{ hostname, port }`; `""` as the host is every interface.
   * @throws {Deno.errors.AddrInUse} If the port is taken; in general what the system refuses with.
   * @throws {CurioError} If the socket is bound or connected already.
   */
  bind(address: Address): void {
    const operation = "Socket.bind()";
    this.#checkFresh(operation);
    this.#serve(listenOn(toHostAddress(address, operation), this.family));
  }

  /**
   * Makes a bound socket a server's. Does not block.
   *
   * @param backlog How many connections may wait to be accepted: for a socket bound by `bind`, a hint
   * that is checked and not used (Deno wants to know when it binds; see `tcpServerSocket`).
   * @throws {CurioError} If the socket is not bound.
   */
  listen(backlog?: number): void {
    const operation = "Socket.listen()";
    this.#checkOpen(operation);
    if (backlog !== undefined) {
      const error = countError(backlog, operation);
      if (error !== null) throw error;
    }
    if (this.#acceptor === null) {
      throw new CurioError(
        "Cannot listen on a socket that is not bound: call bind() before listen()",
      );
    }
    this.#listening = true;
  }

  /**
   * Waits for a client. Cancelled, it loses none: the next `accept` gets it.
   *
   * @returns The client's socket, and its address.
   */
  accept(): Promise<[Socket, Deno.NetAddr]> {
    const operation = "Socket.accept()";
    if (this.#acceptor !== null && this.#listening) return this.#acceptor.accept(operation);
    return Promise.reject(
      this.#closedError(operation) ??
        new CurioError("Cannot accept on a socket that does not listen: call bind() and listen()"),
    );
  }

  // -- Clients

  /**
   * Connects to a server. Cancelled, it gives up the attempt; the socket can be used for another.
   *
   * @throws {Deno.errors.ConnectionRefused} If nobody listens there; in general what the system
   * refuses with. `Deno.errors.NotFound` if the host's name has no address.
   */
  connect(address: Address): Promise<void> {
    return hushed(this.#connect("Socket.connect()", address));
  }

  /**
   * {@linkcode Socket.connect} that returns the system's error number (`ECONNREFUSED` is 111 on
   * Linux) instead of throwing; 0 when connected.
   */
  connectEx(address: Address): Promise<number> {
    return hushed(this.#connectEx(address));
  }

  // -- Bytes

  /**
   * Receives what has come, or waits until something does. Cancelled, it loses nothing.
   *
   * @param max The most bytes to receive.
   * @returns At least one byte; empty once the peer has ended its sending side. Empty at once if `max` is 0.
   */
  recv(max: number): Promise<Uint8Array<ArrayBuffer>> {
    const operation = "Socket.recv()";
    const connection = this.#connection;
    if (connection === null) return Promise.reject(this.#unusable(operation));
    if (max > 0 && Number.isInteger(max)) return connection.recv(operation, max);
    const error = countError(max, operation);
    return error === null ? immediate(operation, new Uint8Array(0)) : Promise.reject(error);
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
    const connection = this.#connection;
    if (connection === null) return Promise.reject(this.#unusable(operation));
    const error = countError(size, operation);
    if (error !== null) return Promise.reject(error);
    const target = size < buffer.length ? buffer.subarray(0, size) : buffer;
    return target.length === 0 ? immediate(operation, 0) : connection.recvInto(operation, target);
  }

  /**
   * Sends some of `data`, a string as UTF-8. Cancelled, the number of bytes that the peer will have
   * received if nobody closes the connection is the error's `bytesSent`; the next send waits for them to
   * be gone, and the array is to be left alone until then.
   *
   * @returns How many bytes are gone.
   */
  send(data: Uint8Array | string): Promise<number> {
    const operation = "Socket.send()";
    const connection = this.#connection;
    if (connection === null) return Promise.reject(this.#unusable(operation));
    try {
      return connection.writer.writeSome(operation, toBytes(data, operation));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends all of `data`. Cancelled, it is as {@linkcode Socket.send}. */
  sendall(data: Uint8Array | string): Promise<void> {
    const operation = "Socket.sendall()";
    const connection = this.#connection;
    if (connection === null) return Promise.reject(this.#unusable(operation));
    try {
      const bytes = toBytes(data, operation);
      return connection.writer.write(operation, bytes, "bytesSent", undefined);
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
    return hushed(this.#shutdown(how));
  }

  // -- Streams

  /** The connection as a stream of bytes. Closing the stream closes the socket. */
  asStream(options?: StreamOptions): SocketStream;
  /** The connection as a stream of text. */
  asStream(options: TextStreamOptions): TextSocketStream;
  asStream(options: StreamOptions & { encoding?: string } = {}): SocketStream | TextSocketStream {
    const { reader, writer } = this.#connected("Socket.asStream()");
    const ends = { reader, writer, close: () => this.close() };
    if (options.encoding === undefined) return new SocketStream(ends, options);
    if (/^utf-?8$/i.test(options.encoding)) return new TextSocketStream(ends, options);
    throw new TypeError(
      `Cannot make a stream with the encoding ${
        String(options.encoding)
      }: give "utf-8", or none for bytes`,
    );
  }

  /**
   * A stream to read from and one to write to. Closing the writer tells the peer that no more will come;
   * the socket is closed when both are.
   */
  makeStreams(options: StreamOptions = {}): [SocketStream, SocketStream] {
    const connection = this.#connected("Socket.makeStreams()");
    const { reader, writer } = connection;
    let open = 2;
    const closeOne = async () => {
      if (--open === 0) await this.close();
    };
    const closeReader = once(() => {
      reader.close("closed");
      return closeOne();
    });
    const closeWriter = once(async () => {
      if (this.#closed === null) await connection.endWriting();
      await closeOne();
    });
    return [
      new SocketStream({ reader, writer: null, close: closeReader }, options),
      new SocketStream({ reader: null, writer, close: closeWriter }, options),
    ];
  }

  // -- The rest

  /** The socket's own address; port 0 before it has one. */
  getsockname(): Deno.NetAddr {
    this.#checkOpen("Socket.getsockname()");
    const host = this.#connection?.conn.localAddr ?? this.#acceptor?.listener.addr;
    if (host !== undefined) return fromHostAddress(host as Deno.NetAddr);
    return { transport: "tcp", hostname: this.family === AF_INET6 ? "::" : "0.0.0.0", port: 0 };
  }

  /**
   * The peer's address.
   *
   * @throws {Deno.errors.NotConnected} If there is no peer.
   */
  getpeername(): Deno.NetAddr {
    return fromHostAddress(this.#connected("Socket.getpeername()").conn.remoteAddr);
  }

  /**
   * Sets an option: `SO_KEEPALIVE` of `SOL_SOCKET` or `TCP_NODELAY` of `IPPROTO_TCP`, before or after
   * connecting; a server's go to its clients. `SO_REUSEADDR` is always on.
   *
   * @throws {Deno.errors.NotSupported} For what Deno cannot set.
   */
  setsockopt(level: number, option: number, value: number | boolean): void {
    this.#checkOpen("Socket.setsockopt()");
    this.#options.set(this.#connection?.conn ?? null, level, option, value);
  }

  /**
   * Reads an option back: 1 if it is on, else 0.
   *
   * @throws {Deno.errors.NotSupported} For what Deno cannot set.
   */
  getsockopt(level: number, option: number): number {
    this.#checkOpen("Socket.getsockopt()");
    return this.#options.get(level, option);
  }

  /**
   * Gives the host's connection away: the socket and its streams can no longer be used, and a task that
   * waits on them gets `CurioError`. Bytes that a cancelled `recv` or a stream has taken from it are
   * read from it first. Does not block.
   *
   * @throws {Deno.errors.NotConnected} If there is none.
   */
  detach(): Deno.TcpConn {
    const connection = this.#connected("Socket.detach()");
    this.#closed = "detached";
    this.#connection = null;
    return detachedConn(connection);
  }

  /**
   * Closes the socket. What was sent arrives all the same; a task that waits on the socket gets
   * `CurioError`. No blocking point, so it cannot be cancelled; harmless when done already.
   */
  close(): Promise<void> {
    this.#closing ??= this.#closed === null ? this.#close() : Promise.resolve();
    return this.#closing;
  }

  /** Closes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Socket [${this.#describe()}]`;
  }

  // -- Inside

  #serve(listener: Deno.TcpListener): void {
    this.#acceptor = new Acceptor(listener, (conn) => [
      adopt(this.family, { connection: new Connection(conn), options: this.#options.clone() }),
      fromHostAddress(conn.remoteAddr),
    ]);
  }

  async #connect(operation: string, given: Address): Promise<void> {
    this.#checkFresh(operation);
    const address = toHostAddress(given, operation);
    const connector = this.#connector = new Connector();
    try {
      const target = { hostname: address.hostname || "localhost", port: address.port };
      const conn = await connector.connect(operation, target);
      this.#adoptConnection(conn, operation);
    } finally {
      this.#connector = null;
    }
  }

  #adoptConnection(conn: Deno.TcpConn, operation: string): void {
    // Closed after the connection was handed over, and before its task went on.
    const error = this.#closedError(operation);
    if (error !== null) {
      conn.close();
      throw error;
    }
    this.#connection = new Connection(conn);
    this.#options.apply(conn);
  }

  async #connectEx(address: Address): Promise<number> {
    try {
      await this.#connect("Socket.connectEx()", address);
      return 0;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      return errno;
    }
  }

  async #shutdown(how: number): Promise<void> {
    const operation = "Socket.shutdown()";
    const connection = this.#connected(operation);
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) {
      throw new RangeError(
        `Cannot shut down ${String(how)} of a socket: give SHUT_RD, SHUT_WR or SHUT_RDWR`,
      );
    }
    if (how !== SHUT_RD) await connection.closeWrite(operation);
    if (how !== SHUT_WR) connection.reader.shut();
  }

  async #close(): Promise<void> {
    this.#closed = "closed";
    this.#connector?.close();
    const acceptor = this.#acceptor;
    const connection = this.#connection;
    this.#acceptor = this.#connection = null;
    await acceptor?.close();
    await connection?.close();
  }

  #describe(): string {
    if (this.#closed !== null) return this.#closed;
    if (this.#connection !== null) {
      return `${showAddress(this.getsockname())} to ${showAddress(this.getpeername())}`;
    }
    if (this.#connector !== null) return "connecting";
    if (this.#acceptor === null) return "not connected";
    return `${this.#listening ? "listening on" : "bound to"} ${showAddress(this.getsockname())}`;
  }

  #connected(operation: string): Connection {
    if (this.#connection !== null) return this.#connection;
    throw this.#unusable(operation);
  }

  #unusable(operation: string): Error {
    return this.#closedError(operation) ?? notConnected(operation);
  }

  #closedError(operation: string): CurioError | null {
    return this.#closed === null ? null : closedError(operation, this.#closed);
  }

  #checkOpen(operation: string): void {
    const error = this.#closedError(operation);
    if (error !== null) throw error;
  }

  #checkFresh(operation: string): void {
    this.#checkOpen(operation);
    if (this.#connection === null && this.#acceptor === null && this.#connector === null) return;
    throw new CurioError(
      `Cannot use ${operation} on a socket that is ${this.#describe()}: make a new one`,
    );
  }
}

/** A socket that has a connection. */
export function connectedSocket(conn: Deno.TcpConn): Socket {
  return adopt(familyOf(conn.localAddr), { connection: new Connection(conn) });
}

/** A socket that listens. */
export function listeningSocket(listener: Deno.TcpListener): Socket {
  return adopt(familyOf(listener.addr), { listener });
}

function familyOf(address: Deno.NetAddr): number {
  return address.hostname.includes(":") ? AF_INET6 : AF_INET;
}

/**
 * A new socket, like Python's `socket.socket()`: bind it and let it listen, or connect it.
 *
 * @param family `AF_INET` or `AF_INET6`. It decides what the host `""` stands for.
 * @param type `SOCK_STREAM`.
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
 */
export function socket(family: number = AF_INET, type: number = SOCK_STREAM): Socket {
  if (family !== AF_INET && family !== AF_INET6) {
    throw notSupported(`make a socket of family ${String(family)}`, "give AF_INET or AF_INET6");
  }
  if (type !== SOCK_STREAM) {
    throw notSupported(`make a socket of type ${String(type)}`, "give SOCK_STREAM");
  }
  return new Socket(family);
}

/** Does `action` at the first call; the others get the same promise. */
function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => done ??= action();
}
