/** The options that have a constant, by level and number. */
import * as c from "./constants.ts";
import { notSupported } from "./refusals.ts";

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

/** `SO_KEEPALIVE`; for one that has no constant its number. */
export function optionName(level: number, option: number): string {
  return NAMES.get(key(level, option)) ?? `option ${option} of level ${level}`;
}

/** The error for setting an option that Deno cannot set. */
export function cannotSet(level: number, option: number, instead?: string): Error {
  return notSupported(
    `set ${optionName(level, option)}`,
    instead ?? "leave it as the system has it",
  );
}

/** The error for reading an option that Deno cannot read. */
export function cannotGet(level: number, option: number): Error {
  return notSupported(`get ${optionName(level, option)}`, "do without");
}
