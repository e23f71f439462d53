import { countError } from "../io/counts.ts";
import { immediate } from "../io/immediate.ts";
import { CurioError } from "../kernel/errors.ts";
import { fromHostAddress, showAddress } from "./address.ts";
import type { Connection } from "./connection.ts";
import { type Received, SocketRole } from "./socket_role.ts";

/** A socket with a connection. */
export class ConnectedRole extends SocketRole {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  describe(): string {
    const { localAddr, remoteAddr } = this.#connection.conn;
    const [from, to] = [fromHostAddress(localAddr), fromHostAddress(remoteAddr)].map(showAddress);
    return `${from} to ${to}`;
  }

  localAddr(): Deno.Addr {
    return fromHostAddress(this.#connection.conn.localAddr);
  }

  override peerAddr(): Deno.Addr {
    return fromHostAddress(this.#connection.conn.remoteAddr);
  }

  override connected(): Connection {
    return this.#connection;
  }

  override recv(operation: string, max: number): Promise<Uint8Array<ArrayBuffer>> {
    if (max > 0 && Number.isInteger(max)) return this.#connection.recv(operation, max);
    const error = countError(max, operation);
    return error === null ? immediate(operation, new Uint8Array(0)) : Promise.reject(error);
  }

  override recvInto(operation: string, target: Uint8Array): Promise<number> {
    if (target.length === 0) return immediate(operation, 0);
    return this.#connection.recvInto(operation, target);
  }

  override async recvfrom(operation: string, max: number): Promise<Received> {
    return [await this.recv(operation, max), this.peerAddr()];
  }

  override send(operation: string, data: Uint8Array): Promise<number> {
    return this.#connection.writer.writeSome(operation, data);
  }

  override sendall(operation: string, data: Uint8Array): Promise<void> {
    return this.#connection.writer.write(operation, data, "bytesSent", undefined);
  }

  override sendto(operation: string): Promise<number> {
    return Promise.reject(
      new CurioError(`Cannot use ${operation} on a connection, which has one peer: use send()`),
    );
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
