/**
 * One operation of a file at a time, with cancellation that the host does not have.
 *
 * What a file does for an operation is a few steps of the host, one after another: land the read that
 * is in flight, seek back to where the reader is, write a piece, another piece. They make a *job*. A
 * task waits for it in one wait. Cancelled, the wait ends at once and the job is *abandoned*: the step
 * that runs is seen through, and it begins no other. The next operation starts when it is done.
 */
import { ReadResourceBusy, WriteResourceBusy } from "../kernel/errors.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { closedError, closedWhileError, hostError } from "./closed.ts";

/** What a file does for one operation. */
export interface Job<T> {
  /** Whether the task waits to read or to write. */
  readonly state: "READ_WAIT" | "WRITE_WAIT";
  /** Whether the next operation need not wait for it once it is abandoned. */
  readonly detached?: boolean;
  /** Nobody waits for it any more: begin no step. */
  abandoned: boolean;
  /** Takes the steps. */
  run(): Promise<T>;
  /** The wait ends part-way with `error`, which may be told how far it got. */
  interrupted?(error: unknown): void;
  /** A step failed with `error`, which may be told how far it got. */
  failed?(error: unknown): void;
}

export class FileTurns implements WaitOwner {
  #wait: Wait | null = null;
  #job: Job<unknown> | null = null;
  /** Resolves once what was abandoned is done. Never rejects. */
  #before: Promise<void> | null = null;
  /** What a write failed with that had been abandoned (in a box): the next is told. */
  #lost: { readonly error: unknown } | null = null;
  #closed = false;

  /** The operation a task waits in, or `null`. */
  get waiting(): string | null {
    return this.#wait?.operation ?? null;
  }

  /** Whether an operation that needs no host may be done right now. */
  get idle(): boolean {
    return this.#wait === null && this.#before === null;
  }

  /** Whether the next write will be told that an abandoned one failed. */
  get lost(): boolean {
    return this.#lost !== null;
  }

  /** Whether the file has been closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The error for `operation` if it cannot begin now, or `null`. */
  refusal(operation: string): Error | null {
    if (this.#closed) return closedError(operation);
    return this.#wait === null ? null : busyError(operation, this.#wait);
  }

  /** Waits for `job` to be done. */
  perform<T>(operation: string, job: Job<T>): Promise<T> {
    const refusal = this.refusal(operation);
    if (refusal !== null) return Promise.reject(refusal);
    const wait = suspendAnywhere<T>(operation, job.state, this);
    if (!wait.pending) {
      wait.promise.then(undefined, (error) => job.interrupted?.(error));
      return wait.promise;
    }
    this.#wait = wait;
    this.#job = job;
    const done = this.#follow(wait, job, this.#before);
    if (!job.detached) this.#queue(done);
    return wait.promise;
  }

  /** The wait was cancelled: see the head of this file. */
  remove(wait: Wait, error?: unknown): void {
    // An activation may cancel it before it is registered.
    if (this.#wait !== wait) return;
    const job = this.#job!;
    this.#wait = this.#job = null;
    job.abandoned = true;
    if (error !== undefined) job.interrupted?.(error);
  }

  /** Refuses every operation from now on; whoever waits gets `CurioError`. */
  close(): void {
    this.#closed = true;
    const wait = this.#wait;
    if (wait === null) return;
    const error = closedWhileError(wait.operation);
    this.remove(wait, error);
    wait.fail(error);
  }

  /** Resolves once nothing that was begun is still on its way. */
  async settled(): Promise<void> {
    await this.#before;
  }

  #queue(done: Promise<void>): void {
    const before = done.then(() => {
      if (this.#before === before) this.#before = null;
    });
    this.#before = before;
  }

  #tellLost(): void {
    const lost = this.#lost;
    this.#lost = null;
    if (lost !== null) throw lost.error;
  }

  async #follow<T>(wait: Wait<T>, job: Job<T>, before: Promise<void> | null): Promise<void> {
    try {
      if (before !== null) await before;
      if (job.abandoned) return;
      if (job.state === "WRITE_WAIT") this.#tellLost();
      const result = await job.run();
      if (job.abandoned) return;
      this.#wait = this.#job = null;
      wait.complete(result);
    } catch (cause) {
      if (job.abandoned) {
        if (job.state === "WRITE_WAIT") this.#lost = { error: cause };
        return;
      }
      this.#wait = this.#job = null;
      const error = hostError(wait.operation, cause);
      job.failed?.(error);
      wait.completeWith(error);
    }
  }
}

function busyError(operation: string, wait: Wait): Error {
  const holder = wait.scope === null ? "other code" : wait.scope.task.label;
  const busy = wait.state === "READ_WAIT" ? ReadResourceBusy : WriteResourceBusy;
  return new busy(
    `Cannot start ${operation} because ${holder} waits in ${wait.operation} on the same file: ` +
      `let one task use it, or take turns with a Lock`,
  );
}
