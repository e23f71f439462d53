import type { HostConn, HostListener } from "./host_conn.ts";
import { DEFAULT_BACKLOG, isWithoutFamily, listenTcp } from "./listen_tcp.ts";
import { requireNet } from "./net_permission.ts";
import type { NodeListener } from "./node_listener.ts";

/**
 * Listens on a port that others may listen on too; the system shares the clients out between them. Only
 * Node can do that on stable Deno, and it begins to listen a moment later: what the system refuses with
 * is told by the first `accept`.
 *
 * A port that the system is to pick must be known at once: Deno's own listener picks and holds it until
 * Node is ready to take over.
 */
export class SharedPortListener implements HostListener {
  #addr: Deno.NetAddr;
  readonly ready: Promise<NodeListener>;
  #isClosed = false;
  #isBackground = false;

  /** @param hostnames Where to listen: on the first that this machine has. */
  constructor(hostnames: readonly string[], port: number, backlog: number = DEFAULT_BACKLOG) {
    const [hostname = ""] = hostnames;
    requireNet({ hostname, port }, "listen on");
    const held = port === 0 ? listenTcp(hostnames, 0) : null;
    this.#addr = held === null ? { transport: "tcp", hostname, port } : held.addr;
    const candidates = held === null ? hostnames : [held.addr.hostname];
    this.ready = this.#open(candidates, backlog, held);
    // Told by accept().
    this.ready.catch(() => {});
  }

  /** Where it listens. A name becomes the address it stands for once Node listens there. */
  get addr(): Deno.NetAddr {
    return this.#addr;
  }

  async accept(): Promise<HostConn> {
    return await (await this.ready).accept();
  }

  close(): void {
    this.#isClosed = true;
    this.#whenOpen((listener) => listener.close());
  }

  ref(): void {
    this.#isBackground = false;
    this.#whenOpen((listener) => this.#isBackground || listener.ref());
  }

  unref(): void {
    this.#isBackground = true;
    this.#whenOpen((listener) => this.#isBackground && listener.unref());
  }

  #whenOpen(action: (listener: NodeListener) => void): void {
    this.ready.then(action, () => {});
  }

  async #open(
    hostnames: readonly string[],
    backlog: number,
    held: Deno.TcpListener | null,
  ): Promise<NodeListener> {
    const { NodeListener } = await import("./node_listener.ts");
    held?.close();
    const { port } = this.#addr;
    let failure: unknown;
    for (const hostname of hostnames) {
      if (this.#isClosed) throw new Deno.errors.BadResource("The listener was closed");
      try {
        const options = { backlog, reusePort: true };
        const listener = await NodeListener.listen({ hostname, port }, options);
        this.#addr = listener.addr;
        return listener;
      } catch (error) {
        failure = error;
        if (!isWithoutFamily(error)) break;
      }
    }
    throw failure;
  }
}
