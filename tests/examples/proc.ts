/** What Linux tells about processes and sockets. */
import { delay } from "@std/async";

/** More milliseconds than any condition takes to hold, however busy the machine. */
const PATIENCE = 20_000;

/** The socket that listens on `port`, or `null`. */
export async function listenerOn(port: number): Promise<string | null> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  // local address, remote address, state (0A listens), five more columns, the socket's number
  const row = new RegExp(`:${hex} [0-9A-F]+:0000 0A +(?:\\S+ +){5}(\\d+)`);
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const found = row.exec(await Deno.readTextFile(table).catch(() => ""));
    if (found !== null) return found[1]!;
  }
  return null;
}

/** How many descriptors a process has open. */
export function countDescriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/**
 * Waits until `condition` holds, looking every `interval` milliseconds.
 *
 * @throws {Error} With what `describe` says, if it never does.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  describe: () => string,
  interval = 5,
): Promise<void> {
  for (const end = performance.now() + PATIENCE; !(await condition()); await delay(interval)) {
    if (performance.now() > end) throw new Error(describe());
  }
}
