/** What the tests of channels share: connected pairs, raw peers, and Python. */
import { delay } from "@std/async";
import { Channel } from "../../net/channel.ts";
import { type Connection, connectionOver } from "../../net/channel_connection.ts";
import { joinBytes } from "../../io/join_bytes.ts";
import { spawn } from "../../kernel/spawn.ts";

/** The key that everybody has. */
export const KEY = "peekaboo";

const encoder = new TextEncoder();

/** A host's connection to `channel`, to send what a proper peer would not. */
export function dial(channel: Channel): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: channel.address.port });
}

/** Both ends of a connection that carries messages, and what is under one; closed at the end of the block. */
export class MessagePair implements AsyncDisposable {
  private constructor(readonly left: Connection, readonly right: Connection) {}

  static async open(authkey?: string): Promise<MessagePair> {
    await using channel = new Channel(["127.0.0.1", 0]);
    channel.bind();
    const accepting = spawn(() => channel.accept({ authkey }));
    const left = await channel.connect({ authkey });
    return new MessagePair(left, await accepting.join());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.left.close();
    await this.right.close();
    await timersEnd();
  }
}

/** A connection that carries messages, and at its other end the host's, for bytes of any kind. */
export class RawPair implements AsyncDisposable {
  private constructor(readonly connection: Connection, readonly raw: Deno.TcpConn) {}

  static async open(): Promise<RawPair> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [raw, conn] = await Promise.all([
      listener.accept(),
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    ]);
    return new RawPair(connectionOver(conn), raw);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
    closeRaw(this.raw);
    await timersEnd();
  }
}

/** A socket that is closed after sending much may leave a timer of no duration behind: it passes. */
function timersEnd(): Promise<void> {
  return delay(2);
}

/** Closes the host's connection, which may be closed already. */
export function closeRaw(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It was.
  }
}

/** A frame with `length` in its header, right or wrong, and `body` after it. */
export function frame(body: Uint8Array | string, length?: number): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const header = new DataView(new ArrayBuffer(4));
  header.setInt32(0, length ?? bytes.length);
  return joinBytes([new Uint8Array(header.buffer), bytes]);
}

/** A frame whose length is in eight bytes. */
export function longFrame(length: bigint, body: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(12));
  header.setInt32(0, -1);
  header.setBigUint64(4, length);
  return joinBytes([new Uint8Array(header.buffer), body]);
}

/** Writes all of `bytes`. */
export async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

/** The message in the next frame. */
export async function readFrame(conn: Deno.TcpConn): Promise<Uint8Array> {
  const header = await readBytes(conn, 4);
  return await readBytes(conn, new DataView(header.buffer).getInt32(0));
}

async function readBytes(conn: Deno.TcpConn, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  for (let got = 0; got < count;) {
    const size = await conn.read(bytes.subarray(got));
    if (size === null) throw new Error(`the connection ended after ${got} of ${count} bytes`);
    got += size;
  }
  return bytes;
}

/** `length` bytes, no two neighbours alike. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 7 + (index >> 8);
  return bytes;
}
