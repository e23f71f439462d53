import { closedError, closedWhileError } from "../io/closed.ts";
import { CancelScope } from "../kernel/cancel_scope.ts";
import { currentScope, outsideError } from "../kernel/current.ts";
import { inTask } from "../kernel/in_task.ts";
import { sleep } from "../kernel/sleep.ts";
import {
  type Address,
  fromHostAddress,
  type HostAddress,
  isUnix,
  showAddress,
  toHostAddress,
} from "./address.ts";
import { type Connection, connectionOver } from "./channel_connection.ts";
import { Connector } from "./connector.ts";
import { dial } from "./dial.ts";
import { toKey } from "./handshake.ts";
import type { HostConn } from "./host_conn.ts";
import { listenOn } from "./listen.ts";
import { Reception } from "./reception.ts";

/** How long to wait before connecting again, in seconds: twice as long each time, up to a second. */
const FIRST_PAUSE = 0.05;
const LONGEST_PAUSE = 1;

/** How {@linkcode Channel.accept} and {@linkcode Channel.connect} authenticate. */
export interface ChannelOptions {
  /**
   * The key that both sides must have, a string as UTF-8. Without one nobody is authenticated: do that
   * only where no stranger can connect.
   */
  authkey?: Uint8Array | string;
}

/**
 * A place where two programs meet to exchange messages: one accepts, the other connects, in whichever
 * order they start. It speaks the protocol of Python's `multiprocessing.connection`, whose `Client` and
 * `Listener` can be the other side and exchange bytes with it.
 *
 * @example A producer and a consumer
 * ```ts
 * import { Channel, run, spawn } from "@curio/core";
 *
 * async function producer(channel: Channel) {
 *   await using connection = await channel.accept({ authkey: "peekaboo" });
 *   for (let n = 1; n <= 3; n++) await connection.send(n);
 *   await connection.send(null);
 * }
 *
 * async function consumer(channel: Channel) {
 *   await using connection = await channel.connect({ authkey: "peekaboo" });
 *   for (let n; (n = await connection.recv()) !== null;) console.log("Got", n);
 * }
 *
 * await run(async () => {
 *   await using channel = new Channel(["localhost", 0]);
 *   channel.bind();
 *   const task = spawn(producer, channel);
 *   await consumer(channel);
 *   await task.join();
 * });
 * ```
 */
// deno-lint-ignore no-explicit-any -- who knows the kind of address may name it
export class Channel<A extends Deno.Addr = any> {
  readonly #given: HostAddress;
  #reception: Reception | null = null;
  readonly #attempts = new Set<CancelScope>();
  #isClosed = false;
  #closing: Promise<void> | null = null;

  /**
   * A channel at an address. Does not block, and does not reserve it: see {@linkcode Channel.bind}.
   *
   * @param addr `["host", port]` or `{ hostname, port }`, where `""` as the host is every interface; or
   * the path of a Unix socket.
   */
  constructor(addr: Address) {
    this.#given = toHostAddress(addr, "new Channel()");
  }

