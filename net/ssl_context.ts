import { CurioError } from "../kernel/errors.ts";
import { hushed } from "../io/hushed.ts";
import type { HostConn } from "./host_conn.ts";
import { notConnected } from "./refusals.ts";
import { connectedSocket, Socket } from "./socket.ts";
import { loadAuthorities, loadCertificate } from "./ssl_pem.ts";
import { secureClient, secureServer } from "./tls_handshake.ts";
import type { Certificate, ClientTls, ServerTls } from "./tls_settings.ts";

/** For `verifyMode`: the peer's certificate is not looked at. Anybody may sit in between. */
export const CERT_NONE = 0;
/** For `verifyMode`: the peer must have a certificate that is trusted. */
export const CERT_REQUIRED = 2;

/** What a context is for: which side the certificates of it speak to. */
export const Purpose = {
  /** For clients: to authenticate servers. */
  SERVER_AUTH: "SERVER_AUTH",
  /** For servers: to authenticate clients. */
  CLIENT_AUTH: "CLIENT_AUTH",
} as const;

/** What a context is for: see the values of the same name. */
export type Purpose = typeof Purpose[keyof typeof Purpose];

/** How {@linkcode SSLContext.wrapSocket} upgrades a socket. */
export interface WrapOptions {
  /** Whether this is the server: what the context's purpose says unless given. */
  serverSide?: boolean;
  /** The name of the server, which its certificate must be for. A client that checks it must give one. */
  serverHostname?: string;
  /** The protocols to offer instead of the context's own, the best first. */
  alpnProtocols?: readonly string[];
}

const PROTOCOLS_ADVICE = `give an array of names such as ["h2", "http/1.1"]`;

let settingsOf: (context: SSLContext) => Omit<ClientTls, "serverHostname">;

/**
 * What TLS is to be like: whom to trust, and with which certificate to be trusted. One context serves any
 * number of connections; a change of it counts for those made after it. {@linkcode createDefaultContext}
 * makes one that is safe to use as it is.
 *
 * Over TLS a socket works as over TCP, cancellation and all. What differs: the other side's end of the
 * connection must be announced, or `recv` rejects with `Deno.errors.UnexpectedEof`, as somebody in
 * between may have cut it off; and Nagle's algorithm is off.
 *
 * @example A client of a server whose certificate only its own authority vouches for
 * ```ts no-run
 * import { openConnection, run, ssl } from "@curio/core";
 *
 * const context = ssl.createDefaultContext(ssl.Purpose.SERVER_AUTH, { cafile: "ca.pem" });
 *
 * await run(async () => {
 *   await using sock = await openConnection("db.example.com", 5433, { ssl: context });
 *   await sock.sendall("hello");
 * });
 * ```
 */
export class SSLContext {
  /** Which side it is for. */
  readonly purpose: Purpose;
  #certificate: Certificate | null = null;
  #authorities: readonly string[] = [];
  #alpnProtocols: readonly string[] = [];
  #verifyMode: number;
  #checkHostname: boolean;

  static {
    settingsOf = (context) => ({
      certificate: context.#certificate,
      ca: context.#authorities,
      alpnProtocols: context.#alpnProtocols,
      verifies: context.#verifyMode === CERT_REQUIRED,
      checksHostname: context.#checkHostname,
    });
  }

  /**
   * Makes a context as {@linkcode createDefaultContext} does.
   *
   * @param purpose Whom to authenticate: servers, for a client, unless given.
   */
  constructor(purpose: Purpose = Purpose.SERVER_AUTH) {
    if (!Object.values(Purpose).includes(purpose)) {
      throw new TypeError(
        `Cannot make a context for ${Deno.inspect(purpose)}: ` +
          `give Purpose.SERVER_AUTH for clients, Purpose.CLIENT_AUTH for servers`,
      );
    }
    this.purpose = purpose;
    this.#checkHostname = purpose === Purpose.SERVER_AUTH;
    this.#verifyMode = this.#checkHostname ? CERT_REQUIRED : CERT_NONE;
  }

  /**
   * `CERT_REQUIRED` if the peer must have a certificate that is trusted: so it is for servers, as a client
   * sees them, unless changed. `CERT_NONE` if none is looked at: so it is for clients, as a server sees
   * them; it switches `checkHostname` off.
   */
  get verifyMode(): number {
    return this.#verifyMode;
  }

