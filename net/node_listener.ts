import { createServer, type Server, type Socket } from "node:net";
import type { NetAddress } from "./address.ts";
import type { HostConn, HostListener } from "./host_conn.ts";
import { fromNodeError } from "./host_errors.ts";
import { requireNet } from "./net_permission.ts";
import { NodeConn } from "./node_conn.ts";

/** How Node is to listen. */
export interface NodeListenOptions {
  readonly backlog: number;
  /** Whether others may listen on the same port. */
  readonly reusePort: boolean;
}

/**
 * A server of Node's as a listener of Deno's. Node accepts before it is asked; what it has accepted waits
 * here, and no more of it than the system would let wait.
 */
export class NodeListener implements HostListener {
  readonly #server: Server;
  readonly #backlog: number;
  readonly addr: Deno.NetAddr;
  readonly #waiting: Socket[] = [];
  #accepting: PromiseWithResolvers<HostConn> | null = null;
  #isBackground = false;

  private constructor(server: Server, backlog: number) {
    this.#server = server;
    this.#backlog = backlog;
    const { address, port } = server.address() as { address: string; port: number };
    this.addr = { transport: "tcp", hostname: address, port };
    server.on("connection", (socket) => this.#arrived(socket));
    server.on("error", (error) => this.#settle()?.reject(fromNodeError(error)));
    server.unref();
  }

  /** Listens on `address`. */
  static listen(address: NetAddress, options: NodeListenOptions): Promise<NodeListener> {
    const { backlog, reusePort } = options;
    return new Promise((resolve, reject) => {
      requireNet(address, "listen on");
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
      server.once("error", (error) => reject(fromNodeError(error)));
      const { hostname: host, port } = address;
      server.listen({ host, port, backlog, reusePort }, () => {
        server.removeAllListeners("error");
        resolve(new NodeListener(server, backlog));
      });
    });
  }

  accept(): Promise<HostConn> {
    const socket = this.#waiting.shift();
    if (socket !== undefined) return Promise.resolve(new NodeConn(socket));
    this.#accepting = Promise.withResolvers();
    this.#keepAlive();
    return this.#accepting.promise;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    this.#settle()?.reject(new Deno.errors.BadResource("The listener was closed"));
  }

  ref(): void {
    this.#isBackground = false;
    this.#keepAlive();
  }

  unref(): void {
    this.#isBackground = true;
    this.#keepAlive();
  }

  #arrived(socket: Socket): void {
    // Whoever is gone before we look at it has no address any more.
    socket.on("error", () => {});
    const accepting = this.#settle();
    if (accepting !== null) accepting.resolve(new NodeConn(socket));
    else if (this.#waiting.length < this.#backlog) this.#waiting.push(socket);
    else socket.destroy();
  }

  #settle(): PromiseWithResolvers<HostConn> | null {
    const accepting = this.#accepting;
    this.#accepting = null;
    this.#keepAlive();
    return accepting;
  }

  #keepAlive(): void {
    if (this.#accepting !== null && !this.#isBackground) this.#server.ref();
    else this.#server.unref();
  }
}
