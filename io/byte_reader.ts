/**
 * Reading with cancellation from hosts that have none.
 *
 * A host's read cannot be taken back. So a cancelled read leaves it running: its buffer is ours, and
 * what it brings stays in there for whoever reads next, be it a socket's `recv` or any stream over
 * the same reader. While nobody waits for it, it does not keep the process alive.
 *
 * Every reading operation is *one* wait, with a {@linkcode Demand} that says what would satisfy it:
 * so many bytes, a line, everything to the end. The reader goes on asking the host until the demand
 * is met, and only then wakes the task. So no operation can be torn in two by another task, there is
 * one promise for each, and what a cancelled one had not taken is still there.
 */
import { ReadResourceBusy } from "../kernel/errors.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { type ClosedBy, closedError, closedWhileError, hostError } from "./closed.ts";
import { immediate } from "./immediate.ts";
import { ReadBuffer } from "./read_buffer.ts";

/** What bytes come from: a `Deno.Conn`, a file, an adapter of a pipe. */
export interface ByteSource {
  /** Reads into `buffer`; `null` at the end. There is never more than one at a time. */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Makes pending reads keep the process alive again. */
  ref?(): void;
  /** Stops pending reads from keeping the process alive. */
  unref?(): void;
}

/** What a reading operation waits for. */
export interface Demand<T> {
  /** How many bytes the host may be asked for at once. */
  readonly limit: number;
  /**
   * Takes what it wants out of `buffer`; `undefined` if there is not enough yet, which is no answer
   * once the input has `ended`. May throw.
   */
  take(buffer: ReadBuffer, ended: boolean): T | undefined;
  /** The operation ends part-way with `error`, which may be told what it had taken. */
  interrupted?(error: unknown): void;
}

export class ByteReader implements WaitOwner {
  /** Bytes that have been read and not been taken. */
  readonly buffer: ReadBuffer = new ReadBuffer();
  readonly #source: ByteSource;
  #wait: Wait | null = null;
  #demand: Demand<unknown> | null = null;
  /** Whether a read of the host is in flight. */
  #reading = false;
  #unreffed = false;
  /** The end, or an error (in a box), came while nobody waited: the next is told. */
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #sawEnd = false;
  #isShut = false;
  #closed: ClosedBy | null = null;
  /** The operation of somebody who reads from the source himself. */
  #claim: string | null = null;
  #onSettled: (() => void) | null = null;
  // One pair for good: a read makes no closures.
  readonly #onRead = (count: number | null): void => this.#landed(count);
  readonly #onReadError = (error: unknown): void => this.#failed(error);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Whether the host can have no bytes that are not in our hands: it told the end, or would tell us. */
  get isDrained(): boolean {
    return this.#reading || this.#sawEnd;
  }

  /** The operation a task waits in, or `null`. */
  get waiting(): string | null {
    return this.#wait?.operation ?? null;
  }

