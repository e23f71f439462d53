/** Addresses: how programs give them, how the host wants them, and how they come out. */

import { AF_INET, AF_INET6 } from "./constants.ts";

/**
 * An address to bind or connect to: `["localhost", 25000]`, an object such as a `Deno.NetAddr`, or for
 * Unix sockets a path, or a `Deno.UnixAddr`.
 */
export type Address =
  | readonly [hostname: string, port: number]
  | { readonly hostname: string; readonly port: number }
  | string
  | { readonly path: string };

/** An address of the network as the host takes it. */
export interface NetAddress {
  readonly hostname: string;
  readonly port: number;
}

/** An address of a Unix socket as the host takes it. */
export interface UnixAddress {
  readonly path: string;
}

/** An address as the host takes it. */
export type HostAddress = NetAddress | UnixAddress;

const V4_MAPPED = "::ffff:";

/** Whether it is the address of a Unix socket. */
export function isUnix(address: HostAddress | Deno.Addr): address is UnixAddress {
  return "path" in address;
}

/** Checks `address`, of either kind; `operation` names the call in the error. */
export function toHostAddress(address: Address, operation: string): HostAddress {
  const path = pathIn(address);
  return path === null ? toNetAddress(address, operation) : toUnixAddress(path, operation);
}

/** Checks an address of the network. */
export function toNetAddress(address: Address, operation: string): NetAddress {
  const [hostname, port]: readonly unknown[] = Array.isArray(address)
    ? address
    : [(address as NetAddress)?.hostname, (address as NetAddress)?.port];
  if (typeof hostname !== "string" || typeof port !== "number") {
    throw new TypeError(
      `Cannot use ${Deno.inspect(address)} as the address in ${operation}: ` +
        `give ["host", port] or { hostname, port }`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`Cannot use ${port} as a port in ${operation}: give 0 to 65535`);
  }
  return { hostname, port };
}

/** Checks an address of a Unix socket. */
export function toUnixAddress(address: Address, operation: string): UnixAddress {
  const path = pathIn(address);
  if (typeof path === "string" && path !== "") return { path };
  throw new TypeError(
    `Cannot use ${
      Deno.inspect(address)
    } as the address in ${operation}: give the path of a Unix socket`,
  );
}

function pathIn(address: Address): string | null {
  if (typeof address === "string") return address;
  return (address as UnixAddress)?.path ?? null;
}

/** Where to connect for `address`: `""` as the host is this machine. */
export function toTarget<T extends HostAddress>(address: T): T {
  return isUnix(address) || address.hostname !== ""
    ? address
    : { ...address, hostname: "localhost" };
}

/**
 * An address as programs see it. An IPv4 client of a socket that listens for both families has its IPv4
 * address; a Unix socket without a path, as a client's is, has an empty one.
 */
export function fromHostAddress<A extends Deno.Addr>(address: A): A;
export function fromHostAddress(address: Deno.Addr): Deno.Addr {
  if (isUnix(address)) return { transport: address.transport, path: address.path ?? "" };
  const { transport, hostname, port } = address as Deno.NetAddr;
  const mapped = hostname.startsWith(V4_MAPPED) && hostname.includes(".");
  return { transport, hostname: mapped ? hostname.slice(V4_MAPPED.length) : hostname, port };
}

/** Whether two addresses of the network are the same; an IPv6 address may be written in many ways. */
export function sameAddress(left: NetAddress, right: NetAddress): boolean {
  return left.port === right.port && canonicalHost(left.hostname) === canonicalHost(right.hostname);
}

function canonicalHost(hostname: string): string {
  if (!hostname.includes(":")) return hostname;
  const [address, zone] = hostname.split("%");
  const { hostname: canonical } = new URL(`http://[${address}]`);
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}

/** The family of an address that is written as numbers, or `null` for a name. */
export function familyOf(hostname: string): number | null {
  if (hostname.includes(":")) return AF_INET6;
  return /^\d+(\.\d+){3}$/.test(hostname) ? AF_INET : null;
}

/** How messages show an address. */
export function showAddress(address: HostAddress | Deno.Addr): string {
  if (isUnix(address)) return address.path || "an unnamed socket";
  const { hostname, port } = address as NetAddress;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
