import { CurioError, SyncIOError } from "../kernel/errors.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { shown } from "../kernel/shown.ts";
import { inBatches } from "./batches.ts";
import type { Demand } from "./byte_reader.ts";
import { countError } from "./counts.ts";
import { Collected, Line, Lines, NextLine } from "./demands.ts";
import { Into, Upto } from "./file_demands.ts";
import { ReadJob, StepJob, WriteJob } from "./file_jobs.ts";
import type { FileMode } from "./file_mode.ts";
import { FileTurns, type Job } from "./file_turns.ts";
import type { Form } from "./form.ts";
import type { HostFile } from "./host_file.ts";
import { immediate } from "./immediate.ts";
import { checkMaxLine } from "./max_line.ts";
import type { StreamData } from "./stream_data.ts";

/** How a file is set up, whatever it holds. */
export interface FileOptions {
  /** How many bytes a line may have: 1 MiB unless given. See {@linkcode AsyncFile.maxLine}. */
  maxLine?: number;
}

/** Internal: makes a file. Users have `aopen`. */
export let newAsyncFile: <T extends Uint8Array | string>(
  host: HostFile,
  path: string,
  mode: FileMode,
  form: Form<T>,
  maxLine: number,
) => AsyncFile<T>;

/**
 * A file that {@linkcode aopen} opened: text, or bytes if its mode has a `b`.
 *
 * Each method that returns a promise is a blocking point, unless what it is to read is buffered.
 * `close` is none. The system cannot be told to stop what it is doing to a file: a cancelled operation
 * returns at once, and the next waits until that is done. No byte is lost, and what was read or
 * written part-way is on the error. (A named pipe in which nothing comes keeps the program alive after a
 * cancelled read, until it is closed.)
 *
 * One task uses a file at a time. Another gets `ReadResourceBusy` while somebody reads, and
 * `WriteResourceBusy` while somebody writes. A task that waits while the file is closed gets `CurioError`,
 * as does any use after that, and a use that the mode does not allow. Works outside tasks too, without
 * cancellation.
 *
 * Text is UTF-8. Counts of text are of characters, positions always of bytes; malformed bytes become
 * U+FFFD, newlines are left as they are. Nothing that is written is held back.
 *
 * @example A log with a counter in front
 * ```ts
 * import { aopen, run } from "@curio/core";
 *
 * await run(async () => {
 *   const path = await Deno.makeTempFile();
 *   await using file = await aopen(path, "w+");
 *   await file.write("0 lines\nhello\n");
 *   await file.seek(0);
 *   await file.write("1");
 *   await file.seek(0);
 *   console.log(await file.readlines()); // [ "1 lines\n", "hello\n" ]
 *   await Deno.remove(path);
 * });
 * ```
 */
export class AsyncFile<T extends Uint8Array | string = string> {
  /** The path it was opened by. */
  readonly path: string;
  readonly #host: HostFile;
  readonly #mode: FileMode;
  readonly #form: Form<T>;
  readonly #line: Line<T>;
  readonly #turns: FileTurns = new FileTurns();
  readonly #resource: Resource;
  #closing: Promise<void> | null = null;