  /** Waits until `demand` is met. No blocking point if it can be met at once. */
  read<T>(operation: string, demand: Demand<T>): Promise<T> {
    if (this.#closed !== null || this.#wait !== null || this.#claim !== null) {
      return Promise.reject(this.#refusal(operation)!);
    }
    if (this.buffer.length > 0 || this.#ended || this.#isShut || this.#failure !== null) {
      try {
        const taken = this.#takeAtOnce(demand);
        if (taken !== undefined) return immediate(operation, taken);
      } catch (error) {
        demand.interrupted?.(error);
        return Promise.reject(error);
      }
    }
    const wait = suspendAnywhere<T>(operation, "READ_WAIT", this);
    if (wait.pending) {
      this.#wait = wait;
      this.#demand = demand;
      if (this.#unreffed) this.#ref();
      if (!this.#reading) this.#ask(demand);
    } else if (demand.interrupted !== undefined) {
      wait.promise.then(undefined, (error) => demand.interrupted!(error));
    }
    return wait.promise;
  }

  /** Keeps everybody from reading until {@linkcode ByteReader.release}. */
  claim(operation: string): void {
    const refusal = this.#refusal(operation);
    if (refusal !== null) throw refusal;
    this.#claim = operation;
  }

  /** Ends a claim. */
  release(): void {
    this.#claim = null;
  }

  /** The wait was cancelled: see the head of this file. */
  remove(wait: Wait, error?: unknown): void {
    // An activation may cancel it before it is registered.
    if (this.#wait !== wait) return;
    const demand = this.#letGo();
    if (this.#reading && this.#source.unref !== undefined) {
      this.#source.unref();
      this.#unreffed = true;
    }
    if (error !== undefined) demand.interrupted?.(error);
  }

  /** From now on what has been read is all there is: whoever waits sees the end. */
  shut(): void {
    this.#isShut = true;
    const wait = this.#wait;
    if (wait === null) return;
    const demand = this.#demand!;
    this.remove(wait);
    settle(wait, demand, () => demand.take(this.buffer, true));
  }

  /** Refuses to read from now on; whoever waits gets `CurioError`. The source is its owner's to close. */
  close(by: ClosedBy): void {
    if (this.#closed !== null) return;
    this.#closed = by;
    const wait = this.#wait;
    if (wait === null) return;
    const demand = this.#letGo();
    settle(wait, demand, () => {
      throw closedWhileError(wait.operation, by);
    });
  }

  /** Ends a wait with `CurioError`, and closes nothing: what the read in flight brings is for the next. */
  dismiss(by: ClosedBy): void {
    const wait = this.#wait;
    if (wait === null) return;
    const demand = this.#demand!;
    this.remove(wait);
    settle(wait, demand, () => {
      throw closedWhileError(wait.operation, by);
    });
  }

  /** Resolves once no read of the host is in flight. */
  settled(): Promise<void> {
    if (!this.#reading) return Promise.resolve();
    return new Promise((resolve) => this.#onSettled = resolve);
  }

  /** Whether there is something in our hands that the source would not give again. */
  get hasLeftover(): boolean {
    return this.#reading || this.buffer.length > 0 || this.#failure !== null;
  }

  /**
   * For whoever has been given the source after {@linkcode ByteReader.close}: reads what is still in our
   * hands. `undefined` once there is nothing.
   */
  async readLeftover(target: Uint8Array): Promise<number | null | undefined> {
    if (this.#unreffed) this.#ref();
    while (this.#reading && this.buffer.length === 0) await this.settled();
    if (this.buffer.length > 0) return this.buffer.takeInto(target);
    if (!this.#takeEnd()) return undefined;
    return null;
  }

  #refusal(operation: string): Error | null {
    if (this.#closed !== null) return closedError(operation, this.#closed);
    const wait = this.#wait;
    const other = wait?.operation ?? this.#claim;
    return other === null ? null : busyError(operation, other, wait);
  }

  #letGo(): Demand<unknown> {
    const demand = this.#demand!;
    this.#wait = this.#demand = null;
    return demand;
  }

  #takeAtOnce<T>(demand: Demand<T>): T | undefined {
    const taken = demand.take(this.buffer, this.#isShut);
    if (taken !== undefined) return taken;
    if (!this.#takeEnd()) return undefined;
    return demand.take(this.buffer, true);
  }

  /** Whether the end came while nobody waited; throws the error if it was one. Once told, it is forgotten. */
  #takeEnd(): boolean {
    const ended = this.#ended;
    const failure = this.#failure;
    this.#ended = false;
    this.#failure = null;
    if (failure !== null) throw failure.error;
    return ended;
  }

  #ref(): void {
    this.#unreffed = false;
    this.#source.ref!();
  }

  #ask(demand: Demand<unknown>): void {
    this.#reading = true;
    this.#source.read(this.buffer.reserve(demand.limit)).then(this.#onRead, this.#onReadError);
  }

  #landed(count: number | null): void {
    this.#reading = false;
    this.buffer.filled(count ?? 0);
    if (count === null) this.#sawEnd = true;
    const wait = this.#wait;
    if (wait === null) {
      this.#ended = count === null;
      this.#onSettled?.();
      return;
    }
    const demand = this.#demand!;
    let taken: unknown;
    try {
      taken = demand.take(this.buffer, count === null);
    } catch (error) {
      this.#letGo();
      demand.interrupted?.(error);
      wait.completeWith(error);
      return;
    }
    if (taken === undefined) {
      this.#ask(demand);
    } else {
      this.#wait = this.#demand = null;
      wait.complete(taken);
    }
  }

  #failed(cause: unknown): void {
    this.#reading = false;
    this.buffer.filled(0);
    const wait = this.#wait;
    const error = hostError(wait?.operation ?? "a read", cause);
    if (wait === null) {
      this.#failure = { error };
      this.#onSettled?.();
      return;
    }
    this.#letGo().interrupted?.(error);
    wait.completeWith(error);
  }
}

/** Gives `wait` what `outcome` returns or throws, from code that may run inside a task. */
function settle(wait: Wait, demand: Demand<unknown>, outcome: () => unknown): void {
  try {
    wait.wake(outcome());
  } catch (error) {
    demand.interrupted?.(error);
    wait.fail(error);
  }
}

function busyError(operation: string, other: string, wait: Wait | null): ReadResourceBusy {
  const holder = wait === null || wait.scope === null ? "other code" : wait.scope.task.label;
  const verb = wait === null ? "is" : "waits";
  return new ReadResourceBusy(
    `Cannot start ${operation} because ${holder} ${verb} in ${other} on the same socket, file or ` +
      `stream: let one task do the reading`,
  );
}
