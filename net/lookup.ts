/**
 * Looking up names and addresses as the system does it, hosts file and all. `Deno.resolveDns` can be
 * stopped, but asks name servers only, and for a permission on them; `node:dns` does as the system does,
 * but a lookup of its own keeps the process alive until the system gives up, ten seconds and more after
 * nobody wants the answer. So it is done in a worker, which can be terminated.
 */
import { familyOf } from "./address.ts";
import { AF_INET, AF_INET6 } from "./constants.ts";
import { fromNodeError } from "./host_errors.ts";
import { noAddress, noName } from "./refusals.ts";

/** An address, and `AF_INET` or `AF_INET6`. */
export interface Found {
  readonly hostname: string;
  readonly family: number;
}

/** What the worker answers: what it found, or with what it failed. */
type Answer<T> = { readonly found: T } | { readonly code: string; readonly message: string };

/** Runs in the worker. */
const ASK = `import { lookup, lookupService } from "node:dns/promises";
onmessage = async ({ data: [name, isAddress] }) => {
  try {
    const found = isAddress
      ? (await lookupService(name, 0)).hostname
      : await lookup(name, { all: true, verbatim: true });
    postMessage({ found });
  } catch ({ code, message }) {
    postMessage({ code, message });
  }
};`;

/** Every address that `hostname` has, the system's favourite first. One that is an address has itself. */
export async function lookUp(hostname: string, signal: AbortSignal): Promise<readonly Found[]> {
  const family = familyOf(hostname);
  if (family !== null) return [{ hostname, family }];
  const found = await askSystem<{ address: string; family: number }[]>(hostname, false, signal);
  if (found === null || found.length === 0) throw noAddress(hostname);
  return found.map(({ address, family }) => (
    { hostname: address, family: family === 6 ? AF_INET6 : AF_INET }
  ));
}

/** The address of one family that `hostname` has. */
export async function lookUpOne(
  hostname: string,
  family: number,
  signal: AbortSignal,
): Promise<string> {
  // Everybody knows that one.
  if (hostname.toLowerCase() === "localhost") return family === AF_INET6 ? "::1" : "127.0.0.1";
  const found = (await lookUp(hostname, signal)).find((found) => found.family === family);
  if (found !== undefined) return found.hostname;
  throw noAddress(hostname, family === AF_INET6 ? "IPv6 address" : "IPv4 address");
}

/** The name that belongs to an address. */
export async function lookUpName(address: string, signal: AbortSignal): Promise<string> {
  const name = await askSystem<string>(address, true, signal);
  if (name === null || name === address) throw noName(address);
  return name;
}

/** `null` if there is no answer. */
function askSystem<T>(name: string, isAddress: boolean, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<T | null>();
  const url = `data:text/javascript,${encodeURIComponent(ASK)}`;
  const worker = new Worker(url, { type: "module" });
  const end = () => {
    worker.terminate();
    signal.removeEventListener("abort", giveUp);
  };
  const giveUp = () => {
    end();
    reject(signal.reason);
  };
  signal.addEventListener("abort", giveUp);
  worker.onmessage = ({ data }: MessageEvent<Answer<T>>) => {
    end();
    if ("found" in data) return resolve(data.found);
    const error = fromNodeError(Object.assign(new Error(data.message), { code: data.code }));
    if (error instanceof Deno.errors.NotFound) resolve(null);
    else reject(error);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end();
    reject(new Error(`Cannot look up ${name}: ${event.message}`));
  };
  worker.postMessage([name, isAddress]);
  return promise;
}
