/** The views that a `Deno.Conn` has of itself, for connections that are not the host's own. */

/** What it reads, as a stream. */
export function readableOf(
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
export function writableOf(
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
