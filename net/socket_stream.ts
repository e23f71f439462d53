import { BYTES, TEXT } from "../io/form.ts";
import { Stream, type StreamOptions } from "../io/stream.ts";
import type { StreamEnds } from "../io/stream_ends.ts";
import type { LentConn } from "./detached_conn.ts";

/** How {@linkcode Socket.asStream} makes a stream of text. */
export interface TextStreamOptions extends StreamOptions {
  /** The encoding: there is only this one. */
  encoding: "utf-8";
}

/**
 * The bytes of a connection as a stream: see {@linkcode Stream}, and `Socket.asStream()`, which makes it.
 *
 * @example
 * ```ts
 * import { run, openConnection, type SocketStream, tcpServerSocket } from "@curio/core";
 *
 * await run(async () => {
 *   await using server = tcpServerSocket("localhost", 0);
 *   await using client = await openConnection("localhost", server.getsockname().port);
 *   const [connection] = await server.accept();
 *   const stream: SocketStream = connection.asStream();
 *   await client.sendall("two\nlines\n");
 *   console.log((await stream.readline()).length); // 4
 *   await stream.close();
 * });
 * ```
 */
export class SocketStream extends Stream<Uint8Array<ArrayBuffer>> {
  /** @internal */
  constructor(ends: StreamEnds, options: StreamOptions = {}) {
    super(ends, BYTES, options);
  }

  /** Hands out the host's connection, and refuses every use of the socket meanwhile: see `Socket.blocking()`. */
  override blocking(): LentConn {
    return super.blocking() as LentConn;
  }
}

/**
 * The text of a connection as a stream: see {@linkcode Stream}, and `Socket.asStream({ encoding })`,
 * which makes it.
 *
 * @example
 * ```ts
 * import { run, openConnection, type TextSocketStream, tcpServerSocket } from "@curio/core";
 *
 * await run(async () => {
 *   await using server = tcpServerSocket("localhost", 0);
 *   await using client = await openConnection("localhost", server.getsockname().port);
 *   const [connection] = await server.accept();
 *   const stream: TextSocketStream = connection.asStream({ encoding: "utf-8" });
 *   await client.sendall("zwölf\n");
 *   console.log((await stream.readline()).trim()); // zwölf
 *   await stream.close();
 * });
 * ```
 */
export class TextSocketStream extends Stream<string> {
  /** @internal */
  constructor(ends: StreamEnds, options: StreamOptions = {}) {
    super(ends, TEXT, options);
  }

  /** Hands out the host's connection, and refuses every use of the socket meanwhile: see `Socket.blocking()`. */
  override blocking(): LentConn {
    return super.blocking() as LentConn;
  }
}
