import type { HostConn } from "./host_conn.ts";
import { cannotGet, cannotSet, optionName } from "./option_names.ts";

/** What the kinds of sockets have in common: options by level and number. */
export interface OptionStore {
  set(level: number, option: number, value: number | boolean): void;
  get(level: number, option: number): number;
}

/**
 * The options of one stream socket: those that Deno has a method for. They can be set before it is
 * connected; a listener's go to its clients.
 */
export class SocketOptions implements OptionStore {
  #conn: HostConn | null = null;
  #noDelay = false;
  #keepAlive = false;
  #reusePort = false;

  /** @param isUnix Whether the socket is a Unix socket, which has fewer. */
  constructor(readonly isUnix: boolean) {}

  /** Whether several sockets may listen on the port it will be bound to. */
  get reusePort(): boolean {
    return this.#reusePort;
  }

  /** A copy, for a client that was accepted. */
  clone(): SocketOptions {
    const copy = new SocketOptions(this.isUnix);
    copy.#noDelay = this.#noDelay;
    copy.#keepAlive = this.#keepAlive;
    return copy;
  }

  set(level: number, option: number, value: number | boolean): void {
    const on = Boolean(value);
    switch (this.#nameOf(level, option)) {
      case "SO_REUSEADDR":
        if (!on) throw cannotSet(level, option, "leave it on");
        break;
      case "SO_REUSEPORT":
        this.#reusePort = on;
        break;
      case "SO_KEEPALIVE":
        this.#keepAlive = on;
        this.#conn?.setKeepAlive?.(on);
        break;
      case "TCP_NODELAY":
        this.#noDelay = on;
        this.#conn?.setNoDelay?.(on);
        break;
      default:
        throw cannotSet(level, option);
    }
  }

  /** Reads an option back: 0 or 1. */
  get(level: number, option: number): number {
    switch (this.#nameOf(level, option)) {
      case "SO_REUSEADDR":
        return 1;
      case "SO_REUSEPORT":
        return Number(this.#reusePort);
      case "SO_KEEPALIVE":
        return Number(this.#keepAlive);
      case "TCP_NODELAY":
        return Number(this.#noDelay);
      default:
        throw cannotGet(level, option);
    }
  }

  /** Gives a new connection what was set before there was one, and later what is set from now on. */
  apply(conn: HostConn): void {
    this.#conn = conn;
    if (this.#noDelay) conn.setNoDelay?.(true);
    if (this.#keepAlive) conn.setKeepAlive?.(true);
  }

  #nameOf(level: number, option: number): string | null {
    const name = optionName(level, option);
    return this.isUnix && name !== "SO_REUSEADDR" && name !== "SO_KEEPALIVE" ? null : name;
  }
}