  private constructor(
    host: HostFile,
    path: string,
    mode: FileMode,
    form: Form<T>,
    maxLine: number,
  ) {
    this.path = path;
    this.#host = host;
    this.#mode = mode;
    this.#form = form;
    this.#line = new Line(form, maxLine);
    this.#resource = { describeOpen: () => `the file ${path}` };
    noteOpen(this.#resource);
  }

  static {
    newAsyncFile = (host, path, mode, form, maxLine) =>
      new AsyncFile(host, path, mode, form, maxLine);
  }

  /** Whether it has been closed. */
  get closed(): boolean {
    return this.#turns.closed;
  }

  /**
   * How many bytes a line may have, its newline apart. A longer one makes `readline` and its like reject
   * with `RangeError`; what was read of it stays, for `read()` or a `readline` with a higher limit.
   */
  get maxLine(): number {
    return this.#line.maxLine;
  }

  set maxLine(bytes: number) {
    this.#line.maxLine = checkMaxLine(bytes);
  }

  /**
   * Reads `count` bytes or characters, fewer only at the end of the file. Cancelled, it has read nothing.
   *
   * @param count How many; -1, the default, reads everything to the end, as `readall` does.
   * @returns What was read, empty at the end.
   */
  read(count: number = -1): Promise<T> {
    const operation = "AsyncFile.read()";
    if (count === -1) return this.#read(operation, new Collected(this.#form, Infinity));
    const error = countError(count, operation);
    if (error !== null) return Promise.reject(error);
    return this.#read(operation, new Upto(this.#form, count));
  }

  /** Reads everything to the end. Cancelled, what it had read is the error's `bytesRead`. */
  readall(): Promise<T> {
    return this.#read("AsyncFile.readall()", new Collected(this.#form, Infinity));
  }

  /**
   * Reads bytes into `target`: as many as fit, or fewer if no more are at hand. Cancelled, it has read
   * nothing. Not for text.
   *
   * @returns How many bytes; 0 at the end.
   */
  readinto(target: Uint8Array): Promise<number> {
    const operation = "AsyncFile.readinto()";
    if (!this.#mode.binary) {
      return Promise.reject(
        new TypeError(
          `Cannot use ${operation} because the file is opened for text: open it with a b in its mode`,
        ),
      );
    }
    if (!(target instanceof Uint8Array)) {
      return Promise.reject(
        new TypeError(`Cannot read into ${shown(target)}: give ${operation} a Uint8Array`),
      );
    }
    return this.#read(operation, new Into(target));
  }

  /**
   * Reads a line with its newline. At the end of the file what is left without one, then empty.
   * Cancelled, it has read nothing.
   *
   * @throws {RangeError} If the line is longer than {@linkcode AsyncFile.maxLine}.
   */
  readline(): Promise<T> {
    return this.#read("AsyncFile.readline()", this.#line);
  }

  /**
   * Reads all lines to the end. Cancelled, those it had read are the error's `linesRead`, and an
   * unfinished one is still to be read.
   *
   * @throws {RangeError} If a line is longer than {@linkcode AsyncFile.maxLine}.
   */
  readlines(): Promise<T[]> {
    return this.#read("AsyncFile.readlines()", new Lines(this.#line));
  }

  /**
   * The lines to the end, as {@linkcode AsyncFile.readline} reads them: in constant memory, however
   * long the file.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    const next = new NextLine(this.#line);
    return {
      next: () => this.#read("AsyncFile.readline()", next),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * Lines cannot be read synchronously.
   *
   * @throws {SyncIOError} Always.
   */
  [Symbol.iterator](): never {
    throw new SyncIOError(
      "Cannot iterate over an AsyncFile with for (… of file) because its lines are read " +
        "asynchronously: write for await (… of file)",
    );
  }

  /**
   * Writes all of `data` where the file is positioned, or at its end in the modes `a` and `a+`.
   * Cancelled, the number of bytes that the file will have of it is the error's `bytesWritten`. Leave the
   * array alone until the write, or after a cancelled one the next operation, is done.
   *
   * @returns How many bytes or characters `data` has.
   */
  write(data: StreamData<T>): Promise<number> {
    const operation = "AsyncFile.write()";
    try {
      const bytes = this.#form.encode(data as T | string, operation);
      return this.#write(operation, [bytes], this.#form.unitsOf(data as T | string, bytes));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Writes each of `lines`, to which nothing is added. Cancelled, the number of bytes that the file will
   * have is the error's `bytesWritten`.
   */
  writelines(lines: Iterable<StreamData<T>>): Promise<void> {
    const operation = "AsyncFile.writelines()";
    const batches = inBatches(lines, (line) => this.#form.encode(line as T | string, operation));
    return this.#write<void>(operation, batches, undefined);
  }

  /**
   * Makes the file `size` bytes long: cuts it off, or fills it up with zeros. The position stays.
   * Cancelled, it may have happened.
   *
   * @param size In bytes; up to where the file is positioned unless given.
   * @returns The size.
   */
  truncate(size?: number): Promise<number> {
    const operation = "AsyncFile.truncate()";
    const error = this.#writeRefusal(operation) ??
      (size === undefined ? null : countError(size, operation));
    if (error !== null) return Promise.reject(error);
    return this.#step(operation, "WRITE_WAIT", async (job) => {
      const host = this.#host;
      await host.align();
      const length = size ?? await host.position();
      if (!job.abandoned) await host.truncate(length);
      return length;
    });
  }

  /**
   * Moves to another position. Cancelled, it may have happened.
   *
   * @param offset In bytes.
   * @param whence From where: 0 from the start (the default), 1 from here, 2 from the end.
   * @returns The new position in bytes from the start.
   * @throws {RangeError} If that is before the start.
   * @throws {Deno.errors.NotSupported} If the file is a pipe or a terminal.
   */
  seek(offset: number, whence: 0 | 1 | 2 | Deno.SeekMode = 0): Promise<number> {
    const operation = "AsyncFile.seek()";
    const error = seekError(offset, whence, operation);
    if (error !== null) return Promise.reject(error);
    return this.#step(operation, "READ_WAIT", async (job) => {
      await this.#host.landed();
      this.#checkSeekable(operation);
      if (job.abandoned) return 0;
      try {
        return await this.#host.seek(offset, whence);
      } catch (cause) {
        // EINVAL: the system knows what the end, or here, is.
        if (!(cause instanceof TypeError)) throw cause;
        throw new RangeError(
          `Cannot move by ${offset} bytes because that is before the start of ${this.path}: ` +
            `give ${operation} another offset`,
          { cause },
        );
      }
    });
  }

