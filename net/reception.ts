/**
 * Where a channel receives its clients. Each that connects goes through its handshake on its own,
 * outside any task, so that one that is slow or silent keeps nobody waiting; `accept` gets the first
 * that is through. Others that are through by then, or after a cancelled `accept`, are kept for the
 * next one that asks with the same key.
 *
 * The host is asked for another client only while somebody waits, and while few enough handshakes are
 * in progress: what strangers can make us hold is bounded.
 */
import { closedError, closedWhileError, hostError } from "../io/closed.ts";
import { immediate } from "../io/immediate.ts";
import { outsideTasks } from "../kernel/current.ts";
import { ReadResourceBusy } from "../kernel/errors.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { suspend } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { fromHostAddress, showAddress } from "./address.ts";
import type { HostConn, HostListener } from "./host_conn.ts";
import { authenticate, type Connection, connectionOver } from "./channel_connection.ts";

/** How long a client may say nothing. */
const SILENCE_MS = 1000;
/** How many handshakes may be in progress at a time. */
const MOST_HANDSHAKES = 128;

/** What an `accept` asks for. */
export interface Request {
  readonly operation: string;
  /** `null` for none. */
  readonly key: Uint8Array | null;
  /** Is told about those who fail. */
  readonly warn: (text: string) => void;
}

/** A client that is through its handshake, and the key it was through with. */
interface Arrival {
  readonly connection: Connection;
  readonly key: Uint8Array | null;
}

export class Reception implements WaitOwner, Resource {
  readonly listener: HostListener;
  #wait: Wait<Connection> | null = null;
  #request: Request | null = null;
  #accepting = false;
  #unreffed = false;
  /** A client, or an error (in a box), that came while nobody waited. */
  #spare: HostConn | null = null;
  #failure: { readonly error: unknown } | null = null;
  readonly #handshakes = new Set<Connection>();
  readonly #arrivals: Arrival[] = [];
  #closed = false;
  #onSettled: (() => void) | null = null;

  constructor(listener: HostListener) {
    this.listener = listener;
    noteOpen(this);
  }

  describeOpen(): string {
    return `a channel that listens on ${showAddress(this.listener.addr)}`;
  }

  /** How many clients are in their handshake. */
  get handshakes(): number {
    return this.#handshakes.size;
  }

