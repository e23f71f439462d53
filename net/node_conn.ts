import type { Socket } from "node:net";
import { ConnViews } from "./conn_streams.ts";
import type { HostConn } from "./host_conn.ts";
import { fromNodeError } from "./host_errors.ts";

/**
 * A socket of Node's as a connection of Deno's: for what only Node can do. It must be connected, paused
 * and half-open (`allowHalfOpen`). Node reads ahead by some 64 KiB. As with Deno's own, it keeps the
 * process alive only while something is read or written.
 */
export class NodeConn extends ConnViews implements HostConn {
  readonly #socket: Socket;
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  #isClosed = false;
  #isReading = false;
  #writes = 0;
  #isBackground = false;
  #wakeReader: () => void = () => {};

  /** @param alpnProtocol The protocol that TLS agreed on, if it is a socket of `node:tls`. */
  constructor(socket: Socket, readonly alpnProtocol: string | null = null) {
    super();
    this.#socket = socket;
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.localAddr = netAddr(localAddress, localPort);
    this.remoteAddr = netAddr(remoteAddress, remotePort);
    // It stays in `socket.errored`, for whoever reads or writes.
    socket.on("error", () => {});
    for (const event of ["readable", "end", "close"]) socket.on(event, () => this.#wakeReader());
    socket.unref();
  }

  async read(target: Uint8Array): Promise<number | null> {
    this.#isReading = true;
    this.#keepAlive();
    try {
      for (;;) {
        const count = this.#readNow(target);
        if (count !== undefined) return count;
        await new Promise<void>((resolve) => this.#wakeReader = resolve);
      }
    } finally {
      this.#isReading = false;
      this.#keepAlive();
    }
  }

  async write(data: Uint8Array): Promise<number> {
    await this.#untilDone((done) => this.#socket.write(data, done));
    return data.length;
  }

  async closeWrite(): Promise<void> {
    await this.#untilDone((done) => this.#socket.end(done));
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
    this.#wakeReader();
  }

  ref(): void {
    this.#isBackground = false;
    this.#keepAlive();
  }

  unref(): void {
    this.#isBackground = true;
    this.#keepAlive();
  }

  setNoDelay(noDelay: boolean = true): void {
    this.#socket.setNoDelay(noDelay);
  }

  setKeepAlive(keepAlive: boolean = true): void {
    this.#socket.setKeepAlive(keepAlive);
  }

  /** `undefined` if nothing has come yet. */
  #readNow(target: Uint8Array): number | null | undefined {
    if (this.#isClosed) throw closed();
    const socket = this.#socket;
    const { readableLength } = socket;
    const chunk: Uint8Array | null = socket.read(
      readableLength === 0 ? undefined : Math.min(readableLength, target.length),
    );
    if (chunk !== null) {
      target.set(chunk);
      return chunk.length;
    }
    if (socket.readableEnded) return null;
    if (socket.errored) throw fromNodeError(socket.errored);
    return socket.destroyed ? null : undefined;
  }

  async #untilDone(begin: (done: (error?: Error | null) => void) => void): Promise<void> {
    this.#writes++;
    this.#keepAlive();
    try {
      const error = await new Promise<Error | null | undefined>(begin);
      // After a failed read, writing says no more than that it was cancelled.
      if (error) throw this.#isClosed ? closed() : fromNodeError(this.#socket.errored ?? error);
    } finally {
      this.#writes--;
      this.#keepAlive();
    }
  }

  #keepAlive(): void {
    if (!this.#isBackground && (this.#isReading || this.#writes > 0)) this.#socket.ref();
    else this.#socket.unref();
  }
}

function closed(): Error {
  return new Deno.errors.BadResource("The connection was closed");
}

function netAddr(hostname: string | undefined, port: number | undefined): Deno.NetAddr {
  return { transport: "tcp", hostname: hostname ?? "", port: port ?? 0 };
}
