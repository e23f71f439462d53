import { ByteReader, type Demand } from "../io/byte_reader.ts";
import { ByteWriter } from "../io/byte_writer.ts";
import type { ClosedBy } from "../io/closed.ts";
import type { ReadBuffer } from "../io/read_buffer.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { showAddress } from "./address.ts";
import { discardUnread } from "./discard_unread.ts";
import type { HostConn } from "./host_conn.ts";

/** What `recv` waits for: one object for all reads of a socket. */
class Received implements Demand<Uint8Array<ArrayBuffer>> {
  limit = 0;

  take(buffer: ReadBuffer, ended: boolean): Uint8Array<ArrayBuffer> | undefined {
    return buffer.length > 0 || ended ? buffer.take(this.limit) : undefined;
  }
}

/** What `recvInto` waits for. */
class ReceivedInto implements Demand<number> {
  limit = 0;
  target: Uint8Array | null = null;

  take(buffer: ReadBuffer, ended: boolean): number | undefined {
    if (buffer.length === 0 && !ended) return undefined;
    const target = this.target!;
    this.target = null;
    return buffer.takeInto(target);
  }
}

/** Both directions of a connected socket, and how they end. */
export class Connection implements Resource {
  readonly reader: ByteReader;
  readonly writer: ByteWriter;
  readonly #received = new Received();
  readonly #receivedInto = new ReceivedInto();

  constructor(readonly conn: HostConn) {
    this.reader = new ByteReader(conn);
    this.writer = new ByteWriter(conn);
    noteOpen(this);
  }

  describeOpen(): string {
    return `a socket connected to ${showAddress(this.conn.remoteAddr)}`;
  }

  /** Up to `max` bytes; the host is asked for no more, so that the rest stays in its hands. */
  recv(operation: string, max: number): Promise<Uint8Array<ArrayBuffer>> {
    // If somebody waits already, this is refused: the limit stays theirs.
    if (this.reader.waiting === null) this.#received.limit = max;
    return this.reader.read(operation, this.#received);
  }

  /** As many bytes as fit into `target`. */
  recvInto(operation: string, target: Uint8Array): Promise<number> {
    if (this.reader.waiting === null) {
      this.#receivedInto.limit = target.length;
      this.#receivedInto.target = target;
    }
    return this.reader.read(operation, this.#receivedInto);
  }

  /** Ends the sending side once what is in flight is gone. */
  async closeWrite(operation: string): Promise<void> {
    await this.writer.flush(operation);
    await this.conn.closeWrite();
  }

  /** Refuses to write from now on, and ends the sending side as soon as what is in flight is gone. */
  async endWriting(): Promise<void> {
    this.writer.close("closed");
    // The host would wait for it; we do not.
    if (this.writer.writing) void this.writer.settled().then(() => this.#tellEnd());
    else await this.#tellEnd();
  }

  #closeConn(): void {
    try {
      this.conn.close();
    } catch (error) {
      // Whoever it was lent to may have closed it.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #tellEnd(): Promise<void> {
    try {
      await this.conn.closeWrite();
    } catch {
      // The peer is gone, or the connection closed: there is nobody to be told.
    }
  }

  /** Makes both directions fail from now on, for those who wait too, and leaves the host's connection. */
  release(by: ClosedBy): void {
    noteClosed(this);
    this.reader.close(by);
    this.writer.close(by);
  }

  /** Closes it for good. What was sent arrives; what a cancelled write left in flight may not. */
  async close(): Promise<void> {
    const { sent, writing } = this.writer;
    // With a piece in flight the peer does not read, and there is no saving it.
    const gently = sent > 0 && !writing && !this.reader.isDrained;
    this.release("closed");
    if (this.conn.closeGently !== undefined) {
      await this.conn.closeGently(sent);
    } else {
      if (gently) await discardUnread(this.conn, sent);
      this.#closeConn();
    }
    await this.reader.settled();
    await this.writer.settled();
  }
}
