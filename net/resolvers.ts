/** The resolver functions of Python's `socket`. */
import { thread } from "../kernel/thread_scope.ts";
import { immediate } from "../io/immediate.ts";
import { hushed } from "../io/hushed.ts";
import { familyOf, toNetAddress } from "./address.ts";
import { Attempt } from "./attempt.ts";
import { AF_INET, AF_INET6, SOCK_DGRAM, SOCK_STREAM } from "./constants.ts";
import { type Found, lookUp, lookUpName, lookUpOne } from "./lookup.ts";

/** One way to reach a host: see {@linkcode getaddrinfo}. */
export interface AddressInfo {
  /** `AF_INET` or `AF_INET6`. */
  readonly family: number;
  /** `SOCK_STREAM` or `SOCK_DGRAM`. */
  readonly type: number;
  /** What to connect to, or to send to. */
  readonly address: Deno.NetAddr;
}

const EVERY_INTERFACE: readonly Found[] = [
  { hostname: "0.0.0.0", family: AF_INET },
  { hostname: "::", family: AF_INET6 },
];

/**
 * Every way to reach a host, the system's favourite first. A blocking point, unless `host` is an address
 * in numbers: those need no permission, a name needs `--allow-net` for it. Cancelled, it leaves nothing.
 *
 * @param host A name or an address; `""` is every interface.
 * @param port The port, for the addresses.
 * @throws {Deno.errors.NotFound} If the name has no address.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { getaddrinfo } from "@curio/core/socket";
 *
 * const [info] = await run(getaddrinfo, "127.0.0.1", 80);
 * console.log(info.address); // { transport: "tcp", hostname: "127.0.0.1", port: 80 }
 * ```
 */
export function getaddrinfo(host: string, port: number): Promise<AddressInfo[]> {
  if (thread !== null) return thread["socket.getaddrinfo"](host, port) as Promise<never>;
  return hushed(addressInfo(host, port));
}

async function addressInfo(host: string, port: number): Promise<AddressInfo[]> {
  const operation = "getaddrinfo()";
  toNetAddress([host, port], operation);
  const found = host === "" ? EVERY_INTERFACE : await resolve(operation, host, lookUp);
  return found.flatMap(({ hostname, family }) => [
    { family, type: SOCK_STREAM, address: { transport: "tcp", hostname, port } },
    { family, type: SOCK_DGRAM, address: { transport: "udp", hostname, port } },
  ]);
}

/**
 * The IPv4 address of a host. Otherwise as {@linkcode getaddrinfo}.
 *
 * @throws {Deno.errors.NotFound} If it has none.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { gethostbyname } from "@curio/core/socket";
 *
 * console.log(await run(gethostbyname, "127.0.0.1")); // 127.0.0.1
 * ```
 */
export function gethostbyname(host: string): Promise<string> {
  if (thread !== null) return thread["socket.gethostbyname"](host) as Promise<never>;
  return hushed(
    resolve("gethostbyname()", host, (host, signal) => lookUpOne(host, AF_INET, signal)),
  );
}

/**
 * The name of this machine. It needs `--allow-sys=hostname`.
 *
 * @example
 * ```ts
 * import { gethostname } from "@curio/core/socket";
 *
 * console.log(await gethostname());
 * ```
 */
export function gethostname(): Promise<string> {
  if (thread !== null) return thread["socket.gethostname"]() as Promise<never>;
  try {
    return immediate("gethostname()", Deno.hostname());
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * The name of the host with an address. A blocking point; cancelled, it leaves nothing.
 *
 * @param ip The address, in numbers.
 * @returns The name, other names (none: the system does not tell), and its addresses: the one given.
 * @throws {Deno.errors.NotFound} If it has no name.
 *
 * @example
 * ```ts
 * import { run } from "@curio/core";
 * import { gethostbyaddr } from "@curio/core/socket";
 *
 * const [name] = await run(gethostbyaddr, "127.0.0.1");
 * console.log(name); // localhost
 * ```
 */
export function gethostbyaddr(
  ip: string,
): Promise<[hostname: string, aliases: string[], addresses: string[]]> {
  if (thread !== null) return thread["socket.gethostbyaddr"](ip) as Promise<never>;
  return hushed(hostByAddress(ip));
}

async function hostByAddress(ip: string): Promise<[string, string[], string[]]> {
  if (typeof ip !== "string" || familyOf(ip) === null) {
    throw new TypeError(
      `Cannot look up ${Deno.inspect(ip)} in gethostbyaddr(): give an address in numbers`,
    );
  }
  return [await resolve("gethostbyaddr()", ip, lookUpName), [], [ip]];
}

function resolve<T>(
  operation: string,
  host: string,
  lookUp: (host: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const attempt = new Attempt<T>("FUTURE_WAIT", () => {});
  return attempt.run(operation, (signal) => lookUp(host, signal));
}
