/** What the reading operations of sockets and streams wait for: see {@linkcode Demand}. */
import { noteProgress } from "../kernel/progress.ts";
import type { Demand } from "./byte_reader.ts";
import type { Form } from "./form.ts";
import { CHUNK_SIZE, type ReadBuffer } from "./read_buffer.ts";

/** Some units, up to a maximum: what has come is enough. */
export class Some<T> implements Demand<T> {
  readonly limit: number = CHUNK_SIZE;
  /** May be set anew for each read: one object does for all reads of a stream. */
  max: number = Infinity;

  constructor(readonly form: Form<T>) {}

  take(buffer: ReadBuffer, ended: boolean): T | undefined {
    return this.form.take(buffer, this.max, ended);
  }
}

/** So many units and no fewer, or everything to the end. */
export class Collected<T extends Uint8Array | string> implements Demand<T> {
  readonly limit: number = CHUNK_SIZE;
  readonly #parts: T[] = [];
  #missing: number;

  /** @param count How many units; `Infinity` for all. */
  constructor(readonly form: Form<T>, readonly count: number) {
    this.#missing = count;
  }

  take(buffer: ReadBuffer, ended: boolean): T | undefined {
    while (this.#missing > 0) {
      const part = this.form.take(buffer, this.#missing, ended);
      if (part === undefined) return undefined;
      const count = this.form.count(part);
      if (count === 0) {
        if (this.count === Infinity) break;
        throw this.#tooShort();
      }
      this.#parts.push(part);
      this.#missing -= count;
    }
    return this.form.join(this.#parts);
  }

  interrupted(error: unknown): void {
    noteProgress(error, { bytesRead: this.form.join(this.#parts) });
  }

  #tooShort(): Error {
    const units = typeof this.form.empty === "string" ? "characters" : "bytes";
    const got = this.count - this.#missing;
    return new Deno.errors.UnexpectedEof(
      `Cannot read exactly ${this.count} ${units} because the input ended after ${got}: ` +
        `what there was is in the error's bytesRead`,
    );
  }
}

/** A line with its newline; at the end what is left, or nothing. */
export class Line<T> implements Demand<T> {
  readonly limit: number = CHUNK_SIZE;

  constructor(readonly form: Form<T>, public maxLine: number) {}

  take(buffer: ReadBuffer, ended: boolean): T | undefined {
    const index = buffer.indexOfNewline();
    const length = index < 0 ? buffer.length : index;
    if (length > this.maxLine) throw this.#tooLong();
    if (index >= 0) return this.form.cut(buffer, index + 1);
    if (!ended) return undefined;
    return length === 0 ? this.form.empty : this.form.cut(buffer, length);
  }

  #tooLong(): RangeError {
    return new RangeError(
      `Cannot read a line of more than ${this.maxLine} bytes: set maxLine higher, or read() what is there`,
    );
  }
}

/** The next line, as an iterator gives it. */
export class NextLine<T> implements Demand<IteratorResult<T, undefined>> {
  readonly limit: number = CHUNK_SIZE;

  constructor(readonly line: Line<T>) {}

  take(buffer: ReadBuffer, ended: boolean): IteratorResult<T, undefined> | undefined {
    const left = buffer.length;
    const line = this.line.take(buffer, ended);
    if (line === undefined) return undefined;
    return left === 0 ? { done: true, value: undefined } : { done: false, value: line };
  }
}

/** Every line to the end. */
export class Lines<T extends Uint8Array | string> implements Demand<T[]> {
  readonly limit: number = CHUNK_SIZE;
  readonly #lines: T[] = [];
  readonly #next: NextLine<T>;

  constructor(line: Line<T>) {
    this.#next = new NextLine(line);
  }

  take(buffer: ReadBuffer, ended: boolean): T[] | undefined {
    for (;;) {
      const next = this.#next.take(buffer, ended);
      if (next === undefined) return undefined;
      if (next.done) return this.#lines;
      this.#lines.push(next.value);
    }
  }

  interrupted(error: unknown): void {
    noteProgress(error, { linesRead: this.#lines });
  }
}
