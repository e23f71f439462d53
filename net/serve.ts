/** Serving the clients of a socket that listens: what TCP and Unix servers have in common. */
import { Event } from "../sync/event.ts";
import { requireScope } from "../kernel/current.ts";
import { type Duration, toTimeout } from "../kernel/duration.ts";
import { sleep } from "../kernel/sleep.ts";
import { TaskGroup } from "../kernel/task_group.ts";
import { ignoreAfter } from "../kernel/timeout.ts";
import { explainUnbound } from "../kernel/unbound_method.ts";
import { type Socket, whenListening } from "./socket.ts";
import { TlsEntrance, type TlsOptions } from "./tls_entrance.ts";

/** What serves one client of a server: see {@linkcode tcpServer}. `A` is the type of its address. */
export type ClientHandler<A extends Deno.Addr = Deno.NetAddr> = (
  client: Socket<A>,
  address: A,
) => unknown;

/** How {@linkcode runServer} serves. */
export interface RunServerOptions<A extends Deno.Addr = Deno.NetAddr> extends TlsOptions {
  /** How long clients may go on after the server was cancelled: 0 seconds unless given. */
  grace?: Duration;
  /** Called once, with the address the server listens on. */
  onListen?: (address: A) => void;
}

/** What an accept may fail with through no fault of the server: the client was gone before. */
const CLIENT_GONE = ["ECONNRESET", "ECONNABORTED", "EPROTO", "EINTR"];
/** What it may fail with while the system has too little of something. */
const EXHAUSTED = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];
/** How long to wait then, in seconds. */
const PAUSE = 0.1;

/** Serves whoever connects to `sock`, until it is cancelled; then closes it. */
export async function serve<A extends Deno.Addr>(
  operation: string,
  sock: Socket<A>,
  handler: ClientHandler<A>,
  options: RunServerOptions<A>,
): Promise<never> {
  try {
    const { ssl, handshakeTimeout } = options;
    const entrance = ssl === undefined ? null : new TlsEntrance(operation, ssl, handshakeTimeout);
    const clients = new Clients<A>(handler, entrance);
    const grace = toTimeout(options.grace ?? 0, "the grace of a server");
    await whenListening(sock, operation);
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
class Clients<A extends Deno.Addr> {
  readonly #handler: ClientHandler<A>;
  readonly #entrance: TlsEntrance | null;
  readonly #options: { readonly daemon: boolean; readonly name: string };
  readonly #group = new TaskGroup<void>();
  readonly #gone = new Event();
  #count = 0;

  constructor(handler: ClientHandler<A>, entrance: TlsEntrance | null) {
    this.#handler = handler;
    this.#entrance = entrance;
    // The group forgets daemons that have ended, results and all.
    this.#options = { daemon: true, name: handler.name || "anonymous" };
    this.#gone.set();
  }

  serve(client: Socket<A>, address: A): void {
    this.#count++;
    this.#gone.clear();
    this.#group.spawn(this.#options, this.#run, client, address);
  }

  readonly #run = async (accepted: Socket<A>, address: A): Promise<void> => {
    let client: Socket<A> | null = accepted;
    // Called as a function: a handler that is a method is not to find this object in its place.
    const handler = this.#handler;
    try {
      if (this.#entrance !== null) client = await this.#entrance.admit(accepted);
      if (client !== null) await handler(client, address);
    } catch (error) {
      throw explainUnbound(handler, error);
    } finally {
      await client?.close();
      if (--this.#count === 0) this.#gone.set();
    }
  };

  /** Waits up to `grace`, then cancels those that are left and waits for them. */
  async end(grace: number): Promise<void> {
    this.#entrance?.close();
    try {
      if (grace > 0) await ignoreAfter(grace, () => this.#gone.wait());
    } finally {
      // All at once: one that says goodbye slowly must not keep the others waiting for their turn.
      await this.#group[Symbol.asyncDispose]();
    }
  }
}

/** The next client, through whatever an accept may fail with that will pass. */
async function nextClient<A extends Deno.Addr>(sock: Socket<A>): Promise<[Socket<A>, A]> {
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

/** Throws `TypeError` unless `handler` is a function. */
export function checkHandler(handler: unknown, operation: string): void {
  if (typeof handler === "function") return;
  throw new TypeError(
    `Cannot serve clients with ${
      String(handler)
    } in ${operation}: give a function that takes a socket`,
  );
}
