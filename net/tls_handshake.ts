/**
 * Handshakes that can be cancelled: a connection over TLS is made of a plain one, or of nothing of it is
 * left open. A handshake cannot be taken back, so the plain connection is used up in any case.
 */
import type { TaskState } from "../kernel/types.ts";
import { Attempt } from "./attempt.ts";
import { showAddress } from "./address.ts";
import type { HostConn } from "./host_conn.ts";
import { handshakeError } from "./tls_failures.ts";
import type { TlsConn } from "./tls_conn.ts";
import type { ClientTls, ServerTls } from "./tls_settings.ts";

/** Shakes hands with the server at the other end of `conn`. */
export function secureClient(
  operation: string,
  state: TaskState,
  conn: HostConn,
  settings: ClientTls,
): Promise<TlsConn> {
  const peer = settings.serverHostname ?? showAddress(conn.remoteAddr);
  return secure(operation, state, peer, conn, (tls) => tls.connect(settings));
}

/** Shakes hands with the client at the other end of `conn`. */
export function secureServer(
  operation: string,
  state: TaskState,
  conn: HostConn,
  settings: ServerTls,
): Promise<TlsConn> {
  return secure(
    operation,
    state,
    showAddress(conn.remoteAddr),
    conn,
    (tls) => tls.accept(settings),
  );
}

async function secure(
  operation: string,
  state: TaskState,
  peer: string,
  conn: HostConn,
  shakeHands: (tls: TlsConn) => Promise<void>,
): Promise<TlsConn> {
  const handshake = new Handshake(conn);
  try {
    // Each flight of a handshake is an answer, for which Nagle's algorithm would wait 40 ms.
    conn.setNoDelay?.(true);
    return await new Attempt<TlsConn>(state, () => {}).run(
      operation,
      (signal) => handshake.begin(signal, shakeHands),
    );
  } catch (error) {
    // Nothing is left of it by the time its task goes on.
    await handshake.giveUp();
    throw handshakeError(operation, peer, error);
  }
}

/** One handshake, and what has to be closed if it is given up. */
class Handshake {
  readonly #conn: HostConn;
  #tls: TlsConn | null = null;
  #work: Promise<TlsConn> | null = null;
  #isGivenUp = false;

  constructor(conn: HostConn) {
    this.#conn = conn;
  }

  begin(
    signal: AbortSignal,
    shakeHands: (tls: TlsConn) => Promise<void>,
  ): Promise<TlsConn> {
    signal.addEventListener("abort", () => this.#close(), { once: true });
    return this.#work = this.#shakeHands(shakeHands);
  }

  /** Closes the connection, and resolves once nothing is left of it. */
  async giveUp(): Promise<void> {
    this.#close();
    await this.#work?.catch(() => {}); // It is known already.
    await this.#tls?.settled();
  }

  async #shakeHands(shakeHands: (tls: TlsConn) => Promise<void>): Promise<TlsConn> {
    // Node's TLS takes a while to load: only who uses it waits for that.
    const { TlsConn } = await import("./tls_conn.ts");
    // If it was given up meanwhile, nobody waits for what this brings.
    if (!this.#isGivenUp) await shakeHands(this.#tls = new TlsConn(this.#conn));
    return this.#tls!;
  }

  #close(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    (this.#tls ?? this.#conn).close();
  }
}
