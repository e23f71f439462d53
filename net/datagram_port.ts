/**
 * The host's side of a datagram socket: `node:dgram`, as Deno's own is not stable. It is loaded when
 * the first of them is bound, and none keeps the process alive.
 */
import type { RemoteInfo, Socket } from "node:dgram";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { type NetAddress, showAddress } from "./address.ts";
import { AF_INET6 } from "./constants.ts";
import { fromNodeError } from "./host_errors.ts";
import { requireNet } from "./net_permission.ts";
import { notCapable, refusal } from "./refusals.ts";

/** What was sent, by whom. The bytes are nobody else's. */
export interface Datagram {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly from: Deno.NetAddr;
}

/** How a datagram socket is opened. */
export interface DatagramOptions {
  readonly family: number;
  readonly reuseAddress: boolean;
}

export class DatagramPort implements Resource {
  readonly #socket: Socket;
  readonly addr: Deno.NetAddr;
  /** Called with each datagram that comes. */
  onDatagram: (datagram: Datagram) => void = () => {};
  #broadcast = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.addr = { transport: "udp", hostname: address, port };
    socket.on("message", (message, from) => this.onDatagram(datagramOf(message, from)));
    // What went wrong with a datagram that was sent is of no use once it is gone.
    socket.on("error", () => {});
    noteOpen(this);
  }

  /** Binds a socket to `address`. */
  static async open(address: NetAddress, options: DatagramOptions): Promise<DatagramPort> {
    requireNet(address, "bind a datagram socket to");
    const { createSocket } = await import("node:dgram");
    const type = options.family === AF_INET6 ? "udp6" : "udp4";
    const socket = createSocket({ type, reuseAddr: options.reuseAddress });
    // Later it would have no effect on the receiving that begins with bind(), nor would ref().
    socket.unref();
    return await new Promise((resolve, reject) => {
      socket.once("error", (error) => {
        socket.close();
        reject(fromNodeError(error));
      });
      socket.bind({ address: address.hostname, port: address.port }, () => {
        socket.removeAllListeners("error");
        resolve(new DatagramPort(socket));
      });
    });
  }

  describeOpen(): string {
    return `a datagram socket on ${showAddress(this.addr)}`;
  }

  /** Sends one datagram. */
  async send(data: Uint8Array, target: NetAddress): Promise<void> {
    const error = await new Promise<Error | null>((resolve) => {
      this.#socket.send(data, target.port, target.hostname, resolve);
    });
    if (error) throw await this.#sendError(error, target);
  }

  setBroadcast(on: boolean): void {
    this.#broadcast = on;
    this.#socket.setBroadcast(on);
  }

  setReceiveBuffer(size: number): void {
    this.#socket.setRecvBufferSize(size);
  }

  setSendBuffer(size: number): void {
    this.#socket.setSendBufferSize(size);
  }

  /** Resolves once the port is free, and the host's own receiving has ended, a turn later. */
  close(): Promise<void> {
    noteClosed(this);
    this.onDatagram = () => {};
    return new Promise((resolve) => this.#socket.close(() => setImmediate(resolve)));
  }

  /** The host calls some refusals UNKNOWN. */
  async #sendError(error: Error, target: NetAddress): Promise<unknown> {
    if (!("code" in error) || error.code !== "UNKNOWN") return fromNodeError(error);
    const host = showAddress(target);
    const { state } = await Deno.permissions.query({ name: "net", host });
    if (state !== "granted") return notCapable(`send to ${host}`, error);
    if (this.#broadcast) return error;
    return refusal(
      Deno.errors.PermissionDenied,
      "EACCES",
      `Cannot send to ${host} because the system refuses: to broadcast, set SO_BROADCAST first`,
    );
  }
}

/** The host's array is far larger than what is in it. */
function datagramOf(message: Uint8Array, from: RemoteInfo): Datagram {
  const { address, port } = from;
  return {
    data: new Uint8Array(message),
    from: { transport: "udp", hostname: address, port },
  };
}
