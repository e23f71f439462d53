import { suspendAnywhere } from "../kernel/suspend.ts";
import type { WaitOwner } from "../kernel/wait.ts";
import { thread } from "../kernel/thread_scope.ts";
import { type AsyncFile, type FileOptions, newAsyncFile } from "./file.ts";
import { formOf } from "./encodings.ts";
import { type BinaryMode, type FileMode, parseMode, type TextMode } from "./file_mode.ts";
import { BYTES, type Form } from "./form.ts";
import { HostFile } from "./host_file.ts";
import { checkMaxLine, DEFAULT_MAX_LINE } from "./max_line.ts";
import { endOpening } from "./named_pipe.ts";

/** How {@linkcode aopen} sets up a file. */
export interface OpenOptions extends FileOptions {
  /**
   * The encoding of the text, UTF-8 unless given. For reading alone, also any encoding of one byte per
   * character that `TextDecoder` knows, such as `"iso-8859-2"`. Not for bytes.
   */
  encoding?: string;
}

/**
 * Opens a file, to be read and written without blocking other tasks.
 *
 * A blocking point. Cancelled, a file that the mode makes or empties may have been made or emptied; it
 * is closed again. Works outside tasks too, without cancellation.
 *
 * A named pipe opens when somebody opens its other end. Cancelled before that, the attempt itself ends
 * only if the program has the permission both to read and to write the pipe; else it keeps the program
 * alive until the other end comes.
 *
 * @param path A path or a `file:` URL.
 * @param mode `r` (the default) to read, `w` to write from scratch, `a` to write at the end, `x` to write
 * to a new file, `r+`, `w+`, `a+` or `x+` to do both; each gives text, or with a `b` at the end bytes.
 * @returns The file, which is to be closed: `await using` does.
 * @throws {TypeError} If there is no such mode, or an encoding was given that this mode cannot have.
 * @throws {RangeError} If there is no such encoding, or it cannot be read in parts.
 * @throws What the system says, with its `code`: `Deno.errors.NotFound`, `Deno.errors.PermissionDenied`,
 * `Deno.errors.AlreadyExists`, `Deno.errors.IsADirectory` and so on.
 *
 * @example Write lines, then read them
 * ```ts
 * import { aopen, run } from "@curio/core";
 *
 * await run(async () => {
 *   const path = await Deno.makeTempFile();
 *   {
 *     await using file = await aopen(path, "w");
 *     await file.writelines(["spam\n", "eggs\n"]);
 *   }
 *   await using file = await aopen(path);
 *   for await (const line of file) console.log(line.trim());
 *   await Deno.remove(path);
 * });
 * ```
 */
export function aopen(
  path: string | URL,
  mode?: TextMode,
  options?: OpenOptions,
): Promise<AsyncFile<string>>;
/** {@linkcode aopen} for bytes. */
export function aopen(
  path: string | URL,
  mode: BinaryMode,
  options?: FileOptions,
): Promise<AsyncFile<Uint8Array<ArrayBuffer>>>;
export function aopen(
  path: string | URL,
  mode: string = "r",
  options: OpenOptions = {},
): Promise<AsyncFile<string> | AsyncFile<Uint8Array<ArrayBuffer>>> {
  if (thread !== null) return thread.aopen(path, mode, options) as Promise<never>;
  try {
    checkPath(path);
    const parsed = parseMode(mode);
    const maxLine = checkMaxLine(options.maxLine ?? DEFAULT_MAX_LINE);
    if (!parsed.binary) {
      return open(path, parsed, formOf(options.encoding ?? "utf-8", parsed.writes), maxLine);
    }
    if (options.encoding === undefined) return open(path, parsed, BYTES, maxLine);
    throw new TypeError(
      `Cannot open a file in mode ${mode} with the encoding ${options.encoding} because bytes have ` +
        `none: leave out the encoding, or the b`,
    );
  } catch (error) {
    return Promise.reject(error);
  }
}

function open<T extends Uint8Array | string>(
  path: string | URL,
  mode: FileMode,
  form: Form<T>,
  maxLine: number,
): Promise<AsyncFile<T>> {
  const opening = new Opening(path);
  const wait = suspendAnywhere<AsyncFile<T>>("aopen()", "FUTURE_WAIT", opening);
  if (!wait.pending) return wait.promise;
  opening.ended = openHost(path, mode).then(
    (host) => {
      if (wait.pending) wait.complete(newAsyncFile(host, String(path), mode, form, maxLine));
      else host.close();
    },
    (error) => {
      if (wait.pending) wait.completeWith(error);
    },
  );
  return wait.promise;
}

/** A file that is being opened. What the host opens for nobody is closed. */
class Opening implements WaitOwner {
  readonly #path: string | URL;
  /** Settles once the host has opened it, or failed to. Never rejects. */
  ended: Promise<void> = Promise.resolve();

  constructor(path: string | URL) {
    this.#path = path;
  }

  remove(): void {
    void endOpening(this.#path, this.ended);
  }
}

async function openHost(path: string | URL, mode: FileMode): Promise<HostFile> {
  const file = await Deno.open(path, mode.open);
  try {
    const { isFile, isDirectory } = await file.stat();
    if (isDirectory) throw directoryError(path);
    const seekable = isFile || await hasPosition(file);
    // Python's are at the end too, before anything was written.
    if (mode.appends && seekable) await file.seek(0, Deno.SeekMode.End);
    return new HostFile(file, seekable);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether a file that is no regular one can be positioned: disks can, pipes and terminals cannot. */
async function hasPosition(file: Deno.FsFile): Promise<boolean> {
  try {
    await file.seek(0, Deno.SeekMode.Current);
    return true;
  } catch {
    return false;
  }
}

/** Linux opens a directory for reading, and says what it is only when it is read. */
function directoryError(path: string | URL): Error {
  const error = new Deno.errors.IsADirectory(`Is a directory (os error 21): open '${path}'`);
  return Object.assign(error, { code: "EISDIR" });
}

function checkPath(path: string | URL): void {
  if (typeof path === "string" || path instanceof URL) return;
  throw new TypeError(
    `Cannot open ${String(path)} because it is no path: give a string or a file: URL`,
  );
}
