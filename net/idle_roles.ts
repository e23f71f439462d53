/** The roles of stream sockets in which nothing can be sent or received. */
import { type ClosedBy, closedError } from "../io/closed.ts";
import type { CurioError } from "../kernel/errors.ts";
import type { Connector } from "./connector.ts";
import { SocketRole } from "./socket_role.ts";

/** A socket that is neither bound nor connected. */
export class FreshRole extends SocketRole {
  readonly #unbound: Deno.Addr;

  /** @param unbound The address of a socket that has none yet. */
  constructor(unbound: Deno.Addr) {
    super();
    this.#unbound = unbound;
  }

  describe(): string {
    return "not connected";
  }

  localAddr(): Deno.Addr {
    return { ...this.#unbound };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A socket that is being connected. */
export class ConnectingRole extends FreshRole {
  readonly #connector: Connector;

  constructor(unbound: Deno.Addr, connector: Connector) {
    super(unbound);
    this.#connector = connector;
  }

  override describe(): string {
    return "connecting";
  }

  override close(): Promise<void> {
    this.#connector.close();
    return super.close();
  }
}

/** A socket that is of no more use. */
export class ClosedRole extends SocketRole {
  readonly #by: ClosedBy;

  constructor(by: ClosedBy) {
    super();
    this.#by = by;
  }

  describe(): string {
    return this.#by;
  }

  localAddr(operation: string): Deno.Addr {
    throw this.refusal(operation);
  }

  override refusal(operation: string): CurioError {
    return closedError(operation, this.#by);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
