/** What the host, or an adapter to something else, must give for a socket to be made of it. */

/** A connection. Its reads and writes are asked for one at a time in each direction. */
export interface HostConn extends Deno.Conn {
  /** Switches Nagle's algorithm off, where there is one. */
  setNoDelay?(noDelay?: boolean): void;
  /** Has silent connections probed, where that makes sense. */
  setKeepAlive?(keepAlive?: boolean): void;
  /** The protocol that TLS agreed on, where there is TLS. */
  readonly alpnProtocol?: string | null;
  /**
   * Closes it so that what was sent arrives, where that takes more than `discardUnread` knows of; resolves
   * once no operation of the host is left.
   */
  closeGently?(sent: number): Promise<void>;
}

/** What accepts connections. */
export interface HostListener {
  readonly addr: Deno.Addr;
  /** Settles once it listens, where that takes a moment. */
  readonly ready?: Promise<unknown>;
  /** The next connection. There is never more than one call at a time. */
  accept(): Promise<HostConn>;
  /** Ends a pending accept with an error. */
  close(): void;
  ref(): void;
  unref(): void;
}