  /** The address: the one that was given, or after `bind` the one that was reserved. */
  get address(): A {
    const bound = this.#reception?.listener.addr;
    return (bound === undefined ? given(this.#given) : fromHostAddress(bound)) as A;
  }

  /**
   * Reserves the address for {@linkcode Channel.accept}, which does so itself if need be. From here on
   * the host queues those who connect. Does not block; harmless when done already.
   *
   * @returns The address; for port 0 with the port that the system picked.
   * @throws {Deno.errors.AddrInUse} If the port is taken; in general what the system refuses with.
   */
  bind(): A {
    this.#bound("Channel.bind()");
    return this.address;
  }

  /**
   * Waits for a client, which with `authkey` must prove that it has the same key. One that does not (it
   * has another key, sends something else, or nothing for a second) is logged and dropped, keeps nobody
   * waiting, and is sent nothing but challenges. A blocking point; needs a task. Cancelled, it loses
   * nobody: who is through the handshake goes to the next `accept` with that key.
   *
   * @returns The connection, the caller's to close.
   * @throws {ReadResourceBusy} If another task waits for a client.
   */
  accept(options: ChannelOptions = {}): Promise<Connection> {
    const operation = "Channel.accept()";
    const scope = currentScope();
    if (scope === null) return Promise.reject(outsideError(operation));
    const { reports } = scope.task.scheduler;
    try {
      const key = keyOf(options, operation);
      const reception = this.#bound(operation);
      return reception.accept({ operation, key, warn: (text) => reports.warn(text) });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Connects to a program that accepts at the address, and with `authkey` authenticates. As long as
   * nobody listens there, it tries again, at first often and then every second: put a timeout around
   * it. A blocking point; needs a task. Cancelled, it gives up the attempt and leaves nothing.
   *
   * @returns The connection, the caller's to close.
   * @throws {AuthenticationError} If the other side has another key.
   * @throws {Deno.errors.UnexpectedEof} If it closes the connection in the handshake.
   */
  connect(options: ChannelOptions = {}): Promise<Connection> {
    return inTask("Channel.connect()", () => this.#connect(options));
  }

  /**
   * Frees the address, and closes the connections that no `accept` has returned; those that one has stay
   * open. A task in `accept` or `connect` gets `CurioError`. No blocking point, so it cannot be cancelled;
   * harmless when done already.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes the channel. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const reception = this.#reception;
    const handshakes = reception === null || reception.handshakes === 0
      ? ""
      : `, ${reception.handshakes} in the handshake`;
    const state = this.#isClosed ? "closed" : reception === null ? "at" : "listening on";
    return `Channel [${state} ${showAddress(this.address)}${handshakes}]`;
  }

  #bound(operation: string): Reception {
    this.#checkOpen(operation);
    return this.#reception ??= new Reception(listenOn(this.#given, { family: null }));
  }

  async #connect(options: ChannelOptions): Promise<Connection> {
    const operation = "Channel.connect()";
    this.#checkOpen(operation);
    const key = keyOf(options, operation);
    const { address } = this;
    if ("port" in address && address.port === 0) {
      throw new RangeError(
        "Cannot connect a channel to port 0 because nobody listens there: give the port, or bind() first",
      );
    }
    const attempt = new CancelScope();
    this.#attempts.add(attempt);
    try {
      const connection = await attempt.run(() => reach(operation, address as HostAddress, key));
      if (connection !== undefined && !this.#isClosed) return connection;
      await connection?.close();
      throw closedWhileError(operation);
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    for (const attempt of this.#attempts) attempt.cancel("the channel was closed");
    await this.#reception?.close();
  }

  #checkOpen(operation: string): void {
    if (this.#isClosed) throw closedError(operation);
  }
}

/** Connects to `target`, however long it takes until somebody listens there. */
async function reach(
  operation: string,
  target: HostAddress,
  key: Uint8Array | null,
): Promise<Connection> {
  for (let pause = FIRST_PAUSE;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const conn = await tryToConnect(operation, target);
    if (conn === null) {
      await sleep(pause);
      continue;
    }
    const connection = connectionOver(conn);
    if (key !== null) await connection.authenticateClient(key);
    return connection;
  }
}

/** `null` if nobody listens there. */
async function tryToConnect(operation: string, target: HostAddress): Promise<HostConn | null> {
  try {
    return await new Connector().connect(operation, dial(target));
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return null;
    // The server makes the path.
    if (isUnix(target) && error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function keyOf(options: ChannelOptions, operation: string): Uint8Array | null {
  return options.authkey === undefined ? null : toKey(options.authkey, operation);
}

/** The address before anything is bound to it. */
function given(address: HostAddress): Deno.Addr {
  if (isUnix(address)) return { transport: "unix", path: address.path };
  return { transport: "tcp", hostname: address.hostname, port: address.port };
}
