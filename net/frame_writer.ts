/**
 * Sending messages whole. A message that is cut off would make nonsense of all that follow, so one that
 * has been begun is sent to its end, outside any task: a cancelled send is sent entirely or not at all.
 */
import { closedError, closedWhileError } from "../io/closed.ts";
import type { ByteWriter } from "../io/byte_writer.ts";
import { outsideTasks } from "../kernel/current.ts";
import { WriteResourceBusy } from "../kernel/errors.ts";
import { noteProgress } from "../kernel/progress.ts";
import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { frameStart, JOINED_SIZE } from "./frames.ts";

const NOTHING = new Uint8Array(0);

export class FrameWriter implements WaitOwner {
  readonly #writer: ByteWriter;
  #wait: Wait<void> | null = null;
  #message: Uint8Array = NOTHING;
  /** Whether a message is on its way, and whether it is the one that somebody waits for. */
  #sending = false;
  #begun = false;
  #isClosed = false;
  readonly #onSent = (): void => this.#sent();
  readonly #onError = (error: unknown): void => this.#failed(error);

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** The operation a task waits in, or `null`. */
  get waiting(): string | null {
    return this.#wait?.operation ?? null;
  }

  /** Sends `message`, after the one that a cancelled send left on its way. */
  send(operation: string, message: Uint8Array): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError(operation));
    if (this.#wait !== null) return Promise.reject(busyError(operation, this.#wait));
    const wait = suspendAnywhere<void>(operation, "WRITE_WAIT", this);
    if (!wait.pending) {
      wait.promise.then(undefined, (error) => annotate(error, 0));
      return wait.promise;
    }
    this.#wait = wait;
    this.#message = message;
    if (!this.#sending) this.#begin();
    return wait.promise;
  }

  /** The wait was cancelled: see the head of this file. */
  remove(wait: Wait, error?: unknown): void {
    // An activation may cancel it before it is registered.
    if (this.#wait === wait) annotate(error, this.#letGo());
  }

  /** Refuses to send from now on; whoever waits gets `CurioError`. */
  close(): void {
    this.#isClosed = true;
    const wait = this.#wait;
    if (wait === null) return;
    this.#letGo();
    const error = closedWhileError(wait.operation);
    annotate(error, 0);
    wait.fail(error);
  }

  /** Nobody waits any more. How many bytes of theirs are as good as gone? */
  #letGo(): number {
    const gone = this.#begun ? this.#message.length : 0;
    this.#wait = null;
    this.#message = NOTHING;
    this.#begun = false;
    return gone;
  }

  #begin(): void {
    const { operation } = this.#wait!;
    const message = this.#message;
    this.#sending = this.#begun = true;
    outsideTasks(() => this.#write(operation, message)).then(this.#onSent, this.#onError);
  }

  #write(operation: string, message: Uint8Array): Promise<void> {
    const start = this.#writer.write(operation, frameStart(message), "bytesSent", undefined);
    if (message.length <= JOINED_SIZE) return start;
    const rest = message.subarray(JOINED_SIZE);
    return start.then(() => this.#writer.write(operation, rest, "bytesSent", undefined));
  }

  #sent(): void {
    this.#sending = false;
    const wait = this.#wait;
    if (wait === null) return;
    if (this.#begun) {
      this.#letGo();
      wait.complete();
    } else {
      this.#begin();
    }
  }

  #failed(error: unknown): void {
    this.#sending = false;
    const wait = this.#wait;
    if (wait === null) return;
    if (this.#begun) {
      this.#letGo();
      annotate(error, 0);
      wait.completeWith(error);
    } else {
      // The one before it could not be sent. Nor can this, and it is to hear why.
      this.#begin();
    }
  }
}

/** No more than a whole message is ever of use to the peer. */
function annotate(error: unknown, bytesSent: number): void {
  noteProgress(error, { bytesSent });
}

function busyError(operation: string, wait: Wait): WriteResourceBusy {
  const holder = wait.scope === null ? "other code" : wait.scope.task.label;
  return new WriteResourceBusy(
    `Cannot start ${operation} because ${holder} waits in ${wait.operation} on the same connection: ` +
      `let one task do the sending`,
  );
}
