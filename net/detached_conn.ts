import type { Connection } from "./connection.ts";

/**
 * The host's connection, after `connection` has let go of it. If that had taken bytes from it, or left a
 * write in flight, it comes in a wrapping that deals with them first.
 */
export function detachedConn(connection: Connection): Deno.TcpConn {
  const { conn, reader, writer } = connection;
  connection.release("detached");
  return reader.hasLeftover || writer.writing ? new DetachedConn(connection) : conn;
}

class DetachedConn implements Deno.TcpConn {
  readonly #connection: Connection;
  readonly #conn: Deno.TcpConn;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | null = null;
  #writable: WritableStream<Uint8Array<ArrayBufferLike>> | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#conn = connection.conn;
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (target.length === 0) return 0;
    const count = await this.#connection.reader.readLeftover(target);
    return count === undefined ? await this.#conn.read(target) : count;
  }

  async write(data: Uint8Array): Promise<number> {
    await this.#connection.writer.settled();
    return await this.#conn.write(data);
  }

  async closeWrite(): Promise<void> {
    await this.#connection.writer.settled();
    await this.#conn.closeWrite();
  }

  close(): void {
    this.#conn.close();
  }

  ref(): void {
    this.#conn.ref();
  }

  unref(): void {
    this.#conn.unref();
  }

  setNoDelay(noDelay?: boolean): void {
    this.#conn.setNoDelay(noDelay);
  }

  setKeepAlive(keepAlive?: boolean): void {
    this.#conn.setKeepAlive(keepAlive);
  }

  get localAddr(): Deno.NetAddr {
    return this.#conn.localAddr;
  }

  get remoteAddr(): Deno.NetAddr {
    return this.#conn.remoteAddr;
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: 64 * 1024,
      pull: async (controller) => {
        const request = controller.byobRequest!;
        const view = request.view!;
        const count = await this.read(
          new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
        );
        if (count === null) controller.close();
        request.respond(count ?? 0);
      },
      cancel: () => this.close(),
    });
  }

  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#writable ??= new WritableStream({
      write: async (data) => {
        for (let sent = 0; sent < data.length;) sent += await this.write(data.subarray(sent));
      },
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
