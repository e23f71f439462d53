import { toBytes } from "../io/form.ts";
import { countError } from "../io/counts.ts";
import { hushed } from "../io/hushed.ts";
import { ReadResourceBusy, WriteResourceBusy } from "../kernel/errors.ts";
import { showAddress } from "./address.ts";
import { Connection as Transport } from "./connection.ts";
import { FrameWriter } from "./frame_writer.ts";
import { FrameError, NextFrame } from "./frames.ts";
import {
  answerChallenge,
  deliverChallenge,
  LONGEST_MESSAGE,
  type Messages,
  toKey,
} from "./handshake.ts";
import type { HostConn } from "./host_conn.ts";
import { loadObjectEncoding } from "./object_encoding.ts";

/** What a receiver takes unless told: 256 MiB. */
const MAX_LENGTH: number = 256 * 1024 * 1024;

let authenticateGuest: (
  connection: Connection,
  key: Uint8Array,
  onHeard: () => void,
) => Promise<void>;

/**
 * A connection that carries messages: bytes as Python's `multiprocessing.connection` frames them, or
 * objects. `Channel` makes it.
 *
 * Only one task may receive at a time, and one send: another gets `ReadResourceBusy` or
 * `WriteResourceBusy`. A task that waits while the connection is closed gets `CurioError`, as does any
 * use after that. Works outside tasks too, without cancellation.
 *
 * @example Objects there, and bytes back
 * ```ts
 * import { Channel, run, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   await using channel = new Channel(["localhost", 0]);
 *   channel.bind();
 *   const server = spawn(() => channel.accept({ authkey: "peekaboo" }));
 *   await using client = await channel.connect({ authkey: "peekaboo" });
 *   await using peer = await server.join();
 *   await client.send({ when: new Date(0), seen: new Set([1, 2]) });
 *   console.log((await peer.recv()).seen.size); // 2
 *   await peer.sendBytes("thanks");
 *   console.log((await client.recvBytes()).length); // 6
 * });
 * ```
 */
export class Connection {
  readonly #transport: Transport;
  readonly #writer: FrameWriter;
  readonly #next = new NextFrame();
  /** The handshake in progress. */
  #handshake: string | null = null;
  #closing: Promise<void> | null = null;

  /** @internal Use `Channel`. */
  constructor(transport: Transport) {
    this.#transport = transport;
    this.#writer = new FrameWriter(transport.writer);
    // A message is sent in one go: there is nothing to gain by holding it back for more.
    transport.conn.setNoDelay?.(true);
  }

  static {
    authenticateGuest = (connection, key, onHeard) =>
      connection.#authenticate(SERVER, key, onHeard);
  }

