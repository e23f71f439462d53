/**
 * Writing with cancellation to hosts that have none.
 *
 * A host's write cannot be taken back, and may write less than it was given. So data go out in pieces,
 * and a cancelled write says exactly what the peer will have received: the pieces that are gone, and
 * the one in flight, which is seen through to its end behind the scenes; the next write waits for it.
 *
 * Pieces are sent from the caller's own array. Until its last piece is gone, it is not the caller's to
 * change.
 */
import { WriteResourceBusy } from "../kernel/errors.ts";
import { noteProgress } from "../kernel/progress.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { type ClosedBy, closedError, closedWhileError, hostError } from "./closed.ts";
import { immediate } from "./immediate.ts";

/** The most that is in flight at once. */
export const PIECE_SIZE = 64 * 1024;

const NOTHING = new Uint8Array(0);

/** Where bytes go: a `Deno.Conn`, a file, an adapter of a pipe. */
export interface ByteSink {
  /** Writes some of `data`, and tells how many bytes. There is never more than one at a time. */
  write(data: Uint8Array): Promise<number>;
}

/** What an error that ends a write part-way calls the number of bytes that are gone. */
export type Progress = "bytesSent" | "bytesWritten";

export class ByteWriter implements WaitOwner {
  readonly #sink: ByteSink;
  #progress: Progress = "bytesSent";
  #wait: Wait | null = null;
  /** What the wait wants to be sent, how much of it is gone, and whether one piece is enough. */
  #data: Uint8Array = NOTHING;
  #sent = 0;
  #onePiece = false;
  /** What to resolve with; the number of bytes if `undefined` and one piece is enough. */
  #result: unknown = undefined;
  /** What the host has been given and has not written yet. */
  #piece: Uint8Array | null = null;
  /** Whether the write that the piece belongs to was cancelled. */
  #orphaned = false;
  #total = 0;
  /** The operation of several writes that nobody else may write between. */
  #claim: string | null = null;
  #closed: ClosedBy | null = null;
  #onSettled: (() => void) | null = null;
  // One pair for good: a write makes no closures.
  readonly #onWritten = (count: number): void => this.#written(count);
  readonly #onWriteError = (error: unknown): void => this.#failed(error);

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** How many bytes have been written in all. */
  get sent(): number {
    return this.#total;
  }

  /** Whether a piece is in flight. */
  get writing(): boolean {
    return this.#piece !== null;
  }

  /** The operation a task waits in, or `null`. */
  get waiting(): string | null {
    return this.#wait?.operation ?? null;
  }

  /** Writes all of `data`, then resolves with `result`. */
  write<T>(operation: string, data: Uint8Array, progress: Progress, result: T): Promise<T> {
    return this.#begin(operation, data, progress, false, result);
  }

  /** Writes some of `data`, and resolves with the number of bytes. */
  writeSome(operation: string, data: Uint8Array): Promise<number> {
    return this.#begin<number>(operation, data, "bytesSent", true, undefined);
  }

