import { farErrorClass } from "./thread_errors.ts";
import type { FarEnd } from "./universal_link.ts";

/** What a call waits for. */
export interface Settling {
  readonly resolve: (value?: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A port that was received with a call. */
type FarPort = MessagePort & { unref?(): void };

/** The answers that calls wait for, by number; travels as text. */
export class FarAnswers {
  readonly #waiting = new Map<number, Settling>();
  #last = 0;
  readonly #name: string;
  readonly #end: FarEnd;
  #ended: Error | null = null;

  /** Listens to the other end; what is no answer goes to `receive`. */
  constructor(name: string, end: FarEnd, receive: (kind: string, first: unknown) => void) {
    this.#name = name;
    this.#end = end;
    const port: FarPort = end.port;
    port.onmessage = ({ data: [kind, first, second] }) => {
      const waiting = this.#waiting.get(first);
      if (kind !== "answer" && kind !== "failure") return receive(kind, first);
      this.#waiting.delete(first);
      if (kind === "answer") waiting?.resolve(second);
      else waiting?.reject(second);
    };
    port.addEventListener("close", () => {
      this.#ended = this.over();
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
      this.#waiting.clear();
      receive("ended", this.#ended);
    });
    port.unref?.();
  }

  /** Posts a message, and rings the bell if nobody is looking. */
  post(...message: unknown[]): void {
    const { port, bell, looking } = this.#end;
    port.postMessage(message);
    if (Atomics.compareExchange(looking, 0, 0, 1) === 0) bell.postMessage(0);
  }

  /** The error for what comes too late. */
  over(): Error {
    return new (farErrorClass("CurioError"))(
      `Cannot use a ${this.#name} because the call that brought it to this worker is over: ` +
        `wait for everything before the function returns`,
    );
  }

  /** Throws if the call that brought the object is over. */
  check(): void {
    if (this.#ended !== null) throw this.#ended;
  }

  /** A promise of the answer to what `ask` posts under a number. */
  ask(ask: (id: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.check();
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject });
      ask(id);
    });
  }
}
