import { Duplex } from "node:stream";
import { ReadBuffer } from "../io/read_buffer.ts";
import { discardUnread } from "./discard_unread.ts";
import type { HostConn } from "./host_conn.ts";

/** The most bytes the host is asked for at once: four records of TLS. */
const READ_SIZE = 64 * 1024;

/**
 * How many turns of the event loop to wait for the peer to close too, once we have: one would not do, as the
 * host may not have looked at the connection since TLS last read from it.
 */
const PATIENCE = 6;

/** Whoever is over a {@linkcode TlsTransport}. */
export interface TransportOwner {
  /** Bytes came in, and have been passed on. */
  received(): void;
  /** The peer has ended the connection. */
  ended(): void;
  /** The connection is broken. */
  failed(error: unknown): void;
}

/**
 * The connection under TLS, as the stream that `node:tls` wants. Node would read ahead without end; this
 * reads only when it is told to, so that TLS waits for its peer exactly when somebody waits for TLS: what
 * is not asked for stays with the system, and nothing keeps the process alive in between.
 */
export class TlsTransport extends Duplex {
  readonly #conn: HostConn;
  readonly #owner: TransportOwner;
  readonly #buffer = new ReadBuffer();
  #isWanted = false;
  #isReading = false;
  #isWriting = false;
  #mayRead = false;
  #hasWritten = false;
  #isIdle: Promise<void> | null = null;
  #onIdle: () => void = () => {};

  constructor(conn: HostConn, owner: TransportOwner) {
    super({ allowHalfOpen: true, readableHighWaterMark: READ_SIZE });
    this.#conn = conn;
    this.#owner = owner;
  }

  /** Whether bytes are on their way to the host. */
  get isWriting(): boolean {
    return this.#isWriting || this.writableLength > 0;
  }

  /** Whether it ever wrote anything. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** Lets it read once, as soon as TLS asks. */
  allowRead(): void {
    this.#mayRead = true;
    this.#readIfWanted();
  }

  /** Resolves once everything has been handed to the host, or cannot be. */
  async flushed(): Promise<void> {
    while (this.isWriting && !this.destroyed) await this.#idle();
  }

  /** Has what is unread discarded, beside a read of TLS's own that may be in flight. */
  async discardUnread(sent: number): Promise<void> {
    const conn = this.#conn;
    await discardUnread(
      {
        closeWrite: () => conn.closeWrite(),
        read: (buffer) => this.#isReading ? this.#idle().then(() => 1) : conn.read(buffer),
      },
      sent,
      PATIENCE,
    );
  }

  /** Resolves once no operation of the host is in flight. */
  async settled(): Promise<void> {
    while (this.#isReading || this.#isWriting) await this.#idle();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#readIfWanted();
  }

  override _write(
    chunk: Uint8Array,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    void this.#send(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // The connection is its owner's to close.
    done(error);
    this.#notifyIdle();
  }

  #readIfWanted(): void {
    if (this.#isWanted && this.#mayRead && !this.#isReading) void this.#receive();
  }

  async #receive(): Promise<void> {
    this.#isWanted = false;
    this.#isReading = true;
    let count: number | null = 0;
    try {
      count = await this.#conn.read(this.#buffer.reserve(READ_SIZE));
    } catch (error) {
      this.#owner.failed(error);
    }
    // Who is still waiting allows another.
    this.#isReading = this.#mayRead = false;
    this.#buffer.filled(count ?? 0);
    if (count === null) {
      this.#owner.ended();
    } else if (count > 0 && !this.destroyed) {
      this.push(this.#buffer.take(count));
      this.#owner.received();
    }
    this.#notifyIdle();
  }

  async #send(chunk: Uint8Array, done: (error?: Error | null) => void): Promise<void> {
    this.#isWriting = this.#hasWritten = true;
    let failure: Error | null = null;
    try {
      for (let sent = 0; sent < chunk.length;) {
        sent += await this.#conn.write(sent === 0 ? chunk : chunk.subarray(sent));
      }
    } catch (error) {
      failure = error as Error;
      this.#owner.failed(error);
    }
    this.#isWriting = false;
    done(failure);
    this.#notifyIdle();
  }

  #idle(): Promise<void> {
    return this.#isIdle ??= new Promise((resolve) => this.#onIdle = resolve);
  }

  #notifyIdle(): void {
    this.#isIdle = null;
    this.#onIdle();
  }
}
