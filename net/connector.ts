import { suspendAnywhere } from "../kernel/suspend.ts";
import type { Wait, WaitOwner } from "../kernel/wait.ts";
import { closedWhileError } from "../io/closed.ts";
import type { HostAddress } from "./address.ts";
import { lookupError } from "./refusals.ts";

/** One attempt to connect, which can be given up: a connection that comes too late is closed. */
export class Connector implements WaitOwner {
  readonly #controller = new AbortController();
  #wait: Wait<Deno.TcpConn> | null = null;

  /** Connects to `address`. */
  connect(operation: string, address: HostAddress): Promise<Deno.TcpConn> {
    const wait = suspendAnywhere<Deno.TcpConn>(operation, "CONNECT_WAIT", this);
    if (!wait.pending) return wait.promise;
    this.#wait = wait;
    Deno.connect({ ...address, signal: this.#controller.signal }).then(
      (conn) => this.#connected(conn),
      (error) => this.#failed(lookupError(error, address.hostname)),
    );
    return wait.promise;
  }

  /** The wait was cancelled. */
  remove(): void {
    this.#wait = null;
    // Its listeners are the host's, and need no detour.
    this.#controller.abort();
  }

  /** Its socket is being closed. */
  close(): void {
    const wait = this.#wait;
    if (wait === null) return;
    this.remove();
    wait.fail(closedWhileError(wait.operation));
  }

  #connected(conn: Deno.TcpConn): void {
    const wait = this.#wait;
    this.#wait = null;
    if (wait === null) conn.close();
    else wait.complete(conn);
  }

  #failed(error: unknown): void {
    const wait = this.#wait;
    this.#wait = null;
    wait?.completeWith(error);
  }
}
