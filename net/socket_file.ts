import { closedError } from "../io/closed.ts";
import { SharedReader } from "../io/shared_reader.ts";
import type { StreamData } from "../io/stream_data.ts";
import type { StreamOptions } from "../io/stream.ts";
import type { Connection } from "./connection.ts";
import { SocketStream } from "./socket_stream.ts";

/** What may be done with a file of each mode: read, write. */
const MODES = new Map<string, readonly [boolean, boolean]>([
  ["rb", [true, false]],
  ["br", [true, false]],
  ["wb", [false, true]],
  ["bw", [false, true]],
  ["rwb", [true, true]],
  ["wrb", [true, true]],
  ["rbw", [true, true]],
]);

/** A stream over a connection that stays open when the stream is closed. */
class SocketFile extends SocketStream {
  #isClosed = false;

  override write(data: StreamData<Uint8Array<ArrayBuffer>>): Promise<number> {
    return this.#refuse("Stream.write()") ?? super.write(data);
  }

  override writelines(lines: Iterable<StreamData<Uint8Array<ArrayBuffer>>>): Promise<void> {
    return this.#refuse("Stream.writelines()") ?? super.writelines(lines);
  }

  override flush(): Promise<void> {
    return this.#refuse("Stream.flush()") ?? super.flush();
  }

  override close(): Promise<void> {
    this.#isClosed = true;
    return super.close();
  }

  #refuse(operation: string): Promise<never> | null {
    return this.#isClosed ? Promise.reject(closedError(operation)) : null;
  }
}

/** The connection as a binary file: see `Socket.makefile()`. */
export function makeFile(
  connection: Connection,
  mode: string,
  options: StreamOptions,
): SocketStream {
  const allowed = MODES.get(mode);
  if (allowed === undefined) {
    throw new TypeError(
      `Cannot make a file with the mode ${
        Deno.inspect(mode)
      }: give "rb", "wb" or "rwb", or for text ` +
        `use asStream({ encoding: "utf-8" })`,
    );
  }
  const [reads, writes] = allowed;
  const reader = reads ? new SharedReader(connection.reader) : null;
  return new SocketFile({
    reader,
    writer: writes ? connection.writer : null,
    close: () => Promise.resolve(reader?.close()),
  }, options);
}