  set verifyMode(mode: number) {
    if (mode !== CERT_NONE && mode !== CERT_REQUIRED) {
      throw new RangeError(
        `Cannot set verifyMode to ${Deno.inspect(mode)}: give CERT_NONE or CERT_REQUIRED`,
      );
    }
    this.#verifyMode = mode;
    if (mode === CERT_NONE) this.#checkHostname = false;
  }

  /** Whether a server's certificate must be for its host: true unless changed. True implies `CERT_REQUIRED`. */
  get checkHostname(): boolean {
    return this.#checkHostname;
  }

  set checkHostname(check: boolean) {
    this.#checkHostname = Boolean(check);
    if (check) this.#verifyMode = CERT_REQUIRED;
  }

  /**
   * Loads the certificate that this side shows, and its key. Does not block for long: small files are read
   * at once.
   *
   * @param certfile The path of a file in PEM, or its text: the certificate, then its intermediates.
   * @param keyfile The same for the private key: in the file of the certificate unless given.
   * @throws {Deno.errors.NotFound} If there is no such file; in general what the system refuses with.
   * @throws {SSLError} If there is no certificate or key in them, or they do not belong together.
   */
  loadCertChain(certfile: string | URL, keyfile: string | URL = certfile): void {
    this.#certificate = loadCertificate(certfile, keyfile);
  }

  /**
   * Trusts the authorities in a file, beside those loaded before; with the first, Deno's own are no longer
   * trusted.
   *
   * @param cafile The path of a file in PEM, or its text.
   * @throws {Deno.errors.NotFound} If there is no such file; in general what the system refuses with.
   * @throws {SSLError} If there is no certificate in it.
   */
  loadVerifyLocations(cafile: string | URL): void {
    this.#authorities = [...this.#authorities, ...loadAuthorities(cafile)];
  }

  /**
   * Sets the protocols to agree on (ALPN): see `Socket.selectedAlpnProtocol()`. A handshake with a peer that
   * has some, and none of these, fails.
   *
   * @param protocols Their names, the best first.
   */
  setAlpnProtocols(protocols: readonly string[]): void {
    this.#alpnProtocols = checkProtocols(protocols, "SSLContext.setAlpnProtocols()");
  }

  /**
   * Upgrades a connection to TLS, on either side: STARTTLS. A blocking point. The given socket can no longer
   * be used, as `detach()` leaves it; what a cancelled `recv` or a stream has taken from it counts as part
   * of the handshake. Cancelled, or if the handshake fails, the connection is closed: half a handshake
   * leaves nothing to go on with.
   *
   * @returns A socket for the same connection, the caller's to close.
   * @throws {SSLCertVerificationError} If the peer's certificate is not to be trusted.
   * @throws {SSLError} If the handshake fails for another reason of its own.
   * @throws {TypeError} If the context is for the other side, or a client has no `serverHostname` to check.
   *
   * @example The server's side of STARTTLS
   * ```ts no-run
   * import { type Socket, ssl } from "@curio/core";
   *
   * const context = ssl.createDefaultContext(ssl.Purpose.CLIENT_AUTH);
   * context.loadCertChain("certificate.pem", "key.pem");
   *
   * async function upgrade(client: Socket): Promise<Socket> {
   *   await client.sendall("220 Go ahead\r\n");
   *   return await context.wrapSocket(client, { serverSide: true });
   * }
   * ```
   */
  wrapSocket<A extends Deno.Addr>(
    sock: Socket<A>,
    options: WrapOptions = {},
  ): Promise<Socket<A>> {
    return hushed(this.#wrap(sock, options));
  }

  async #wrap<A extends Deno.Addr>(sock: Socket<A>, options: WrapOptions): Promise<Socket<A>> {
    const operation = "SSLContext.wrapSocket()";
    const { serverSide = this.purpose === Purpose.CLIENT_AUTH } = options;
    if (serverSide) {
      const settings = serverTls(operation, this, options);
      const conn = takeConnection(operation, sock);
      return connectedSocket(await secureServer(operation, "READ_WAIT", conn, settings));
    }
    const settings = clientTls(operation, this, options);
    const conn = takeConnection(operation, sock);
    return connectedSocket(await secureClient(operation, "READ_WAIT", conn, settings));
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    const mode = this.#verifyMode === CERT_NONE ? "CERT_NONE" : "CERT_REQUIRED";
    const certificate = this.#certificate === null ? "" : ", with a certificate";
    return `SSLContext [for ${this.purpose}, ${mode}${certificate}]`;
  }
}