  /**
   * The position in bytes from the start, right after what was returned last (not what was read ahead).
   *
   * @throws {Deno.errors.NotSupported} If the file is a pipe or a terminal.
   */
  tell(): Promise<number> {
    const operation = "AsyncFile.tell()";
    return this.#step(operation, "READ_WAIT", async () => {
      this.#checkSeekable(operation);
      return await this.#host.position();
    });
  }

  /**
   * Waits until what a cancelled operation left on its way is done. Nothing else is ever held back. If
   * the last piece of a cancelled write failed, this or the next write rejects with what it failed with.
   */
  flush(): Promise<void> {
    const operation = "AsyncFile.flush()";
    const refusal = this.#turns.refusal(operation);
    if (refusal !== null) return Promise.reject(refusal);
    if (this.#turns.idle && !this.#turns.lost) return immediate(operation, undefined);
    return this.#step(operation, "WRITE_WAIT", () => Promise.resolve());
  }

  /**
   * Closes the file, after what a cancelled write left on its way. No blocking point; harmless when done
   * already.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const { closed, waiting } = this.#turns;
    const state = closed ? "closed" : waiting === null ? "idle" : `in ${waiting}`;
    return `AsyncFile [${this.path}, ${state}]`;
  }

  #read<R>(operation: string, demand: Demand<R>): Promise<R> {
    const refusal = this.#turns.refusal(operation) ?? this.#readRefusal(operation);
    if (refusal !== null) return Promise.reject(refusal);
    const { buffer } = this.#host;
    if (buffer.length > 0 && this.#turns.idle) {
      try {
        const taken = demand.take(buffer, false);
        if (taken !== undefined) return immediate(operation, taken);
      } catch (error) {
        demand.interrupted?.(error);
        return Promise.reject(error);
      }
    }
    return this.#turns.perform(operation, new ReadJob(this.#host, demand));
  }

  #write<R>(operation: string, batches: Iterable<Uint8Array>, result: R): Promise<R> {
    const refusal = this.#writeRefusal(operation);
    if (refusal !== null) return Promise.reject(refusal);
    return this.#turns.perform(operation, new WriteJob(this.#host, batches, result));
  }

  #step<R>(
    operation: string,
    state: "READ_WAIT" | "WRITE_WAIT",
    steps: (job: Job<R>) => Promise<R>,
  ): Promise<R> {
    const job: Job<R> = new StepJob<R>(state, () => steps(job));
    return this.#turns.perform(operation, job);
  }

  #readRefusal(operation: string): Error | null {
    return this.#mode.reads ? null : modeError(operation, "writing", "reads, such as r or r+");
  }

  #writeRefusal(operation: string): Error | null {
    return this.#mode.writes ? null : modeError(operation, "reading", "writes, such as w or r+");
  }

  #checkSeekable(operation: string): void {
    if (this.#host.seekable) return;
    throw new Deno.errors.NotSupported(
      `Cannot use ${operation} because ${this.path} is a pipe or a terminal: read it from front to end`,
    );
  }

  async #close(): Promise<void> {
    noteClosed(this.#resource);
    const host = this.#host;
    this.#turns.close();
    // A pipe may have nobody at its other end: nothing is waited for.
    if (!host.seekable) host.close();
    await this.#turns.settled();
    await host.landed();
    if (host.seekable) host.close();
  }
}

function modeError(operation: string, purpose: string, mode: string): CurioError {
  return new CurioError(
    `Cannot use ${operation} because the file is opened for ${purpose} only: ` +
      `open it in a mode that ${mode}`,
  );
}

function seekError(offset: number, whence: number, operation: string): Error | null {
  if (typeof offset !== "number") {
    return new TypeError(`Cannot move by ${shown(offset)}: give ${operation} a number of bytes`);
  }
  if (!Number.isSafeInteger(offset)) {
    return new RangeError(`Cannot move by ${offset}: give ${operation} a whole number of bytes`);
  }
  if (whence === 0 || whence === 1 || whence === 2) return null;
  return new RangeError(
    `Cannot use ${
      shown(whence)
    } as whence: give ${operation} 0 for the start, 1 for here, 2 for the end`,
  );
}
