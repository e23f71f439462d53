import { type ClosedBy, closedError, closedWhileError } from "../io/closed.ts";
import { countError } from "../io/counts.ts";
import { CurioError, isCancelled } from "../kernel/errors.ts";
import { noteProgress } from "../kernel/progress.ts";
import {
  type Address,
  familyOf,
  fromHostAddress,
  type NetAddress,
  sameAddress,
  showAddress,
  toNetAddress,
  toTarget,
} from "./address.ts";
import { Attempt } from "./attempt.ts";
import { AF_INET6 } from "./constants.ts";
import { DatagramInbox } from "./datagram_inbox.ts";
import { DatagramSocketOptions } from "./datagram_options.ts";
import { type Datagram, DatagramPort } from "./datagram_port.ts";
import { lookUpOne } from "./lookup.ts";
import { notConnected } from "./refusals.ts";
import { type Received, SocketRole } from "./socket_role.ts";

/** A socket that exchanges datagrams, from the moment it is made until it is closed. */
export class DatagramRole extends SocketRole {
  readonly #family: number;
  readonly #inbox = new DatagramInbox();
  readonly #attempts = new Set<{ close(): void }>();
  readonly options: DatagramSocketOptions = new DatagramSocketOptions(this.#inbox);
  #port: DatagramPort | null = null;
  /** The port that is being opened because something is to be sent. */
  #opening: Promise<DatagramPort> | null = null;
  #isBinding = false;
  #peer: Deno.NetAddr | null = null;
  #closed: ClosedBy | null = null;

  constructor(family: number) {
    super();
    this.#family = family;
  }

  describe(): string {
    if (this.#port === null) return "not bound";
    const { length, dropped } = this.#inbox;
    return `bound to ${showAddress(this.#port.addr)}` +
      (this.#peer === null ? "" : `, connected to ${showAddress(this.#peer)}`) +
      (length === 0 ? "" : `, ${length} to receive`) +
      (dropped === 0 ? "" : `, ${dropped} dropped`);
  }

  localAddr(): Deno.NetAddr {
    return { ...(this.#port?.addr ?? { transport: "udp", ...this.#anywhere }) };
  }

  override peerAddr(operation: string): Deno.NetAddr {
    if (this.#peer === null) throw this.refusal(operation);
    return { ...this.#peer };
  }

  /** Binds it to `address`. Cancelled, it leaves the socket as it was. */
  async bind(operation: string, address: Address): Promise<void> {
    const { hostname, port } = toNetAddress(address, operation);
    if (this.#port !== null || this.#opening !== null) {
      throw new CurioError(`Cannot use ${operation} on a socket that is bound: make a new one`);
    }
    this.#checkNotBinding(operation);
    this.#isBinding = true;
    try {
      const target = { hostname: hostname || this.#anywhere.hostname, port };
      const attempt = new Attempt<DatagramPort>("FUTURE_WAIT", (late) => void late.close());
      const open = async (signal: AbortSignal) =>
        await DatagramPort.open(await this.#lookUp(target, signal), this.#openOptions);
      this.#adopt(await this.#wait(attempt, operation, open), operation);
    } finally {
      this.#isBinding = false;
    }
  }

  /** From now on it receives from `address` only, and `send` goes there. */
  async connect(operation: string, address: Address): Promise<void> {
    const { hostname, port } = toTarget(toNetAddress(address, operation));
    this.#checkNotBinding(operation);
    const attempt = new Attempt<NetAddress>("CONNECT_WAIT", () => {});
    const peer = await this.#wait(attempt, operation, async (signal) => {
      await this.#bound();
      return await this.#lookUp({ hostname, port }, signal);
    });
    this.#peer = { transport: "udp", ...peer };
  }

  override recv(operation: string, max: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#receive(operation, max, ({ data }) => cut(data, max));
  }

  override recvfrom(operation: string, max: number): Promise<Received> {
    return this.#receive(
      operation,
      max,
      ({ data, from }) => [cut(data, max), fromHostAddress(from)],
    );
  }

  override recvInto(operation: string, target: Uint8Array): Promise<number> {
    return this.#receive(operation, target.length, ({ data }) => {
      const part = data.subarray(0, target.length);
      target.set(part);
      return part.length;
    });
  }

  override send(operation: string, data: Uint8Array): Promise<number> {
    if (this.#peer === null) return Promise.reject(this.refusal(operation));
    return this.#send(operation, data, this.#peer);
  }

  override async sendall(operation: string, data: Uint8Array): Promise<void> {
    await this.send(operation, data);
  }

  override async sendto(operation: string, data: Uint8Array, address: Address): Promise<number> {
    return await this.#send(operation, data, toTarget(toNetAddress(address, operation)));
  }

  override connected(operation: string): never {
    throw new CurioError(
      `Cannot use ${operation} on a datagram socket, which has no connection: make it of SOCK_STREAM`,
    );
  }

  override refusal(operation: string): Error {
    return notConnected(operation, "connect() first, or give the address to sendto()");
  }

  async close(): Promise<void> {
    this.#closed = "closed";
    this.#inbox.close("closed");
    for (const attempt of this.#attempts) attempt.close();
    await this.#port?.close();
    // Whoever opens one finds the socket closed, and closes it.
    await this.#opening?.catch(() => {});
  }

  get #anywhere(): NetAddress {
    return { hostname: this.#family === AF_INET6 ? "::" : "0.0.0.0", port: 0 };
  }

  get #openOptions(): { family: number; reuseAddress: boolean } {
    return { family: this.#family, reuseAddress: this.options.reuseAddress };
  }

  #receive<T>(operation: string, max: number, take: (datagram: Datagram) => T): Promise<T> {
    const error = countError(max, operation);
    if (error !== null) return Promise.reject(error);
    if (this.#port !== null || this.#opening !== null || this.#isBinding) {
      return this.#inbox.receive(operation, take);
    }
    return Promise.reject(
      new CurioError(
        `Cannot use ${operation} on a socket that nobody can send to: bind() it, or sendto() first`,
      ),
    );
  }

  async #send(operation: string, data: Uint8Array, target: NetAddress): Promise<number> {
    this.#checkNotBinding(operation);
    let begun = false;
    // It may wait for a name to be looked up, and the array is the caller's.
    const copy = data.slice();
    try {
      await this.#wait(new Attempt<void>("WRITE_WAIT", () => {}), operation, async (signal) => {
        const port = await this.#bound();
        const address = await this.#lookUp(target, signal);
        begun = true;
        await port.send(copy, address);
      });
      return data.length;
    } catch (error) {
      if (isCancelled(error)) noteProgress(error, { bytesSent: begun ? data.length : 0 });
      throw error;
    }
  }

  /** Makes `attempt`, which closing the socket ends. */
  async #wait<T>(
    attempt: Attempt<T>,
    operation: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#closed !== null) throw closedError(operation, this.#closed);
    this.#attempts.add(attempt);
    try {
      return await attempt.run(operation, work);
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  async #lookUp({ hostname, port }: NetAddress, signal: AbortSignal): Promise<NetAddress> {
    if (familyOf(hostname) !== null) return { hostname, port };
    return { hostname: await lookUpOne(hostname, this.#family, signal), port };
  }

  /** The port; one that the system picks is opened unless the socket was bound. */
  #bound(): Promise<DatagramPort> {
    if (this.#port !== null) return Promise.resolve(this.#port);
    return this.#opening ??= this.#openAnywhere();
  }

  async #openAnywhere(): Promise<DatagramPort> {
    try {
      const port = await DatagramPort.open(this.#anywhere, this.#openOptions);
      this.#adopt(port, "Socket.sendto()");
      return port;
    } finally {
      this.#opening = null;
    }
  }

  #adopt(port: DatagramPort, operation: string): void {
    if (this.#closed !== null) {
      void port.close();
      throw closedWhileError(operation, this.#closed);
    }
    this.#port = port;
    this.options.apply(port);
    port.onDatagram = (datagram) => {
      if (this.#peer === null || sameAddress(this.#peer, datagram.from)) {
        this.#inbox.arrive(datagram);
      }
    };
  }

  #checkNotBinding(operation: string): void {
    if (!this.#isBinding) return;
    throw new CurioError(
      `Cannot use ${operation} while bind() is in progress on the same socket: await that first`,
    );
  }
}

/** What does not fit is lost, as with any datagram. */
function cut(data: Uint8Array<ArrayBuffer>, max: number): Uint8Array<ArrayBuffer> {
  return data.length > max ? data.slice(0, max) : data;
}
