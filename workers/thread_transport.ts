import { CurioError } from "../kernel/errors.ts";
import { allUnpackers, packArguments } from "./baggage.ts";
import { FAR_CALLS, serveCalls } from "./far_calls.ts";
import type { Down, FarPort, Up } from "./far_protocol.ts";
import { farText } from "./far_text.ts";
import { HostWorker } from "./host_worker.ts";
import type { Call, Link, LinkEvents, Transport } from "./transport.ts";

/** A message for a thread, and what of it is to be transferred. */
interface ThreadLetter {
  readonly message: Down;
  readonly transfer: Transferable[];
  /** Releases its baggage. */
  readonly release: () => void;
}

/** The part of a worker's port that we need, as `node:worker_threads` has it. */
interface NodePort {
  postMessage(message: unknown): void;
  on(event: "message", handler: (message: never) => void): void;
}

/** Workers that are threads of this process. */
export class ThreadTransport implements Transport<ThreadLetter> {
  readonly #name: string;

  /** @param name What reports call its workers. */
  constructor(name: string) {
    this.#name = name;
  }

  pack(id: number, call: Call, atOnce: boolean): ThreadLetter {
    const packed = packArguments(call.args, call.transfer);
    const { args, baggage, release, transfer } = packed;
    const message: Down = { kind: "call", id, callable: call.callable, args, baggage };
    if (atOnce) return { message, transfer, release };
    try {
      return { ...structuredClone({ message, transfer }, { transfer }), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  discard(letter: ThreadLetter): void {
    letter.release();
  }

  open(events: LinkEvents): Link<ThreadLetter> {
    return new ThreadLink(this.#name, events);
  }
}

class ThreadLink implements Link<ThreadLetter> {
  readonly #worker: HostWorker;
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(4));
  /** Releases the baggage of the call it has. */
  #release: (() => void) | null = null;

  constructor(name: string, events: LinkEvents) {
    this.#worker = new HostWorker(threadText(), {
      name,
      data: this.#cancelled,
      onMessage: (message) => {
        const up = message as Up;
        if (up.kind === "dying") {
          this.#unload();
          events.died(new CurioError(up.why));
          return;
        }
        if (up.kind !== "ready" && up.kind !== "stray") this.#unload();
        events.message(up);
      },
      onDeath: (why) => {
        this.#unload();
        events.died(why);
      },
    });
  }

  post({ message, transfer, release }: ThreadLetter): void {
    try {
      this.#worker.post(message, transfer);
    } catch (error) {
      release();
      // The host has a TypeError for everything here; a clone tells what cannot travel from a wrong transfer.
      structuredClone(message, { transfer });
      throw error;
    }
    this.#release = release;
  }

  cancel(id: number): void {
    Atomics.store(this.#cancelled, 0, id);
    this.#worker.post({ kind: "cancel", id } satisfies Down);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
    this.#unload();
  }

  #unload(): void {
    const release = this.#release;
    this.#release = null;
    release?.();
  }
}

let text: string | null = null;

function threadText(): string {
  if (text !== null) return text;
  const unpackers = allUnpackers();
  const parts = unpackers.flatMap((unpacker) => [unpacker.unpack, ...unpacker.parts]);
  const table = unpackers.map(({ kind, unpack }) => `${JSON.stringify(kind)}: ${unpack.name}`);
  return text = farText(
    `import { parentPort, workerData } from "node:worker_threads";
import { getHeapStatistics } from "node:v8";`,
    [watchMemory, ...FAR_CALLS, serveThread, ...parts],
    `watchMemory(parentPort, getHeapStatistics);
serveThread(parentPort, workerData, { ${table.join(", ")} });`,
  );
}

/**
 * Says when the thread has run out of memory; it travels as text. The host then ends the code that runs,
 * and raises the limit, but as a rule tells nobody: whoever waits for that code would wait for ever.
 */
function watchMemory(port: NodePort, read: () => { heap_size_limit: number }): void {
  const LOOK_EVERY_MS = 250;
  const limit = read().heap_size_limit;
  const timer = setInterval(() => {
    if (read().heap_size_limit <= limit) return;
    clearInterval(timer);
    port.postMessage({ kind: "dying", why: "ran out of memory" } satisfies Up);
  }, LOOK_EVERY_MS);
}

/** What a thread starts with; it travels as text. */
function serveThread(
  port: NodePort,
  cancelled: Int32Array,
  unpackers: FarPort["unpackers"],
): void {
  serveCalls({
    post: (message) => port.postMessage(message),
    listen: (handler) => port.on("message", handler),
    canTravel(value): boolean {
      try {
        structuredClone(value);
        return true;
      } catch {
        return false;
      }
    },
    cancelled,
    unpackers,
  });
}
