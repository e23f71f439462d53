/** What a `Deno.Conn` has beside its operations, for connections that are not the host's own. */
export abstract class ConnViews {
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | null = null;
  #writable: WritableStream<Uint8Array<ArrayBufferLike>> | null = null;

  abstract read(target: Uint8Array): Promise<number | null>;
  abstract write(data: Uint8Array): Promise<number>;
  abstract close(): void;

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableOf(this);
  }

  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#writable ??= writableOf(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** What it reads, as a stream. */
function readableOf(
  conn: Pick<Deno.Conn, "read" | "close">,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 64 * 1024,
    pull: async (controller) => {
      const request = controller.byobRequest!;
      const view = request.view!;
      const count = await conn.read(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      if (count === null) controller.close();
      request.respond(count ?? 0);
    },
    cancel: () => conn.close(),
  });
}

/** What it writes, as a stream. */
function writableOf(
  conn: Pick<Deno.Conn, "write" | "close">,
): WritableStream<Uint8Array<ArrayBufferLike>> {
  return new WritableStream({
    write: async (data) => {
      for (let sent = 0; sent < data.length;) sent += await conn.write(data.subarray(sent));
    },
    close: () => conn.close(),
    abort: () => conn.close(),
  });
}
