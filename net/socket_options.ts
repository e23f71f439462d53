/** What `setsockopt` can set: the options Deno has a method for. */
import * as c from "./constants.ts";
import { notSupported } from "./refusals.ts";

/** The option's name by level and number, for all that have a constant. */
const NAMES = new Map<string, string>([
  [key(c.SOL_SOCKET, c.SO_REUSEADDR), "SO_REUSEADDR"],
  [key(c.SOL_SOCKET, c.SO_BROADCAST), "SO_BROADCAST"],
  [key(c.SOL_SOCKET, c.SO_SNDBUF), "SO_SNDBUF"],
  [key(c.SOL_SOCKET, c.SO_RCVBUF), "SO_RCVBUF"],
  [key(c.SOL_SOCKET, c.SO_KEEPALIVE), "SO_KEEPALIVE"],
  [key(c.SOL_SOCKET, c.SO_LINGER), "SO_LINGER"],
  [key(c.SOL_SOCKET, c.SO_REUSEPORT), "SO_REUSEPORT"],
  [key(c.IPPROTO_TCP, c.TCP_NODELAY), "TCP_NODELAY"],
]);

function key(level: number, option: number): string {
  return `${level}:${option}`;
}

/** The options of one socket. They can be set before it is connected; a listener's go to its clients. */
export class SocketOptions {
  #noDelay = false;
  #keepAlive = false;

  /** A copy, for a client that was accepted. */
  clone(): SocketOptions {
    const copy = new SocketOptions();
    copy.#noDelay = this.#noDelay;
    copy.#keepAlive = this.#keepAlive;
    return copy;
  }

  /** Sets an option, on `conn` too if there is one. */
  set(conn: Deno.TcpConn | null, level: number, option: number, value: number | boolean): void {
    const on = Boolean(value);
    switch (NAMES.get(key(level, option))) {
      case "SO_REUSEADDR":
        if (!on) throw notSupported("switch off SO_REUSEADDR", "leave it on");
        break;
      case "SO_KEEPALIVE":
        this.#keepAlive = on;
        conn?.setKeepAlive(on);
        break;
      case "TCP_NODELAY":
        this.#noDelay = on;
        conn?.setNoDelay(on);
        break;
      default:
        throw notSupported(`set ${nameOf(level, option)}`, "leave it as the system has it");
    }
  }

  /** Reads an option back: 0 or 1. */
  get(level: number, option: number): number {
    switch (NAMES.get(key(level, option))) {
      case "SO_REUSEADDR":
        return 1;
      case "SO_KEEPALIVE":
        return Number(this.#keepAlive);
      case "TCP_NODELAY":
        return Number(this.#noDelay);
      default:
        throw notSupported(`get ${nameOf(level, option)}`, "do without");
    }
  }

  /** Gives a new connection what was set before there was one. */
  apply(conn: Deno.TcpConn): void {
    if (this.#noDelay) conn.setNoDelay(true);
    if (this.#keepAlive) conn.setKeepAlive(true);
  }
}

function nameOf(level: number, option: number): string {
  return NAMES.get(key(level, option)) ?? `option ${option} of level ${level}`;
}
