/**
 * Listening on a path. The host removes the file when the listener is closed; a program that crashed has
 * left it behind, and nobody can listen there until it is gone. Whether somebody still listens, only
 * connecting tells. That takes a turn of the event loop, and listening must not block; so a worker does
 * it while this thread waits, some five milliseconds, once after a crash.
 */
import { refusal } from "./refusals.ts";

/** How long to wait for the worker. A server that does not answer counts as one that is there. */
const PATIENCE_MS = 10_000;

const ALIVE = 1;
const DEAD = 2;

/** Runs in the worker. */
const PROBE = `onmessage = async ({ data: [path, answer, ALIVE, DEAD] }) => {
  let found = ALIVE;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) found = DEAD;
  }
  Atomics.store(answer, 0, found);
  Atomics.notify(answer, 0);
};`;

/**
 * Listens on `path`. What a crashed server has left there is replaced.
 *
 * @throws {Deno.errors.AddrInUse} If a server listens there, or there is something else.
 */
export function listenOnPath(path: string): Deno.UnixListener {
  try {
    return listen(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    removeStale(path);
    return listen(path);
  }
}

function listen(path: string): Deno.UnixListener {
  return Deno.listen({ transport: "unix", path });
}

function removeStale(path: string): void {
  // An abstract name of Linux has no file, and goes with its socket.
  if (path.startsWith("\0")) throw inUse(path, "a server listens there");
  const before = statOf(path);
  if (before === null) return;
  if (!before.isSocket) throw inUse(path, "there is a file that is no socket");
  if (isAlive(path)) throw inUse(path, "a server listens there");
  const now = statOf(path);
  if (now === null) return;
  if (now.ino !== before.ino) throw inUse(path, "another server has just begun to listen there");
  Deno.removeSync(path);
}

function statOf(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function isAlive(path: string): boolean {
  const answer = new Int32Array(new SharedArrayBuffer(4));
  const url = `data:text/javascript,${encodeURIComponent(PROBE)}`;
  const worker = new Worker(url, { type: "module" });
  try {
    worker.postMessage([path, answer, ALIVE, DEAD]);
    Atomics.wait(answer, 0, 0, PATIENCE_MS);
    return answer[0] !== DEAD;
  } finally {
    worker.terminate();
  }
}

function inUse(path: string, why: string): Error {
  const message = `Cannot listen on ${path} because ${why}: stop it, or choose another path`;
  return refusal(Deno.errors.AddrInUse, "EADDRINUSE", message);
}
