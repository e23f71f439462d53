/**
 * The names of Python's `ssl` module: TLS for sockets, servers and clients.
 *
 * @module
 */
export {
  CERT_NONE,
  CERT_REQUIRED,
  createDefaultContext,
  Purpose,
  SSLContext,
  type WrapOptions,
} from "./ssl_context.ts";
export { SSLCertVerificationError, SSLError } from "./ssl_error.ts";