  /** Keeps everybody else from writing until {@linkcode ByteWriter.release}. */
  claim(operation: string): void {
    this.#check(operation);
    if (this.#claim !== null) throw busyError(operation, this.#claim, null);
    this.#claim = operation;
  }

  /** Ends a claim. */
  release(): void {
    this.#claim = null;
  }

  /** Waits for what a cancelled write left in flight. */
  flush(operation: string): Promise<void> {
    return this.#begin<void>(operation, NOTHING, "bytesSent", false, undefined);
  }

  /** The wait was cancelled: see the head of this file. */
  remove(wait: Wait, error?: unknown): void {
    // An activation may cancel it before it is registered.
    if (this.#wait !== wait) return;
    let gone = this.#sent;
    if (this.#piece !== null && !this.#orphaned) {
      gone += this.#piece.length;
      this.#orphaned = true;
    }
    this.#letGo();
    if (error !== undefined) annotate(error, this.#progress, gone);
  }

  /** Refuses to write from now on; whoever waits gets `CurioError`. The sink is its owner's to close. */
  close(by: ClosedBy): void {
    if (this.#closed !== null) return;
    this.#closed = by;
    const wait = this.#wait;
    if (wait === null) return;
    const error = closedWhileError(wait.operation, by);
    // What is in flight is lost with the connection.
    annotate(error, this.#progress, this.#sent);
    this.remove(wait);
    wait.fail(error);
  }

  /** Resolves once no write of the host is in flight. */
  settled(): Promise<void> {
    if (this.#piece === null) return Promise.resolve();
    return new Promise((resolve) => this.#onSettled = resolve);
  }

  #begin<T>(
    operation: string,
    data: Uint8Array,
    progress: Progress,
    onePiece: boolean,
    result: T | undefined,
  ): Promise<T> {
    try {
      this.#check(operation);
    } catch (error) {
      return Promise.reject(error);
    }
    if (data.length === 0 && this.#piece === null) {
      return immediate(operation, (onePiece ? 0 : result) as T);
    }
    const wait = suspendAnywhere<T>(operation, "WRITE_WAIT", this);
    if (!wait.pending) {
      wait.promise.then(undefined, (error) => annotate(error, progress, 0));
      return wait.promise;
    }
    this.#progress = progress;
    this.#wait = wait;
    this.#data = data;
    this.#sent = 0;
    this.#onePiece = onePiece;
    this.#result = result;
    if (this.#piece === null) this.#next();
    return wait.promise;
  }

  #check(operation: string): void {
    if (this.#closed !== null) throw closedError(operation, this.#closed);
    const other = this.#wait?.operation ?? this.#claim;
    if (other === null || (other === this.#claim && other === operation && this.#wait === null)) {
      return;
    }
    throw busyError(operation, other, this.#wait);
  }

  #letGo(): void {
    this.#wait = null;
    this.#data = NOTHING;
    this.#result = undefined;
  }

  /** Sends the next piece, or is done. */
  #next(): void {
    const data = this.#data;
    const sent = this.#sent;
    if (sent === data.length || (this.#onePiece && sent > 0)) {
      const wait = this.#wait!;
      const result = this.#onePiece ? sent : this.#result;
      this.#letGo();
      wait.complete(result);
      return;
    }
    const whole = sent === 0 && data.length <= PIECE_SIZE;
    this.#send(whole ? data : data.subarray(sent, sent + PIECE_SIZE));
  }

  #send(piece: Uint8Array): void {
    this.#piece = piece;
    this.#sink.write(piece).then(this.#onWritten, this.#onWriteError);
  }

  #written(count: number): void {
    const piece = this.#piece!;
    this.#piece = null;
    this.#total += count;
    if (!this.#orphaned) {
      this.#sent += count;
      this.#next();
    } else if (count < piece.length && this.#closed !== "closed") {
      this.#send(piece.subarray(count));
    } else {
      this.#endOrphan();
    }
  }

  #failed(cause: unknown): void {
    this.#piece = null;
    if (this.#orphaned) {
      this.#endOrphan();
      return;
    }
    const wait = this.#wait!;
    const error = hostError(wait.operation, cause);
    annotate(error, this.#progress, this.#sent);
    this.#letGo();
    wait.completeWith(error);
  }

  #endOrphan(): void {
    this.#orphaned = false;
    this.#onSettled?.();
    if (this.#wait !== null) this.#next();
  }
}

function annotate(error: unknown, progress: Progress, gone: number): void {
  noteProgress(error, { [progress]: gone });
}

function busyError(operation: string, other: string, wait: Wait | null): WriteResourceBusy {
  const holder = wait === null || wait.scope === null ? "other code" : wait.scope.task.label;
  return new WriteResourceBusy(
    `Cannot start ${operation} because ${holder} is in ${other} on the same socket, file or stream: ` +
      `let one task do the writing`,
  );
}
