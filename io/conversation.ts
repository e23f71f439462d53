/**
 * What `communicate` does: feed a process's input and read its output and errors at once, so that
 * no full pipe on one side can hold up the other.
 *
 * All its waits start in one go, without an await between them. A cancellation is delivered once, to
 * every wait pending at that moment: a wait that began a little later would miss it and hold up the
 * rest. What was read and what was not written stays here, so that a cancelled one can be resumed.
 */
import { checkCancellation } from "../kernel/cancellation.ts";
import { currentScope } from "../kernel/current.ts";
import { CurioError } from "../kernel/errors.ts";
import { noteProgress, progressOf } from "../kernel/progress.ts";
import type { Demand } from "./byte_reader.ts";
import { joinBytes } from "./join_bytes.ts";
import type { IncomingPipe, OutgoingPipe } from "./pipe.ts";
import type { ProcessExit } from "./process_exit.ts";
import { CHUNK_SIZE, type ReadBuffer } from "./read_buffer.ts";

const NOTHING = new Uint8Array(0);

/** Everything to the end; what has come can be seen at any time. */
class Everything implements Demand<true> {
  readonly limit: number = CHUNK_SIZE;
  readonly #parts: Uint8Array[] = [];
  ended = false;

  take(buffer: ReadBuffer, ended: boolean): true | undefined {
    if (buffer.length > 0) this.#parts.push(buffer.take(Infinity));
    this.ended = ended;
    return ended ? true : undefined;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return joinBytes(this.#parts);
  }
}

export class Conversation {
  readonly #exit: ProcessExit;
  readonly #input: OutgoingPipe | null;
  readonly #pipes: readonly (readonly [IncomingPipe | null, Everything])[];
  /** What remains to be written; `null` before the first call. */
  #rest: Uint8Array | null = null;

  constructor(
    exit: ProcessExit,
    input: OutgoingPipe | null,
    output: IncomingPipe | null,
    errors: IncomingPipe | null,
  ) {
    this.#exit = exit;
    this.#input = input;
    this.#pipes = [[output, new Everything()], [errors, new Everything()]];
  }

  /** What has come so far. */
  get heard(): { stdout: Uint8Array<ArrayBuffer>; stderr: Uint8Array<ArrayBuffer> } {
    const [[, stdout], [, stderr]] = this.#pipes;
    return { stdout: stdout.bytes, stderr: stderr.bytes };
  }

  /** Talks until the process has ended; an error carries what was heard until then. */
  async run(operation: string, input: Uint8Array | undefined): Promise<number> {
    try {
      const busy = this.#busy(operation);
      if (busy !== null) await busy;
      this.#prepare(input);
      if (currentScope() !== null) checkCancellation();
      await this.#talk(operation);
      return await this.#exit.wait(operation);
    } catch (error) {
      noteProgress(error, this.heard);
      throw error;
    }
  }

  /** The rejection for being where another task reads or writes: then no pipe is touched. */
  #busy(operation: string): Promise<unknown> | null {
    for (const [pipe, everything] of this.#pipes) {
      if (pipe !== null && pipe.reader.waiting !== null) {
        return pipe.reader.read(operation, everything);
      }
    }
    const writer = this.#input?.writer;
    return writer !== undefined && writer.waiting !== null ? writer.flush(operation) : null;
  }

  #prepare(input: Uint8Array | undefined): void {
    if (input !== undefined && this.#rest !== null) {
      throw new CurioError(
        "Cannot give input to communicate() because an earlier call was given its input: call it " +
          "without, to go on",
      );
    }
    if (input !== undefined && !this.#input?.usable) {
      const why = this.#input === null ? "its stdin is no pipe" : "its stdin has been closed";
      throw new TypeError(
        `Cannot give input to the process because ${why}: start it with stdin: PIPE`,
      );
    }
    this.#rest ??= input ?? NOTHING;
  }

  async #talk(operation: string): Promise<void> {
    const jobs: Promise<unknown>[] = [];
    for (const [pipe, everything] of this.#pipes) {
      if (pipe === null || !pipe.usable || everything.ended) continue;
      jobs.push(pipe.reader.read(operation, everything));
    }
    if (this.#input?.usable) jobs.push(this.#feed(operation, this.#input));
    for (const outcome of await Promise.allSettled(jobs)) {
      if (outcome.status === "rejected") throw outcome.reason;
    }
  }

  async #feed(operation: string, { writer }: OutgoingPipe): Promise<void> {
    const rest = this.#rest!;
    try {
      if (rest.length > 0 || writer.writing) {
        await writer.write(operation, rest, "bytesWritten", undefined);
      }
    } catch (error) {
      // Who does not want the rest of its input need not take it.
      if (!(error instanceof Deno.errors.BrokenPipe)) {
        this.#rest = rest.subarray(progressOf(error).bytesWritten ?? 0);
        throw error;
      }
    }
    this.#rest = NOTHING;
    await this.#input!.close();
  }
}
