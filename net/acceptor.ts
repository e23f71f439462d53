/**
 * Accepting with cancellation from a host that has none. A cancelled accept stays in flight, and the
 * connection it brings goes to whoever accepts next, or is closed with the listener. While nobody waits
 * for it, it does not keep the process alive.
 */
import { ReadResourceBusy } from "../kernel/errors.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { type ClosedBy, closedError, closedWhileError, hostError } from "../io/closed.ts";
import { immediate } from "../io/immediate.ts";
import { showAddress } from "./address.ts";
import type { HostConn, HostListener } from "./host_conn.ts";

export class Acceptor<T> implements WaitOwner, Resource {
  readonly listener: HostListener;
  readonly #wrap: (conn: HostConn) => T;
  #wait: Wait<T> | null = null;
  #accepting = false;
  #unreffed = false;
  /** A connection, or an error (in a box), that came while nobody waited. */
  #spare: HostConn | null = null;
  #failure: { readonly error: unknown } | null = null;
  #closed: ClosedBy | null = null;
  #onSettled: (() => void) | null = null;
  // One pair for good: an accept makes no closures.
  readonly #onAccepted = (conn: HostConn): void => this.#accepted(conn);
  readonly #onAcceptError = (error: unknown): void => this.#failed(error);

  /** @param wrap Makes of a connection what `accept` gives. */
  constructor(listener: HostListener, wrap: (conn: HostConn) => T) {
    this.listener = listener;
    this.#wrap = wrap;
    noteOpen(this);
  }

  describeOpen(): string {
    return `a socket that listens on ${showAddress(this.listener.addr)}`;
  }

  /** Waits for the next connection. */
  accept(operation: string): Promise<T> {
    if (this.#closed !== null) return Promise.reject(closedError(operation, this.#closed));
    if (this.#wait !== null) return Promise.reject(busyError(operation, this.#wait));
    if (this.#spare !== null) {
      const conn = this.#spare;
      this.#spare = null;
      return immediate(operation, this.#wrap(conn));
    }
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      return Promise.reject(error);
    }
    const wait = suspendAnywhere<T>(operation, "ACCEPT_WAIT", this);
    if (!wait.pending) return wait.promise;
    this.#wait = wait;
    if (this.#unreffed) this.#ref(true);
    if (!this.#accepting) {
      this.#accepting = true;
      this.listener.accept().then(this.#onAccepted, this.#onAcceptError);
    }
    return wait.promise;
  }

  /** The wait was cancelled: see the head of this file. */
  remove(wait: Wait): void {
    // An activation may cancel it before it is registered.
    if (this.#wait !== wait) return;
    this.#wait = null;
    if (this.#accepting) this.#ref(false);
  }

  /** Closes the listener. Resolves once its port is free: a pending accept of the host holds it. */
  close(): Promise<void> {
    this.#closed = "closed";
    noteClosed(this);
    this.listener.close();
    this.#spare?.close();
    this.#spare = null;
    const wait = this.#wait;
    this.#wait = null;
    wait?.fail(closedWhileError(wait.operation));
    if (!this.#accepting) return Promise.resolve();
    return new Promise((resolve) => this.#onSettled = resolve);
  }

  #ref(on: boolean): void {
    this.#unreffed = !on;
    if (on) this.listener.ref();
    else this.listener.unref();
  }

  #accepted(conn: HostConn): void {
    this.#accepting = false;
    const wait = this.#wait;
    if (this.#closed !== null) {
      conn.close();
      this.#onSettled?.();
    } else if (wait === null) {
      this.#spare = conn;
    } else {
      this.#wait = null;
      wait.complete(this.#wrap(conn));
    }
  }

  #failed(cause: unknown): void {
    this.#accepting = false;
    const wait = this.#wait;
    const error = hostError(wait?.operation ?? "an accept", cause);
    if (this.#closed !== null) {
      this.#onSettled?.();
    } else if (wait === null) {
      this.#failure = { error };
    } else {
      this.#wait = null;
      wait.completeWith(error);
    }
  }
}

function busyError(operation: string, wait: Wait): ReadResourceBusy {
  const holder = wait.scope === null ? "other code" : wait.scope.task.label;
  return new ReadResourceBusy(
    `Cannot start ${operation} because ${holder} waits in it on the same socket: ` +
      `let one task do the accepting`,
  );
}