  /** Waits for the next client that has the key. */
  accept(request: Request): Promise<Connection> {
    const { operation } = request;
    if (this.#closed) return Promise.reject(closedError(operation));
    if (this.#wait !== null) return Promise.reject(busyError(operation, this.#wait));
    const arrival = this.#takeArrival(request.key);
    if (arrival !== null) return immediate(operation, arrival);
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      return Promise.reject(error);
    }
    if (request.key === null && this.#spare !== null) {
      return immediate(operation, connectionOver(this.#takeSpare()!));
    }
    const wait = suspend<Connection>(operation, "ACCEPT_WAIT", this, true);
    if (!wait.pending) return wait.promise;
    this.#wait = wait;
    this.#request = request;
    const spare = this.#takeSpare();
    if (spare !== null) this.#receive(spare);
    else this.#ask();
    return wait.promise;
  }

  /** The wait was cancelled. */
  remove(wait: Wait): void {
    // An activation may cancel it before it is registered.
    if (this.#wait === wait) this.#letGo();
  }

  /** Closes the listener, and every connection that nobody has been given. Resolves once the port is free. */
  async close(): Promise<void> {
    this.#closed = true;
    noteClosed(this);
    this.listener.close();
    this.#takeSpare()?.close();
    const wait = this.#wait;
    if (wait !== null) {
      this.#letGo();
      wait.fail(closedWhileError(wait.operation));
    }
    const connections = [
      ...this.#handshakes,
      ...this.#arrivals.map((arrival) => arrival.connection),
    ];
    await Promise.all(connections.map((connection) => connection.close()));
    if (this.#accepting) await new Promise<void>((resolve) => this.#onSettled = resolve);
  }

  /** Nobody waits any more: what is pending does not keep the process alive. */
  #letGo(): void {
    this.#wait = this.#request = null;
    if (this.#accepting && !this.#closed) {
      this.#unreffed = true;
      this.listener.unref();
    }
  }

  #ask(): void {
    if (this.#unreffed) {
      this.#unreffed = false;
      this.listener.ref();
    }
    if (this.#accepting || this.#handshakes.size >= MOST_HANDSHAKES) return;
    this.#accepting = true;
    this.listener.accept().then((conn) => this.#accepted(conn), (error) => this.#failed(error));
  }

  #accepted(conn: HostConn): void {
    this.#accepting = false;
    if (this.#closed) {
      conn.close();
      this.#onSettled?.();
    } else if (this.#wait === null) {
      this.#spare = conn;
    } else {
      this.#receive(conn);
    }
  }

  #failed(cause: unknown): void {
    this.#accepting = false;
    const wait = this.#wait;
    if (this.#closed) {
      this.#onSettled?.();
      return;
    }
    const error = hostError("Channel.accept()", cause);
    if (wait === null) {
      this.#failure = { error };
    } else {
      this.#letGo();
      wait.completeWith(error);
    }
  }

  /** Takes in the client at `conn`, for the one who waits. */
  #receive(conn: HostConn): void {
    const request = this.#request!;
    const connection = connectionOver(conn);
    if (request.key === null) {
      this.#arrived({ connection, key: null });
      return;
    }
    this.#handshakes.add(connection);
    outsideTasks(() => void this.#shakeHands(connection, request.key!, request.warn, conn));
    this.#ask();
  }

  async #shakeHands(
    connection: Connection,
    key: Uint8Array,
    warn: (text: string) => void,
    conn: HostConn,
  ): Promise<void> {
    const { remoteAddr } = conn;
    const silence = new Silence(() => connection.close());
    try {
      await authenticate(connection, key, () => silence.broken());
      this.#arrived({ connection, key });
    } catch (error) {
      if (!this.#closed) {
        const client = showAddress(fromHostAddress(remoteAddr));
        warn(`Channel.accept() turned away ${client}: ${silence.reason ?? reasonOf(error)}`);
      }
    } finally {
      silence.end();
      this.#handshakes.delete(connection);
      if (this.#wait !== null) this.#ask();
    }
  }

  #arrived(arrival: Arrival): void {
    const wait = this.#wait;
    if (this.#closed) {
      void arrival.connection.close();
    } else if (wait !== null && sameKey(arrival.key, this.#request!.key)) {
      this.#letGo();
      wait.complete(arrival.connection);
    } else {
      this.#arrivals.push(arrival);
    }
  }

  #takeSpare(): HostConn | null {
    const spare = this.#spare;
    this.#spare = null;
    return spare;
  }

  #takeArrival(key: Uint8Array | null): Connection | null {
    const index = this.#arrivals.findIndex((arrival) => sameKey(arrival.key, key));
    return index < 0 ? null : this.#arrivals.splice(index, 1)[0].connection;
  }
}

/** Runs out of patience with a client that says nothing for too long. */
class Silence {
  readonly #onTooLong: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why the client was turned away, if this was why. */
  reason: string | null = null;

  constructor(onTooLong: () => void) {
    this.#onTooLong = onTooLong;
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.reason = `it was silent for ${SILENCE_MS / 1000} s in the handshake`;
      this.#onTooLong();
    }, SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sameKey(left: Uint8Array | null, right: Uint8Array | null): boolean {
  if (left === null || right === null) return left === right;
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function busyError(operation: string, wait: Wait): ReadResourceBusy {
  return new ReadResourceBusy(
    `Cannot start ${operation} because ${
      wait.scope!.task.label
    } waits in it on the same channel: ` +
      `let one task do the accepting`,
  );
}
