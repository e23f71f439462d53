/**
 * Ends an attempt to open a named pipe.
 *
 * The system opens a named pipe once somebody opens its other end, and the host cannot be told to give
 * up: the attempt would hold a thread, and keep the program alive, for as long as nobody comes. So we
 * come ourselves: to open a pipe for both reading and writing waits for nobody (on Linux, that is; where
 * it would, nothing is lost but a thread more), and lets those go on who wait.
 *
 * That takes the permission to read and to write the pipe. It is not asked for: without it, the
 * attempt goes on.
 *
 * @param path What is being opened, a named pipe or not.
 * @param attempt Settles once the attempt has ended. It must not reject.
 */
export async function endOpening(path: string | URL, attempt: Promise<void>): Promise<void> {
  if (!mayOpen(path)) return;
  try {
    const { isFifo } = await Deno.stat(path);
    if (!isFifo) return;
    using _bothEnds = await Deno.open(path, { read: true, write: true });
    await attempt;
  } catch {
    // It has been removed, or the system does not let us.
  }
}

function mayOpen(path: string | URL): boolean {
  const names = ["read", "write"] as const;
  return names.every((name) => Deno.permissions.querySync({ name, path }).state === "granted");
}