  /**
   * Sends an object to a peer that calls `recv`. What `structuredClone` carries of plain data travels:
   * all primitives but symbols, arrays, plain objects, `Date`, `RegExp`, `Map`, `Set`, errors with what
   * they carry, array buffers and views of them; references to one object stay references to one, so
   * that cycles are fine. An object of a class arrives as a plain one, a view with a buffer of its own.
   * A blocking point.
   *
   * The encoding is CBOR with registered tags. Its package is loaded when the first object is sent or
   * received; a program that is compiled, or has a frozen lock file, must name it somewhere:
   * `import "npm:cborg@6.1.5"`.
   *
   * Cancelled, the message has been sent entirely or not at all: the error's `bytesSent` is its length
   * in bytes or 0, provided that nobody closes the connection; the next send waits for it to be gone.
   *
   * @throws {DOMException} `DataCloneError` if there is a function, a symbol, a promise or the like in it.
   * @throws {RangeError} If it is nested more than 1000 deep, or has more than 4 million parts.
   */
  send(value: unknown): Promise<void> {
    const operation = "Connection.send()";
    return hushed(this.#send(operation, value));
  }

  /**
   * Receives an object that the peer sent with `send`. Safe whatever the peer sends: only data are made
   * of it, and in proportion to its size. A blocking point, unless one has come already. Cancelled, it
   * loses nothing: what it has of a message is there for the next.
   *
   * @param maxLength The longest message to take, in bytes: 256 MiB unless given.
   * @returns The object; of no type that the library could know.
   * @throws {CurioError} If the message is longer, and the connection is closed; or if it is no object
   * in our encoding, and the connection can still be used.
   * @throws {Deno.errors.UnexpectedEof} If the peer has closed the connection.
   */
  // deno-lint-ignore no-explicit-any -- as with JSON.parse(), only the caller knows what the peer sends
  recv<T = any>(maxLength: number = MAX_LENGTH): Promise<T> {
    return hushed(this.#recv<T>("Connection.recv()", maxLength));
  }

  /**
   * Sends bytes, a string as UTF-8, to a peer that calls `recvBytes`, or `recv_bytes` in Python. A
   * blocking point. Cancelled, it is as {@linkcode Connection.send}; leave the array alone until the send,
   * or after a cancelled one the next, is done.
   *
   * @param offset Where in `data` to begin, in bytes.
   * @param size How many bytes to send: all that follow unless given.
   * @throws {RangeError} If there are not so many.
   */
  sendBytes(data: Uint8Array | string, offset: number = 0, size?: number): Promise<void> {
    const operation = "Connection.sendBytes()";
    try {
      const bytes = part(toBytes(data, operation), offset, size, operation);
      this.#checkNoHandshake(operation, WriteResourceBusy);
      return this.#writer.send(operation, bytes);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Receives the bytes of one message. A blocking point, unless they have come already. Cancelled, it
   * loses nothing: what it has of a message is there for the next.
   *
   * @param maxLength The longest message to take, in bytes: 256 MiB unless given. Memory grows with what
   * arrives, not with what is announced.
   * @returns The bytes, in an array of their own; empty if the message is.
   * @throws {CurioError} If the message is longer, or its length negative; the connection is closed.
   * @throws {Deno.errors.UnexpectedEof} If the peer has closed the connection.
   */
  recvBytes(maxLength: number = MAX_LENGTH): Promise<Uint8Array<ArrayBuffer>> {
    return hushed(this.#recvBytes("Connection.recvBytes()", maxLength));
  }

  /**
   * The server's half of the handshake, which `Channel.accept({ authkey })` does for you: makes the peer
   * prove that it has the key, then proves it to the peer. A blocking point. If it fails or is
   * cancelled, the connection is closed.
   *
   * @param key The key that both sides have, a string as UTF-8.
   * @throws {AuthenticationError} If the peer has another.
   */
  authenticateServer(key: Uint8Array | string): Promise<void> {
    return hushed(this.#authenticateWith(SERVER, key));
  }

  /**
   * The client's half of the handshake, which `Channel.connect({ authkey })` does for you: proves to the
   * peer that we have the key, then makes it prove the same. Otherwise as
   * {@linkcode Connection.authenticateServer}.
   *
   * @param key The key that both sides have, a string as UTF-8.
   * @throws {AuthenticationError} If the peer has another.
   */
  authenticateClient(key: Uint8Array | string): Promise<void> {
    return hushed(this.#authenticateWith(CLIENT, key));
  }

  /**
   * Closes the connection. What was sent arrives all the same, save what a cancelled send left on its
   * way; a task that waits on the connection gets `CurioError`. No blocking point, so it cannot be
   * cancelled; harmless when done already.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Connection [${this.#describe()}]`;
  }

  async #send(operation: string, value: unknown): Promise<void> {
    this.#checkNoHandshake(operation, WriteResourceBusy);
    const encoding = await loadObjectEncoding(operation);
    const message = encoding.encode(value);
    this.#checkNoHandshake(operation, WriteResourceBusy);
    await this.#writer.send(operation, message);
  }

  // deno-lint-ignore no-explicit-any -- see recv()
  async #recv<T = any>(operation: string, maxLength: number): Promise<T> {
    this.#checkNoHandshake(operation, ReadResourceBusy);
    const encoding = await loadObjectEncoding(operation);
    return encoding.decode(await this.#recvBytes(operation, maxLength)) as T;
  }

  async #recvBytes(operation: string, maxLength: number): Promise<Uint8Array<ArrayBuffer>> {
    const error = maxLength === Infinity ? null : countError(maxLength, operation);
    if (error !== null) throw error;
    this.#checkNoHandshake(operation, ReadResourceBusy);
    return await this.#receive(operation, maxLength);
  }

  async #receive(operation: string, maxLength: number): Promise<Uint8Array<ArrayBuffer>> {
    const { reader } = this.#transport;
    // If somebody waits already, this is refused: the limit stays theirs.
    if (reader.waiting === null) this.#next.maxLength = maxLength;
    try {
      return await reader.read(operation, this.#next);
    } catch (error) {
      if (error instanceof FrameError) await this.close();
      throw error;
    }
  }

  async #authenticateWith(role: Role, given: Uint8Array | string): Promise<void> {
    await this.#authenticate(role, toKey(given, role.operation), () => {});
  }

  async #authenticate(role: Role, key: Uint8Array, onHeard: () => void): Promise<void> {
    const { operation } = role;
    this.#checkNoHandshake(operation, WriteResourceBusy);
    this.#checkIdle(operation);
    const peer: Messages = {
      send: (message) => this.#writer.send(operation, message),
      receive: async () => {
        const message = await this.#receive(operation, LONGEST_MESSAGE);
        onHeard();
        return message;
      },
    };
    this.#handshake = operation;
    try {
      for (const step of role.steps) await step(peer, key);
    } catch (error) {
      // The two no longer agree on where they are.
      await this.close();
      throw error;
    } finally {
      this.#handshake = null;
    }
  }

  #checkNoHandshake(operation: string, cls: new (message: string) => Error): void {
    if (this.#handshake === null) return;
    throw new cls(
      `Cannot start ${operation} because ${this.#handshake} is in progress on the same connection: ` +
        `await it first`,
    );
  }

  #checkIdle(operation: string): void {
    const receiving = this.#transport.reader.waiting;
    const other = receiving ?? this.#writer.waiting;
    if (other === null) return;
    const cls = receiving === null ? WriteResourceBusy : ReadResourceBusy;
    throw new cls(
      `Cannot start ${operation} because a task waits in ${other} on the same connection: ` +
        `authenticate before anything else`,
    );
  }

  async #close(): Promise<void> {
    this.#writer.close();
    await this.#transport.close();
  }

  #describe(): string {
    if (this.#closing !== null) return "closed";
    const { localAddr, remoteAddr } = this.#transport.conn;
    return `${showAddress(localAddr)} to ${showAddress(remoteAddr)}`;
  }
}

interface Role {
  readonly operation: string;
  readonly steps: readonly ((peer: Messages, key: Uint8Array) => Promise<void>)[];
}

const SERVER: Role = {
  operation: "Connection.authenticateServer()",
  steps: [deliverChallenge, answerChallenge],
};
const CLIENT: Role = {
  operation: "Connection.authenticateClient()",
  steps: [answerChallenge, deliverChallenge],
};

/** A connection that carries messages over the host's. */
export function connectionOver(conn: HostConn): Connection {
  return new Connection(new Transport(conn));
}

/** {@linkcode Connection.authenticateServer} that calls `onHeard` for each message of the peer's. */
export function authenticate(
  connection: Connection,
  key: Uint8Array,
  onHeard: () => void,
): Promise<void> {
  return authenticateGuest(connection, key, onHeard);
}

function part(
  bytes: Uint8Array,
  offset: number,
  size: number | undefined,
  operation: string,
): Uint8Array {
  const error = countError(offset, operation) ?? countError(size ?? 0, operation);
  if (error !== null) throw error;
  const end = size === undefined ? bytes.length : offset + size;
  if (offset <= end && end <= bytes.length) return bytes.subarray(offset, end);
  throw new RangeError(
    `Cannot send ${
      size ?? "what follows"
    } from offset ${offset} in ${operation} because there are ` +
      `only ${bytes.length} bytes: give an offset and a size within them`,
  );
}