/**
 * A context that is safe to use as it is. For a client it verifies the server: its certificate and that it
 * is for the host. For a server it asks clients for no certificate; load the server's own with
 * `loadCertChain`.
 *
 * @param purpose `Purpose.SERVER_AUTH` for a client, and unless given; `Purpose.CLIENT_AUTH` for a server.
 * @param options `cafile`: the authorities to trust instead of Deno's, as `loadVerifyLocations` takes them.
 *
 * @example
 * ```ts
 * import { CERT_REQUIRED, createDefaultContext } from "@curio/core/ssl";
 *
 * const context = createDefaultContext();
 * console.log(context.checkHostname, context.verifyMode === CERT_REQUIRED); // true true
 * ```
 */
export function createDefaultContext(
  purpose: Purpose = Purpose.SERVER_AUTH,
  options: { cafile?: string | URL } = {},
): SSLContext {
  const context = new SSLContext(purpose);
  if (options.cafile !== undefined) context.loadVerifyLocations(options.cafile);
  return context;
}

/** What a client's handshake by `context` is to be like. */
export function clientTls(
  operation: string,
  context: SSLContext,
  { serverHostname, alpnProtocols }: Pick<WrapOptions, "serverHostname" | "alpnProtocols">,
): ClientTls {
  checkPurpose(operation, context, Purpose.SERVER_AUTH, "a client");
  const settings = settingsOf(context);
  if (serverHostname === undefined && settings.checksHostname) {
    throw new TypeError(
      `Cannot check the host in ${operation} because it is not told: give its name as serverHostname`,
    );
  }
  return {
    ...settings,
    serverHostname: checkName(operation, serverHostname),
    ...protocolsOf(operation, alpnProtocols),
  };
}

/** What a server's handshake by `context` is to be like. */
export function serverTls(
  operation: string,
  context: SSLContext,
  { serverHostname, alpnProtocols }: WrapOptions = {},
): ServerTls {
  checkPurpose(operation, context, Purpose.CLIENT_AUTH, "a server");
  if (serverHostname !== undefined) {
    throw new TypeError(
      `Cannot use serverHostname in ${operation} for a server: it is for clients, leave it out`,
    );
  }
  const { certificate, ...settings } = settingsOf(context);
  if (certificate === null) {
    throw new CurioError(
      `Cannot serve TLS in ${operation} because the context has no certificate: ` +
        `load one with loadCertChain()`,
    );
  }
  return { ...settings, certificate, ...protocolsOf(operation, alpnProtocols) };
}

function checkPurpose(operation: string, context: unknown, purpose: Purpose, side: string): void {
  if (context instanceof SSLContext && context.purpose === purpose) return;
  const given = context instanceof SSLContext
    ? `a context for ${context.purpose}`
    : Deno.inspect(context);
  throw new TypeError(
    `Cannot use ${given} in ${operation} for ${side}: ` +
      `give one that createDefaultContext(Purpose.${purpose}) made`,
  );
}

function checkName(operation: string, name: string | undefined): string | null {
  if (name === undefined) return null;
  if (typeof name === "string" && name !== "") return name;
  throw new TypeError(
    `Cannot use ${Deno.inspect(name)} as serverHostname in ${operation}: give the name of a host`,
  );
}

function protocolsOf(
  operation: string,
  protocols: readonly string[] | undefined,
): { alpnProtocols?: readonly string[] } {
  return protocols === undefined ? {} : { alpnProtocols: checkProtocols(protocols, operation) };
}

function checkProtocols(protocols: readonly string[], operation: string): readonly string[] {
  if (!Array.isArray(protocols)) {
    throw new TypeError(
      `Cannot use ${Deno.inspect(protocols)} as protocols in ${operation}: ${PROTOCOLS_ADVICE}`,
    );
  }
  for (const name of protocols) {
    if (typeof name === "string" && name !== "" && name.length < 256) continue;
    throw new TypeError(
      `Cannot use ${Deno.inspect(name)} as a protocol in ${operation}: ${PROTOCOLS_ADVICE}`,
    );
  }
  return [...protocols];
}

function takeConnection(operation: string, sock: Socket): HostConn {
  if (!(sock instanceof Socket)) {
    throw new TypeError(
      `Cannot wrap ${Deno.inspect(sock)} in ${operation}: give a socket that is connected`,
    );
  }
  try {
    return sock.detach();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotConnected)) throw error;
    throw notConnected(
      operation,
      "wrap each client that it accepts, or give the context to runServer()",
    );
  }
}
