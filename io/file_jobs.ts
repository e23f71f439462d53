/** What files do for their operations: see {@linkcode Job}. */
import { noteProgress } from "../kernel/progress.ts";
import type { Demand } from "./byte_reader.ts";
import type { Job } from "./file_turns.ts";
import type { HostFile } from "./host_file.ts";

/** A write asks the host for so much at once, and so much may still go out after a cancellation. */
const PIECE_SIZE = 256 * 1024;

/** Reads until a demand is met. */
export class ReadJob<T> implements Job<T> {
  readonly state = "READ_WAIT";
  /** What it leaves behind is a read in flight, which the next read shares. */
  readonly detached = true;
  abandoned = false;

  constructor(readonly host: HostFile, readonly demand: Demand<T>) {}

  async run(): Promise<T> {
    const { host, demand } = this;
    const taken = host.buffer.length > 0 ? demand.take(host.buffer, false) : undefined;
    if (taken !== undefined) return taken;
    for (;;) {
      if (!host.hasNews) await host.fetch(demand.limit);
      // What has landed is for whoever came after.
      if (this.abandoned) return undefined as T;
      const taken = demand.take(host.buffer, host.takeNews());
      if (taken !== undefined) return taken;
    }
  }

  interrupted(error: unknown): void {
    this.demand.interrupted?.(error);
  }

  failed(error: unknown): void {
    this.demand.interrupted?.(error);
  }
}

/** Writes everything that is in `batches`, in whole pieces. */
export class WriteJob<T> implements Job<T> {
  readonly state = "WRITE_WAIT";
  abandoned = false;
  /** How much the host has written, and how much it will have when the piece in flight is gone. */
  #written = 0;
  #committed = 0;

  constructor(
    readonly host: HostFile,
    readonly batches: Iterable<Uint8Array>,
    readonly result: T,
  ) {}

  async run(): Promise<T> {
    await this.host.align();
    if (this.abandoned) return this.result;
    for (const batch of this.batches) {
      for (let start = 0; start < batch.length; start += PIECE_SIZE) {
        await this.#send(batch.subarray(start, start + PIECE_SIZE));
        if (this.abandoned) return this.result;
      }
    }
    return this.result;
  }

  interrupted(error: unknown): void {
    noteProgress(error, { bytesWritten: this.#committed });
  }

  failed(error: unknown): void {
    noteProgress(error, { bytesWritten: this.#written });
  }

  async #send(piece: Uint8Array): Promise<void> {
    this.#committed += piece.length;
    for (let sent = 0; sent < piece.length;) {
      const count = await this.host.write(sent === 0 ? piece : piece.subarray(sent));
      sent += count;
      this.#written += count;
    }
  }
}

/** A step or two that leave nothing to tell. */
export class StepJob<T> implements Job<T> {
  abandoned = false;

  constructor(readonly state: "READ_WAIT" | "WRITE_WAIT", readonly run: () => Promise<T>) {}
}
