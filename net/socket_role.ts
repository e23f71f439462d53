/**
 * What a socket can do depends on what has become of it: it is fresh, listens, is connected, exchanges
 * datagrams, or is closed. Each of these roles is a class that does its own part and refuses the rest,
 * with a message that says what to do first; a `Socket` passes its calls on to the role it is in.
 */
import type { Address } from "./address.ts";
import type { Connection } from "./connection.ts";
import { notConnected } from "./refusals.ts";

/** What was received, and from where. */
export type Received = [data: Uint8Array<ArrayBuffer>, address: Deno.Addr];

export abstract class SocketRole {
  /** For messages: `listening on 127.0.0.1:25000`. */
  abstract describe(): string;

  /** The socket's own address. */
  abstract localAddr(operation: string): Deno.Addr;

  /** Gives back what it has of the host. */
  abstract close(): Promise<void>;

  /** The connection, in the role that has one; throws in the others. */
  connected(operation: string): Connection {
    throw this.refusal(operation);
  }

  /** The error for `operation`, which has no place in this role. */
  refusal(operation: string): Error {
    return notConnected(operation);
  }

  peerAddr(operation: string): Deno.Addr {
    throw this.refusal(operation);
  }

  recv(operation: string, _max: number): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.reject(this.refusal(operation));
  }

  recvInto(operation: string, _target: Uint8Array): Promise<number> {
    return Promise.reject(this.refusal(operation));
  }

  recvfrom(operation: string, _max: number): Promise<Received> {
    return Promise.reject(this.refusal(operation));
  }

  send(operation: string, _data: Uint8Array): Promise<number> {
    return Promise.reject(this.refusal(operation));
  }

  sendall(operation: string, _data: Uint8Array): Promise<void> {
    return Promise.reject(this.refusal(operation));
  }

  sendto(operation: string, _data: Uint8Array, _address: Address): Promise<number> {
    return Promise.reject(this.refusal(operation));
  }
}
