import { brandError, CurioError } from "../kernel/errors.ts";

/**
 * TLS failed: the handshake did not succeed, a record was corrupt, or a certificate or key cannot be used.
 * What the system itself refuses keeps the `Deno.errors` class of its name.
 *
 * @example
 * ```ts
 * import { createDefaultContext, Purpose, SSLError } from "@curio/core/ssl";
 *
 * const context = createDefaultContext(Purpose.CLIENT_AUTH);
 * try {
 *   context.loadCertChain("-----BEGIN RUBBISH-----", "-----BEGIN RUBBISH-----");
 * } catch (error) {
 *   console.log(error instanceof SSLError); // true
 * }
 * ```
 */
export class SSLError extends CurioError {
  /** What kind of failure it was, where there is a code for it: `CERT_HAS_EXPIRED`. */
  readonly code: string | undefined;

  /** Makes one. */
  constructor(message?: string, options?: ErrorOptions & { code?: string }) {
    super(message, options);
    this.code = options?.code;
  }
}

/**
 * The peer's certificate is not to be trusted: it is for another host, has expired, or is signed by nobody
 * whom the context trusts.
 *
 * @example
 * ```ts no-run
 * import { openConnection, run } from "@curio/core";
 * import { SSLCertVerificationError } from "@curio/core/ssl";
 *
 * await run(async () => {
 *   try {
 *     await openConnection("expired.badssl.com", 443, { ssl: true });
 *   } catch (error) {
 *     console.log(error instanceof SSLCertVerificationError); // true
 *   }
 * });
 * ```
 */
export class SSLCertVerificationError extends SSLError {}

brandError(SSLError, "SSLError");
brandError(SSLCertVerificationError, "SSLCertVerificationError");
