import { ConnOver } from "./conn_over.ts";
import type { Connection } from "./connection.ts";
import type { HostConn } from "./host_conn.ts";

/**
 * The host's connection, after `connection` has let go of it. If that had taken bytes from it, or left a
 * write in flight, it comes in a wrapping that deals with them first.
 */
export function detachedConn(connection: Connection): HostConn {
  connection.release("detached");
  return wrapped(connection);
}

/** A connection that is lent, until this is disposed of: see `Socket.blocking()`. */
export interface LentConn extends Disposable {
  /** The host's connection, or a wrapping that deals first with what had been taken from it. */
  readonly conn: HostConn;
}

/** The host's connection, while `connection` may not be used. */
export function lentConn(connection: Connection, operation: string): LentConn {
  const { reader, writer } = connection;
  reader.claim(operation);
  try {
    writer.claim(operation);
  } catch (error) {
    reader.release();
    throw error;
  }
  let isOver = false;
  return {
    conn: wrapped(connection),
    [Symbol.dispose]: () => {
      if (isOver) return;
      isOver = true;
      reader.release();
      writer.release();
    },
  };
}

function wrapped(connection: Connection): HostConn {
  const { conn, reader, writer } = connection;
  return reader.hasLeftover || writer.writing ? new DetachedConn(connection) : conn;
}

class DetachedConn extends ConnOver {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super(connection.conn);
    this.#connection = connection;
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (target.length === 0) return 0;
    const count = await this.#connection.reader.readLeftover(target);
    return count === undefined ? await this.conn.read(target) : count;
  }

  async write(data: Uint8Array): Promise<number> {
    await this.#connection.writer.settled();
    return await this.conn.write(data);
  }

  async closeWrite(): Promise<void> {
    await this.#connection.writer.settled();
    await this.conn.closeWrite();
  }

  close(): void {
    this.conn.close();
  }

  get alpnProtocol(): string | null {
    return this.conn.alpnProtocol ?? null;
  }
}
