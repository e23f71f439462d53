/**
 * TLS over any connection, by way of `node:tls`. Deno's own TLS takes half the time for a message, but it
 * will not do (Deno 2.9.6, measured): of a handshake that is given up it keeps the descriptor until the
 * peer does something; it insists on verifying everything; it is for clients only, apart from
 * `Deno.listenTls`, which costs every client 40 ms as it leaves no way to switch Nagle's algorithm off;
 * and it cannot go over a connection of which something has been read already, or that is not TCP.
 */
import { isIP } from "node:net";
import process from "node:process";
import { connect, createServer, type TLSSocket } from "node:tls";
import { ConnOver } from "./conn_over.ts";
import type { HostConn } from "./host_conn.ts";
import { brokenTls, Distrust, endedInHandshake, truncated } from "./tls_failures.ts";
import type { ClientTls, ServerTls } from "./tls_settings.ts";
import { TlsTransport, type TransportOwner } from "./tls_transport.ts";

/** How long a peer that does not read may hold up the goodbye, in milliseconds. */
const GOODBYE_MS = 1000;

/** What the alerts are called by Node, and in the protocol. */
const ALERTS: Readonly<Record<string, number>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 70,
  ERR_SSL_NO_APPLICATION_PROTOCOL: 120,
};
const HANDSHAKE_FAILURE = 40;

export class TlsConn extends ConnOver implements TransportOwner {
  readonly #transport: TlsTransport;
  #tls: TLSSocket | null = null;
  #failure: { readonly error: unknown } | null = null;
  #isSecure = false;
  #isClosed = false;
  /** Whether the peer has said that nothing more will come. */
  #sawEnd = false;
  /** Whether something came that TLS may not have looked at yet. */
  #isFresh = false;
  /** Wakes whoever waits for something to happen. */
  #wake: () => void = () => {};

  constructor(conn: HostConn) {
    super(conn);
    this.#transport = new TlsTransport(conn, this);
    this.#transport.on("error", (error) => this.failed(error));
  }

  get alpnProtocol(): string | null {
    return this.#tls?.alpnProtocol || null;
  }

  // -- The handshake

