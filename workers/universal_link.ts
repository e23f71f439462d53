/**
 * The line between a universal object and a call in a worker that was given it. Messages are short
 * arrays that begin with their kind.
 *
 * A port holds what was posted to it until somebody takes it, also after the sender's death. So nothing
 * is lost as long as this end takes everything before it closes; and it is closed only when the call is
 * over, so that whatever the call posted is there by then.
 *
 * But a port with a listener has a moment when a message has left the port and not reached the listener:
 * whoever looks into the port just then misses it, and takes those behind it first. So the port has no
 * listener. This end takes messages out by itself, once a *bell* has rung, a port of its own; and goes on
 * looking for some turns of the event loop, in which the worker need not ring. That saves it the waking of
 * this thread for each message, most of their cost.
 */
import { outsideTasks } from "../kernel/current.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { receiveMessageOnPort } from "node:worker_threads";

/** A message of a universal object: its kind, and what goes with that. */
export type UniversalMessage = readonly [kind: string, ...rest: unknown[]];

/** A worker's end of a line. */
export interface FarEnd {
  readonly port: MessagePort;
  readonly bell: MessagePort;
  /** 1 while this side looks for messages, or will because the bell was rung. */
  readonly looking: Int32Array;
}

/** What the host's ports have beyond those of the web. */
type HostPort = MessagePort & { unref(): void };

/** So many turns of the event loop without a message it looks before it wants the bell to be rung. */
const LOOKS = 20;

/** This thread's end of a line. */
export class UniversalLink implements Resource {
  /** The end that goes to the worker. */
  readonly far: FarEnd;
  readonly #port: MessagePort;
  readonly #bell: HostPort;
  readonly #name: string;
  readonly #receive: (message: UniversalMessage) => void;
  #looks = 0;
  #next: ReturnType<typeof setImmediate> | null = null;
  #closed = false;

  /**
   * @param name What reports call the object.
   * @param receive Called with each message.
   */
  constructor(name: string, receive: (message: UniversalMessage) => void) {
    const line = new MessageChannel();
    const bells = new MessageChannel();
    const looking = new Int32Array(new SharedArrayBuffer(4));
    this.far = { port: line.port2, bell: bells.port2, looking };
    this.#port = line.port1;
    this.#bell = bells.port1 as HostPort;
    this.#name = name;
    this.#receive = receive;
    // What a worker brings about is no task's doing.
    outsideTasks(() => {
      this.#bell.onmessage = () => {
        this.#looks = 0;
        if (this.#next === null) this.#look();
      };
    });
    this.#bell.unref();
    noteOpen(this);
  }

  describeOpen(): string {
    return `the line of a ${this.#name} to a worker`;
  }

  /**
   * Posts `message`.
   *
   * @throws {DOMException} A `DataCloneError`, if something in it cannot travel.
   */
  post(...message: UniversalMessage): void {
    if (!this.#closed) this.#port.postMessage(message);
  }

  /** Takes what has come by now; whether there was something. */
  poll(): boolean {
    if (this.#closed) return false;
    // deno-lint-ignore no-explicit-any -- the port is the web's, and the function for it is Node's
    const port = this.#port as any;
    let next = receiveMessageOnPort(port);
    const any = next !== undefined;
    for (; next !== undefined; next = receiveMessageOnPort(port)) this.#receive(next.message);
    return any;
  }

  /** Takes what has come, and closes the line. */
  close(): void {
    if (this.#closed) return;
    this.poll();
    this.#closed = true;
    if (this.#next !== null) clearImmediate(this.#next);
    this.#port.close();
    this.#bell.close();
    noteClosed(this);
  }

  /** Looks for messages for as long as some come. */
  readonly #look = (): void => {
    this.#next = null;
    this.#looks = this.poll() ? 0 : this.#looks + 1;
    if (this.#closed || (this.#looks > LOOKS && this.#mayStop())) return;
    this.#next = setImmediate(this.#look);
  };

  /** Says that it looks no more; `false` if something came before that could be seen. */
  #mayStop(): boolean {
    const { looking } = this.far;
    Atomics.store(looking, 0, 0);
    // A bell that was rung since will be heard.
    return !this.poll() || Atomics.compareExchange(looking, 0, 0, 1) !== 0;
  }
}
