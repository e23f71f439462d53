/** What a handshake is to be like, as an `SSLContext` says when it begins. */

/** A certificate with its intermediates, and its key, in PEM. */
export interface Certificate {
  readonly chain: string;
  readonly key: string;
}

/** What both sides have. */
export interface TlsSettings {
  readonly certificate: Certificate | null;
  /** The authorities that are trusted, in PEM; none for those that Deno trusts. */
  readonly ca: readonly string[];
  readonly alpnProtocols: readonly string[];
  /** Whether the peer must have a certificate that is trusted. */
  readonly verifies: boolean;
}

/** For a client. */
export interface ClientTls extends TlsSettings {
  /** The name that is asked for, and that the certificate must be for; `null` for none. */
  readonly serverHostname: string | null;
  readonly checksHostname: boolean;
}

/** For a server. */
export interface ServerTls extends TlsSettings {
  readonly certificate: Certificate;
}
