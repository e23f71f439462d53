import { ConnViews } from "./conn_streams.ts";
import type { HostConn } from "./host_conn.ts";

/** A connection over another one, which it leaves as it is but for reading, writing and closing. */
export abstract class ConnOver extends ConnViews implements HostConn {
  /** The one below. */
  protected readonly conn: HostConn;

  constructor(conn: HostConn) {
    super();
    this.conn = conn;
  }

  abstract closeWrite(): Promise<void>;
  abstract get alpnProtocol(): string | null;

  get localAddr(): Deno.Addr {
    return this.conn.localAddr;
  }

  get remoteAddr(): Deno.Addr {
    return this.conn.remoteAddr;
  }

  ref(): void {
    this.conn.ref();
  }

  unref(): void {
    this.conn.unref();
  }

  setNoDelay(noDelay?: boolean): void {
    this.conn.setNoDelay?.(noDelay);
  }

  setKeepAlive(keepAlive?: boolean): void {
    this.conn.setKeepAlive?.(keepAlive);
  }
}
