/** The streams that a socket makes of its connection. */
import type { StreamOptions } from "../io/stream.ts";
import { shown } from "../kernel/shown.ts";
import type { Connection } from "./connection.ts";
import { lentConn } from "./detached_conn.ts";
import { SocketStream, TextSocketStream } from "./socket_stream.ts";

/** The whole connection: see `Socket.asStream()`. */
export function streamOver(
  connection: Connection,
  close: () => Promise<void>,
  options: StreamOptions & { encoding?: string },
): SocketStream | TextSocketStream {
  const { reader, writer } = connection;
  const lend = (operation: string) => lentConn(connection, operation);
  const ends = { reader, writer, close, lend };
  if (options.encoding === undefined) return new SocketStream(ends, options);
  if (/^utf-?8$/i.test(options.encoding)) return new TextSocketStream(ends, options);
  throw new TypeError(
    `Cannot make a stream with the encoding ${shown(options.encoding)}: ` +
      `give "utf-8", or none for bytes`,
  );
}

/** One stream for each direction: see `Socket.makeStreams()`. */
export function makeStreams(
  connection: Connection,
  close: () => Promise<void>,
  options: StreamOptions,
): [SocketStream, SocketStream] {
  const { reader, writer } = connection;
  let open = 2;
  const closeOne = async () => {
    if (--open === 0) await close();
  };
  const closeReader = once(() => {
    reader.close("closed");
    return closeOne();
  });
  const closeWriter = once(async () => {
    await connection.endWriting();
    await closeOne();
  });
  return [
    new SocketStream({ reader, writer: null, close: closeReader }, options),
    new SocketStream({ reader: null, writer, close: closeWriter }, options),
  ];
}

/** Does `action` at the first call; the others get the same promise. */
function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => done ??= action();
}
