/** Addresses: how programs give them, how the host wants them, and how they come out. */

/** An address to bind or connect to: `["localhost", 25000]`, or an object, such as a `Deno.NetAddr`. */
export type Address =
  | readonly [hostname: string, port: number]
  | { readonly hostname: string; readonly port: number };

/** An address as the host takes it. */
export interface HostAddress {
  readonly hostname: string;
  readonly port: number;
}

const V4_MAPPED = "::ffff:";

/** Checks `address`; `operation` names the call in the error. */
export function toHostAddress(address: Address, operation: string): HostAddress {
  const [hostname, port]: readonly unknown[] = Array.isArray(address)
    ? address
    : [(address as HostAddress)?.hostname, (address as HostAddress)?.port];
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

/**
 * An address as programs see it. An IPv4 client of a socket that listens for both families has its IPv4
 * address.
 */
export function fromHostAddress(address: Deno.NetAddr): Deno.NetAddr {
  const { transport, hostname, port } = address;
  const mapped = hostname.startsWith(V4_MAPPED) && hostname.includes(".");
  return { transport, hostname: mapped ? hostname.slice(V4_MAPPED.length) : hostname, port };
}

/** How messages show an address. */
export function showAddress({ hostname, port }: HostAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
