import { CurioError } from "../kernel/errors.ts";
import type { Acceptor } from "./acceptor.ts";
import { Attempt } from "./attempt.ts";
import { fromHostAddress, showAddress } from "./address.ts";
import { SocketRole } from "./socket_role.ts";

/** A server's socket. The host accepts on its behalf from `bind` on; programs may after `listen`. */
export class ListeningRole<T> extends SocketRole {
  readonly #acceptor: Acceptor<T>;
  /** Whether `listen` was called. */
  listening: boolean;

  constructor(acceptor: Acceptor<T>, listening: boolean) {
    super();
    this.#acceptor = acceptor;
    this.listening = listening;
  }

  describe(): string {
    const doing = this.listening ? "listening on" : "bound to";
    return `${doing} ${showAddress(this.localAddr())}`;
  }

  localAddr(): Deno.Addr {
    return fromHostAddress(this.#acceptor.listener.addr);
  }

  /** Waits until the host listens, where that takes a moment; `null` where it does not. */
  whenReady(operation: string): Promise<unknown> | null {
    const { ready } = this.#acceptor.listener;
    return ready === undefined
      ? null
      : new Attempt<unknown>("ACCEPT_WAIT", () => {}).run(operation, () => ready);
  }

  accept(operation: string): Promise<T> {
    if (this.listening) return this.#acceptor.accept(operation);
    return Promise.reject(
      new CurioError("Cannot accept on a socket that does not listen: call listen() first"),
    );
  }

  close(): Promise<void> {
    return this.#acceptor.close();
  }
}
