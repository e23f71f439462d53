/**
 * A file of the host, read ahead: where the host is, and where the reader is.
 *
 * Reads bring more than was asked for, so the host's position runs ahead of the reader's by what is
 * buffered. Whatever depends on the position (writing, seeking, truncating) first steps back. A
 * read that nobody waits for any more is left in flight, and lands in the buffer: no byte is lost.
 */
import { ReadBuffer } from "./read_buffer.ts";

export class HostFile {
  /** Bytes that have been read and not been taken. */
  readonly buffer: ReadBuffer = new ReadBuffer();
  readonly #file: Deno.FsFile;
  readonly #seekable: boolean;
  #landing: Promise<void> | null = null;
  /** The end, or an error (in a box), came while nobody waited: the next read is told. */
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(file: Deno.FsFile, seekable: boolean) {
    this.#file = file;
    this.#seekable = seekable;
  }

  /** Whether the file has positions; then what was begun is done soon, and waits for nobody. */
  get seekable(): boolean {
    return this.#seekable;
  }

  /** Whether the end of the input, or an error, has been read and not been told. */
  get hasNews(): boolean {
    return this.#ended || this.#failure !== null;
  }

  /** Asks the host for more, or waits for what was asked for already. */
  async fetch(limit: number): Promise<void> {
    await (this.#landing ??= this.#read(limit));
  }

  /** Tells, once, whether the end has been read; throws what a read failed with. */
  takeNews(): boolean {
    const failure = this.#failure;
    const ended = this.#ended;
    this.#forgetNews();
    if (failure !== null) throw failure.error;
    return ended;
  }

  /** Resolves once no read is in flight. */
  async landed(): Promise<void> {
    await this.#landing;
  }

  /** Steps back to where the reader is, and forgets what was read ahead. */
  async align(): Promise<void> {
    await this.#landing;
    if (!this.#seekable) return;
    this.#forgetNews();
    const ahead = this.buffer.length;
    if (ahead === 0) return;
    await this.#file.seek(-ahead, Deno.SeekMode.Current);
    this.buffer.skip(ahead);
  }

  /** Where the reader is. */
  async position(): Promise<number> {
    await this.#landing;
    return await this.#file.seek(0, Deno.SeekMode.Current) - this.buffer.length;
  }

  /** Moves the reader. */
  async seek(offset: number, whence: Deno.SeekMode): Promise<number> {
    await this.#landing;
    const ahead = this.buffer.length;
    const back = whence === Deno.SeekMode.Current ? ahead : 0;
    const position = await this.#file.seek(offset - back, whence);
    this.buffer.skip(ahead);
    this.#forgetNews();
    return position;
  }

  /** Writes some of `data`, and tells how many bytes. */
  write(data: Uint8Array): Promise<number> {
    return this.#file.write(data);
  }

  /** Makes the file `size` bytes long. */
  truncate(size: number): Promise<void> {
    return this.#file.truncate(size);
  }

  /** Closes it; a read in flight ends. */
  close(): void {
    this.#file.close();
  }

  #forgetNews(): void {
    this.#ended = false;
    this.#failure = null;
  }

  async #read(limit: number): Promise<void> {
    let count: number | null = 0;
    try {
      count = await this.#file.read(this.buffer.reserve(limit));
      this.#ended = count === null;
    } catch (error) {
      this.#failure = { error };
    }
    this.buffer.filled(count ?? 0);
    this.#landing = null;
  }
}
