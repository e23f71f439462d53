import { SHARE_ENV, type Transferable as NodeTransferable, Worker } from "node:worker_threads";
import { getHeapStatistics } from "node:v8";
import { CurioError } from "../kernel/errors.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { farUrl } from "./far_text.ts";

/** How a {@linkcode HostWorker} is started, and whom it tells what. */
export interface HostWorkerOptions {
  /** What reports call it: `a worker of runInThread()`. */
  readonly name: string;
  /** What its code finds as `workerData` of `node:worker_threads`. */
  readonly data?: unknown;
  /** What of `data` is to be transferred. */
  readonly transfer?: Transferable[];
  /** It posted a message. */
  readonly onMessage?: (message: unknown) => void;
  /** It ended without having been terminated: the message says how, as `exited with status 1`. */
  readonly onDeath: (why: CurioError) => void;
}

/** The message of a worker's `error` event, without what Deno puts before it. */
const PREFIX = /^(Uncaught )?(\(in worker "[^"]*"\) )?(\(in promise\) )?/;

/**
 * A thread of the host that runs text of ours (see `far_text.ts`), with the permissions of the program.
 *
 * It is a worker of `node:worker_threads`, which in Deno is a Web Worker by another door. Through this
 * one it can run out of memory by itself instead of taking the program along, and never keeps the
 * program alive: a Web Worker that is terminated in a busy loop does, until it is done.
 */
export class HostWorker implements Resource {
  readonly #name: string;
  readonly #worker: Worker;
  #ended = false;

  constructor(text: string, options: HostWorkerOptions) {
    this.#name = options.name;
    this.#worker = new Worker(new URL(farUrl(text)), {
      name: options.name,
      workerData: options.data,
      // A copy of the environment would be read now, and at a terminal Deno would ask whether it may be.
      env: SHARE_ENV,
      transferList: options.transfer as NodeTransferable[] | undefined,
      // Its own limit is what makes running out of memory its own affair.
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(heapLimit() / 2 ** 20) },
    });
    noteOpen(this);
    this.#worker.unref();
    this.#worker.on("message", (message: unknown) => {
      if (!this.#ended) options.onMessage?.(message);
    });
    const die = (why: CurioError) => {
      if (this.#ended) return;
      void this.terminate();
      options.onDeath(why);
    };
    this.#worker.on("error", (error: unknown) => die(deathOf(error)));
    this.#worker.on("exit", (code: number) => die(new CurioError(`exited with status ${code}`)));
  }

  describeOpen(): string {
    return this.#name;
  }

  /**
   * Posts `message`.
   *
   * @throws {DOMException} A `DataCloneError`, if it cannot travel.
   */
  post(message: unknown, transfer: Transferable[] = []): void {
    if (transfer.length === 0) this.#worker.postMessage(message);
    else this.#worker.postMessage(message, transfer as NodeTransferable[]);
  }

  /**
   * Ends it, and resolves as soon as the program is rid of it. A thread in a busy loop burns on until
   * that is over (the host cannot stop it), unheard and without keeping the program alive.
   */
  async terminate(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
    noteClosed(this);
  }
}

function heapLimit(): number {
  return getHeapStatistics().heap_size_limit;
}

function deathOf(error: unknown): CurioError {
  const { code, message } = error as { code?: string; message?: string };
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return new CurioError("ran out of memory");
  return new CurioError(`died of an error: ${String(message ?? error).replace(PREFIX, "")}`, {
    cause: error,
  });
}
