/**
 * Datagrams that have come and that nobody has received. The host hands over whatever comes, wanted or
 * not, so what a system's receive buffer does is done here: up to a limit they are kept, in order, and
 * what comes while it is full is dropped, as UDP may.
 *
 * A cancelled wait takes nothing: what comes is kept for the next.
 */
import { type ClosedBy, closedError, closedWhileError } from "../io/closed.ts";
import { immediate } from "../io/immediate.ts";
import { ReadResourceBusy } from "../kernel/errors.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import type { Datagram } from "./datagram_port.ts";

/** Linux's default, in bytes. */
const DEFAULT_LIMIT = 212_992;
/** What keeping a datagram costs besides its bytes: empty ones do not come for nothing. */
const OVERHEAD = 512;

/** A host timer that never matters, but keeps the process alive. */
const KEEP_ALIVE_MS = 2 ** 30;

export class DatagramInbox implements WaitOwner {
  readonly #datagrams: Datagram[] = [];
  #size = 0;
  #wait: Wait | null = null;
  #take: ((datagram: Datagram) => unknown) | null = null;
  /** Runs while code outside any task waits: a task's run keeps the process alive by itself. */
  #keepAlive: ReturnType<typeof setInterval> | null = null;
  #closed: ClosedBy | null = null;
  /** How much is kept, in bytes. */
  limit: number = DEFAULT_LIMIT;
  /** How many have been dropped. */
  dropped = 0;

  /** How many are kept. */
  get length(): number {
    return this.#datagrams.length;
  }

  /** Waits for the next datagram; resolves with what `take` makes of it. */
  receive<T>(operation: string, take: (datagram: Datagram) => T): Promise<T> {
    if (this.#closed !== null) return Promise.reject(closedError(operation, this.#closed));
    if (this.#wait !== null) return Promise.reject(busyError(operation, this.#wait));
    const first = this.#datagrams.shift();
    if (first !== undefined) {
      this.#size -= costOf(first);
      return immediate(operation, take(first));
    }
    const wait = suspendAnywhere<T>(operation, "READ_WAIT", this);
    if (!wait.pending) return wait.promise;
    this.#wait = wait;
    this.#take = take;
    if (wait.scope === null) this.#keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
    return wait.promise;
  }

  /** Takes in what has come. */
  arrive(datagram: Datagram): void {
    const wait = this.#wait;
    if (wait !== null) {
      const take = this.#take!;
      this.#letGo();
      wait.complete(take(datagram));
    } else if (this.#size + costOf(datagram) > this.limit) {
      this.dropped++;
    } else {
      this.#size += costOf(datagram);
      this.#datagrams.push(datagram);
    }
  }

  /** The wait was cancelled. */
  remove(wait: Wait): void {
    // An activation may cancel it before it is registered.
    if (this.#wait === wait) this.#letGo();
  }

  /** Drops everything; whoever waits gets `CurioError`. */
  close(by: ClosedBy): void {
    this.#closed = by;
    this.#datagrams.length = this.#size = 0;
    const wait = this.#wait;
    if (wait === null) return;
    this.#letGo();
    wait.fail(closedWhileError(wait.operation, by));
  }

  #letGo(): void {
    this.#wait = this.#take = null;
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    this.#keepAlive = null;
  }
}

function costOf(datagram: Datagram): number {
  return datagram.data.length + OVERHEAD;
}

function busyError(operation: string, wait: Wait): ReadResourceBusy {
  const holder = wait.scope === null ? "other code" : wait.scope.task.label;
  return new ReadResourceBusy(
    `Cannot start ${operation} because ${holder} waits in ${wait.operation} on the same socket: ` +
      `let one task do the receiving`,
  );
}
