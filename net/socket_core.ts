/** What is behind a `Socket`: the role it is in, and how it gets from one to the next. */
import { countError } from "../io/counts.ts";
import { CurioError } from "../kernel/errors.ts";
import { Acceptor } from "./acceptor.ts";
import {
  type Address,
  fromHostAddress,
  type HostAddress,
  toNetAddress,
  toUnixAddress,
} from "./address.ts";
import { Connection } from "./connection.ts";
import { ConnectedRole } from "./connected_role.ts";
import { Connector } from "./connector.ts";
import { AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_STREAM } from "./constants.ts";
import { DatagramRole } from "./datagram_role.ts";
import { dial } from "./dial.ts";
import type { HostConn, HostListener } from "./host_conn.ts";
import { ClosedRole, ConnectingRole, FreshRole } from "./idle_roles.ts";
import { listenOn } from "./listen.ts";
import { ListeningRole } from "./listening_role.ts";
import { errnoOf } from "./refusals.ts";
import { type OptionStore, SocketOptions } from "./socket_options.ts";
import type { SocketRole } from "./socket_role.ts";

/** Of what kind a socket is. */
export interface SocketKind {
  readonly family: number;
  readonly type?: number;
  readonly options?: SocketOptions | undefined;
}

/** `S` is what programs see of it: a `Socket`. */
export class SocketCore<S> {
  readonly family: number;
  readonly type: number;
  readonly options: OptionStore;
  role: SocketRole;
  /** Makes a socket of the core of a client. */
  readonly #face: (core: SocketCore<S>) => S;
  /** Its address as long as it has none. */
  readonly #unbound: Deno.Addr;
  #closing: Promise<void> | null = null;

  constructor(face: (core: SocketCore<S>) => S, kind: SocketKind) {
    const { family, type = SOCK_STREAM, options } = kind;
    this.#face = face;
    this.family = family;
    this.type = type;
    this.#unbound = unboundAddr(family);
    if (type === SOCK_DGRAM) {
      const role = new DatagramRole(family);
      this.role = role;
      this.options = role.options;
    } else {
      this.role = new FreshRole(this.#unbound);
      this.options = options ?? new SocketOptions(family === AF_UNIX);
    }
  }

  bind(operation: string, address: Address): void | Promise<void> {
    if (this.role instanceof DatagramRole) return this.role.bind(operation, address);
    this.#checkFresh(operation);
    const { reusePort } = this.#streamOptions;
    const target = this.#toHostAddress(address, operation);
    this.serve(listenOn(target, { family: this.family, reusePort }), false);
  }

  listen(operation: string, backlog: number | undefined): void {
    this.checkOpen(operation);
    const error = backlog === undefined ? null : countError(backlog, operation);
    if (error !== null) throw error;
    if (this.role instanceof DatagramRole) this.role.connected(operation);
    if (!(this.role instanceof ListeningRole)) {
      throw new CurioError(
        "Cannot listen on a socket that is not bound: call bind() before listen()",
      );
    }
    this.role.listening = true;
  }

  accept(operation: string): Promise<[client: S, address: Deno.Addr]> {
    const { role } = this;
    if (role instanceof ListeningRole) return role.accept(operation);
    return Promise.reject(
      this.#closedError(operation) ??
        new CurioError("Cannot accept on a socket that does not listen: call bind() and listen()"),
    );
  }

  async connect(operation: string, address: Address): Promise<void> {
    if (this.role instanceof DatagramRole) return await this.role.connect(operation, address);
    this.#checkFresh(operation);
    const target = this.#toHostAddress(address, operation);
    const connector = new Connector();
    const connecting = this.role = new ConnectingRole(this.#unbound, connector);
    try {
      const conn = await connector.connect(operation, dial(target, this.family));
      // Closed after the connection was handed over, and before its task went on.
      const error = this.#closedError(operation);
      if (error !== null) {
        conn.close();
        throw error;
      }
      this.adopt(conn);
    } finally {
      if (this.role === connecting) this.role = new FreshRole(this.#unbound);
    }
  }

  /** {@linkcode SocketCore.connect} that tells the system's error number, or 0. */
  async connectEx(operation: string, address: Address): Promise<number> {
    try {
      await this.connect(operation, address);
      return 0;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      return errno;
    }
  }

  /** The connection, which is the caller's from now on. */
  detach(operation: string): Connection {
    const connection = this.role.connected(operation);
    this.role = new ClosedRole("detached");
    return connection;
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Makes it a server's socket. */
  serve(listener: HostListener, listening: boolean): this {
    const acceptor = new Acceptor<[S, Deno.Addr]>(listener, (conn) => {
      const kind = { family: this.family, options: this.#streamOptions.clone() };
      const client = new SocketCore<S>(this.#face, kind).adopt(conn);
      return [this.#face(client), fromHostAddress(conn.remoteAddr)];
    });
    this.role = new ListeningRole(acceptor, listening);
    return this;
  }

  /** Gives it a connection. */
  adopt(conn: HostConn): this {
    this.role = new ConnectedRole(new Connection(conn));
    this.#streamOptions.apply(conn);
    return this;
  }

  /** Throws `CurioError` once it is closed. */
  checkOpen(operation: string): void {
    const error = this.#closedError(operation);
    if (error !== null) throw error;
  }

  get #streamOptions(): SocketOptions {
    return this.options as SocketOptions;
  }

  async #close(): Promise<void> {
    const { role } = this;
    if (!(role instanceof ClosedRole)) this.role = new ClosedRole("closed");
    await role.close();
  }

  #toHostAddress(address: Address, operation: string): HostAddress {
    return this.family === AF_UNIX
      ? toUnixAddress(address, operation)
      : toNetAddress(address, operation);
  }

  #closedError(operation: string): Error | null {
    return this.role instanceof ClosedRole ? this.role.refusal(operation) : null;
  }

  #checkFresh(operation: string): void {
    this.checkOpen(operation);
    if (this.role.constructor === FreshRole) return;
    throw new CurioError(
      `Cannot use ${operation} on a socket that is ${this.role.describe()}: make a new one`,
    );
  }
}

/** The address of a stream socket that has none yet. */
function unboundAddr(family: number): Deno.Addr {
  if (family === AF_UNIX) return { transport: "unix", path: "" };
  return { transport: "tcp", hostname: family === AF_INET6 ? "::" : "0.0.0.0", port: 0 };
}
