import { Event } from "../sync/event.ts";
import { requireScope } from "../kernel/current.ts";
import { type Duration, toTimeout } from "../kernel/duration.ts";
import { inTask } from "../kernel/in_task.ts";
import { sleep } from "../kernel/sleep.ts";
import { TaskGroup } from "../kernel/task_group.ts";
import { ignoreAfter } from "../kernel/timeout.ts";
import { Socket } from "./socket.ts";
import { type ServerSocketOptions, tcpServerSocket } from "./tcp_server_socket.ts";

/** What serves one client of a server: see {@linkcode tcpServer}. */
export type ClientHandler = (client: Socket, address: Deno.NetAddr) => unknown;

/** How {@linkcode runServer} serves. */
export interface RunServerOptions {
  /** How long clients may go on after the server was cancelled: 0 seconds unless given. */
  grace?: Duration;
  /** Called once, with the address the server listens on. */
  onListen?: (address: Deno.NetAddr) => void;
}

/** How {@linkcode tcpServer} listens and serves. */
export interface ServerOptions extends ServerSocketOptions, RunServerOptions {}

type OnSocket = [sock: Socket, handler: ClientHandler, options?: RunServerOptions];
type OnAddress = [host: string, port: number, handler: ClientHandler, options?: ServerOptions];

/**
 * What {@linkcode runServer} takes: a socket that listens, or a host and a port as `tcpServer` takes
 * them; then a handler, and options. One signature, so that `spawn(runServer, …)` knows both.
 */
export type RunServerArguments =
  | [sock: Socket, handler: ClientHandler, options?: RunServerOptions]
  | [host: string, port: number, handler: ClientHandler, options?: ServerOptions];

/** What an accept may fail with through no fault of the server: the client was gone before. */
const CLIENT_GONE = ["ECONNRESET", "ECONNABORTED", "EPROTO", "EINTR"];
/** What it may fail with while the system has too little of something. */
const EXHAUSTED = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];
/** How long to wait then, in seconds. */
const PAUSE = 0.1;

/**
 * Serves TCP clients, each in a task of its own, until it is cancelled. Each task runs
 * `handler(client, address)`; the client's socket is closed when that ends, and if it crashes, that is
 * logged and ends this client only.
 *
 * Cancelled, it stops accepting, lets its clients go on for `grace`, cancels those that are left,
 * waits until all have ended (each may still write its goodbye), and closes its socket.
 *
 * @param host A name or an address to listen on; `""` is every interface.
 * @param port The port; 0 is one that the system picks, told to `onListen`.
 * @throws {Deno.errors.AddrInUse} If the port is taken; in general what the system refuses with.
 * @throws {CurioError} Outside a task.
 *
 * @example An echo server
 * ```ts no-run
 * import { run, type Socket, tcpServer } from "@curio/core";
 *
 * async function echoClient(client: Socket, address: Deno.NetAddr) {
 *   console.log("Connection from", address.hostname, address.port);
 *   for (;;) {
 *     const data = await client.recv(1000);
 *     if (data.length === 0) break;
 *     await client.sendall(data);
 *   }
 *   console.log("Connection closed");
 * }
 *
 * await run(tcpServer, "", 25000, echoClient);
 * ```
 */
export function tcpServer(
  host: string,
  port: number,
  handler: ClientHandler,
  options: ServerOptions = {},
): Promise<never> {
  return inTask("tcpServer()", () => {
    checkHandler(handler, "tcpServer()");
    return serve(tcpServerSocket(host, port, options), handler, options);
  });
}

/**
 * {@linkcode tcpServer} on a socket that listens already, which it closes in the end; or, given a host
 * and a port, just {@linkcode tcpServer} by the name it had first.
 *
 * @example
 * ```ts
 * import { run, runServer, type Socket, tcpServerSocket, timeoutAfter } from "@curio/core";
 *
 * async function greet(client: Socket) {
 *   await client.sendall("hello\n");
 * }
 *
 * await run(async () => {
 *   const sock = tcpServerSocket("localhost", 0);
 *   await timeoutAfter(0.05, runServer, sock, greet).catch(console.log);
 * });
 * ```
 */
export function runServer(...given: RunServerArguments): Promise<never> {
  const [first] = given;
  if (!(first instanceof Socket)) return tcpServer(...given as OnAddress);
  const [, handler, options = {}] = given as OnSocket;
  return inTask("runServer()", () => {
    checkHandler(handler, "runServer()");
    return serve(first, handler, options);
  });
}

async function serve(
  sock: Socket,
  handler: ClientHandler,
  options: RunServerOptions,
): Promise<never> {
  const clients = new Clients(handler);
  try {
    const grace = toTimeout(options.grace ?? 0, "the grace of a server");
    options.onListen?.(sock.getsockname());
    try {
      for (;;) clients.serve(...await nextClient(sock));
    } finally {
      await clients.end(grace);
    }
  } finally {
    await sock.close();
  }
}

/** The tasks of a server's clients. */
class Clients {
  readonly #handler: ClientHandler;
  readonly #options: { readonly daemon: boolean; readonly name: string };
  readonly #group = new TaskGroup<void>();
  readonly #gone = new Event();
  #count = 0;

  constructor(handler: ClientHandler) {
    this.#handler = handler;
    // The group forgets daemons that have ended, results and all.
    this.#options = { daemon: true, name: handler.name || "anonymous" };
    this.#gone.set();
  }

  serve(client: Socket, address: Deno.NetAddr): void {
    this.#count++;
    this.#gone.clear();
    this.#group.spawn(this.#options, this.#run, client, address);
  }

  readonly #run = async (client: Socket, address: Deno.NetAddr): Promise<void> => {
    try {
      await this.#handler(client, address);
    } finally {
      await client.close();
      if (--this.#count === 0) this.#gone.set();
    }
  };

  /** Waits up to `grace`, then cancels those that are left and waits for them. */
  async end(grace: number): Promise<void> {
    try {
      if (grace > 0) await ignoreAfter(grace, () => this.#gone.wait());
    } finally {
      await this.#group.shutdown();
    }
  }
}

/** The next client, through whatever an accept may fail with that will pass. */
async function nextClient(sock: Socket): Promise<[Socket, Deno.NetAddr]> {
  for (let reported = false;;) {
    try {
      return await sock.accept();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (CLIENT_GONE.includes(code)) continue;
      if (!EXHAUSTED.includes(code)) throw error;
      if (!reported) report(error as Error);
      reported = true;
      await sleep(PAUSE);
    }
  }
}

function report(error: Error): void {
  const { reports } = requireScope("tcpServer()").task.scheduler;
  reports.warn(`a server cannot accept for now: ${error.message}; it will try again`);
}

function checkHandler(handler: unknown, operation: string): void {
  if (typeof handler === "function") return;
  throw new TypeError(
    `Cannot serve clients with ${
      String(handler)
    } in ${operation}: give a function that takes a socket`,
  );
}