  /** Shakes hands with a server. */
  async connect(settings: ClientTls): Promise<void> {
    const { serverHostname: name } = settings;
    const tls = connect({
      socket: this.#transport,
      ...nameOrAddress(name),
      ca: settings.ca.length === 0 ? undefined : [...settings.ca],
      cert: settings.certificate?.chain,
      key: settings.certificate?.key,
      ALPNProtocols: listOrNone(settings.alpnProtocols),
      // It verifies all the same, and tells what it found: see below.
      rejectUnauthorized: false,
      ...(settings.checksHostname ? {} : { checkServerIdentity: () => undefined }),
    });
    this.#adopt(tls);
    tls.once("secureConnect", () => this.#secured());
    await this.#untilSecure();
    if (settings.verifies && !tls.authorized) {
      // Node's types have an `Error` here; it is the code of one.
      const distrust = new Distrust(String(tls.authorizationError), tls.getPeerX509Certificate());
      await this.closeGently(0);
      throw distrust;
    }
  }

  /** Shakes hands with a client. */
  async accept(settings: ServerTls): Promise<void> {
    // One for each client: its two events then are about this client.
    const server = createServer({
      cert: settings.certificate.chain,
      key: settings.certificate.key,
      ca: settings.ca.length === 0 ? undefined : [...settings.ca],
      // The time limit is ours, or nobody's.
      handshakeTimeout: 2 ** 31 - 1,
      requestCert: settings.verifies,
      rejectUnauthorized: settings.verifies,
      ALPNProtocols: listOrNone(settings.alpnProtocols),
    });
    server.once("secureConnection", (tls) => {
      this.#adopt(tls);
      this.#secured();
    });
    server.once("tlsClientError", (error) => this.failed(error));
    server.emit("connection", this.#transport);
    try {
      await this.#untilSecure();
    } catch (error) {
      await this.#sendAlert(error);
      throw error;
    }
  }

  #adopt(tls: TLSSocket): void {
    tls.allowHalfOpen = true;
    tls.on("error", (error) => this.failed(error));
    tls.on("end", () => {
      this.#sawEnd = true;
      this.#wake();
    });
    tls.on("readable", () => this.#wake());
    this.#tls = tls;
  }

  #secured(): void {
    this.#isSecure = true;
    this.#wake();
  }

  async #untilSecure(): Promise<void> {
    while (!this.#isSecure && this.#failure === null) await this.#progress();
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Tells a client why it is turned away, which Node does not: unencrypted, as nothing was sent before. */
  async #sendAlert(error: unknown): Promise<void> {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!code.startsWith("ERR_SSL_") || this.#transport.hasWritten || this.#isClosed) return;
    const description = ALERTS[code] ?? HANDSHAKE_FAILURE;
    try {
      await this.conn.write(new Uint8Array([21, 3, 3, 0, 2, 2, description]));
    } catch {
      // It is gone.
    }
  }

  // -- What happens below

  received(): void {
    this.#isFresh = true;
    this.#wake();
  }

  ended(): void {
    this.failed(this.#isSecure ? truncated() : endedInHandshake());
  }

  failed(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #happened(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  /** Waits for what may come of what was received; then for something more to come. */
  async #progress(): Promise<void> {
    if (this.#isFresh) {
      // Node tells a turn later that the handshake is done, or that the end came with the rest.
      this.#isFresh = false;
      await new Promise<void>((resolve) => process.nextTick(resolve));
    } else {
      this.#transport.allowRead();
      await this.#happened();
    }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw brokenTls(this.#failure.error);
  }

  // -- Bytes

  async read(buffer: Uint8Array): Promise<number | null> {
    if (buffer.length === 0) return 0;
    const tls = this.#tls!;
    for (;;) {
      const { readableLength } = tls;
      const chunk: Uint8Array | null = readableLength === 0
        ? null
        : tls.read(Math.min(readableLength, buffer.length));
      if (chunk !== null) {
        buffer.set(chunk);
        return chunk.length;
      }
      if (this.#sawEnd) return null;
      this.#throwFailure();
      tls.read(0);
      await this.#progress();
    }
  }

  async write(data: Uint8Array): Promise<number> {
    const tls = this.#tls!;
    if (tls.writableEnded) throw writeAfterEnd();
    this.#throwFailure();
    await new Promise<void>((resolve) => tls.write(data, () => resolve()));
    // To Node it is written as soon as it is encrypted; to us, once the system has taken it.
    await this.#transport.flushed();
    this.#throwFailure();
    return data.length;
  }

  /** Like TCP's, it does not wait for a peer that reads nothing: the end then follows what was sent. */
  async closeWrite(): Promise<void> {
    await patiently(this.#endWriting());
  }

  async #endWriting(): Promise<void> {
    await this.#sayGoodbye();
    this.#throwFailure();
    await this.conn.closeWrite();
  }

  async #sayGoodbye(): Promise<void> {
    const tls = this.#tls!;
    if (!tls.writableEnded) await new Promise<void>((resolve) => tls.end(() => resolve()));
    await this.#transport.flushed();
  }

  // -- The end

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.failed(new Deno.errors.BadResource("The connection was closed"));
    this.conn.close();
    this.#transport.destroy();
    this.#tls?.destroy();
  }

  async closeGently(sent: number): Promise<void> {
    if (this.#isSecure && this.#failure === null && !this.#transport.isWriting) {
      await patiently(this.#sayGoodbye());
      if (this.#failure === null) await this.#transport.discardUnread(sent);
    }
    this.close();
    await this.settled();
  }

  /** Resolves once no operation of the host is in flight. */
  async settled(): Promise<void> {
    await this.#transport.settled();
  }
}

/** Waits for `goodbye`, but not for ever. */
async function patiently(goodbye: Promise<void>): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, GOODBYE_MS);
  try {
    await Promise.race([goodbye, patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Only a name can be asked for; of an address only the certificate is checked. */
function nameOrAddress(hostname: string | null): { servername?: string; host?: string } {
  if (hostname === null) return {};
  return isIP(hostname) === 0 ? { servername: hostname } : { host: hostname };
}

function writeAfterEnd(): Error {
  const message = "Cannot write because this side of the connection has been ended: do it before";
  return Object.assign(new Deno.errors.BrokenPipe(message), { code: "EPIPE" });
}

function listOrNone(protocols: readonly string[]): string[] | undefined {
  return protocols.length === 0 ? undefined : [...protocols];
}
