import { CancelScope } from "../kernel/cancel_scope.ts";
import { isCancelled } from "../kernel/errors.ts";
import { requireScope } from "../kernel/current.ts";
import { type Duration, toTimeout } from "../kernel/duration.ts";
import { showAddress } from "./address.ts";
import type { Socket } from "./socket.ts";
import { SSLError } from "./ssl_error.ts";
import { serverTls, type SSLContext } from "./ssl_context.ts";

/** How long a client may take for its handshake, in seconds: as long as asyncio gives it. */
const HANDSHAKE_TIMEOUT = 60;

/** How a server speaks TLS. */
export interface TlsOptions {
  /** Speaks TLS, with the certificate of this context, which is made for `Purpose.CLIENT_AUTH`. */
  ssl?: SSLContext;
  /**
   * How long a client may take for its TLS handshake: 60 seconds unless given. A client whose handshake
   * takes longer, or fails, is logged and closed, and no handler sees it.
   */
  handshakeTimeout?: Duration;
}

/**
 * Where the clients of a server come in that speaks TLS. Each shakes hands in its own task, so that one
 * that is slow or silent keeps nobody waiting.
 */
export class TlsEntrance {
  readonly #operation: string;
  readonly #context: SSLContext;
  readonly #timeout: number;
  /** Of the handshakes in progress. */
  readonly #scopes = new Set<CancelScope>();

  /** @param operation The server's name in messages. */
  constructor(operation: string, context: SSLContext, timeout: Duration = HANDSHAKE_TIMEOUT) {
    this.#operation = operation;
    this.#context = context;
    this.#timeout = toTimeout(timeout, "the handshakeTimeout of a server");
    // What is wrong with the context is wrong for every client.
    serverTls(operation, context);
  }

  /** Shakes hands with `client`; `null` if that fails, which has been logged, and closed it. */
  async admit<A extends Deno.Addr>(client: Socket<A>): Promise<Socket<A> | null> {
    const address = showAddress(client.getpeername());
    const scope = new CancelScope({ timeout: this.#timeout });
    this.#scopes.add(scope);
    try {
      const secured = await scope.run(() => this.#context.wrapSocket(client, { serverSide: true }));
      if (secured !== undefined) return secured;
      if (scope.expired) this.#report(address, `took longer than ${this.#timeout} s`);
    } catch (error) {
      if (isCancelled(error)) throw error;
      // What the TLS library says is enough: the rest of the message is for the caller of wrapSocket().
      const cause = error instanceof SSLError ? error.cause : error;
      this.#report(address, `failed: ${cause instanceof Error ? cause.message : String(cause)}`);
    } finally {
      this.#scopes.delete(scope);
    }
    return null;
  }

  /** Gives up the handshakes in progress: who has not come in yet is not waited for. */
  close(): void {
    for (const scope of this.#scopes) scope.cancel("the server is being shut down");
  }

  #report(address: string, what: string): void {
    const { reports } = requireScope(this.#operation).task.scheduler;
    reports.warn(`${this.#operation} turned away ${address}: its TLS handshake ${what}`);
  }
}
