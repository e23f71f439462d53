/** What goes wrong under TLS, in our words. */
import type { X509Certificate } from "node:crypto";
import { CurioError } from "../kernel/errors.ts";
import { SSLCertVerificationError, SSLError } from "./ssl_error.ts";

/** A certificate is not to be trusted, and why, as far as Node knows. */
export class Distrust extends Error {
  constructor(readonly code: string, readonly certificate: X509Certificate | undefined) {
    super(code);
  }
}

/**
 * Why a handshake with `peer` failed, as `operation` is to tell it. What the system refuses is left as it
 * is.
 */
export function handshakeError(operation: string, peer: string, error: unknown): unknown {
  if (error instanceof Distrust) return distrustError(operation, peer, error);
  if (!isOfTls(error)) return error;
  return new SSLError(
    `Cannot shake hands with ${peer} in ${operation} because of the TLS error "${error.message}": ` +
      `see that both speak TLS here, in versions and protocols that the other has`,
    { cause: error, ...codeOf(error) },
  );
}

function distrustError(operation: string, peer: string, distrust: Distrust): Error {
  const { code, reason, advice } = complaint(distrust);
  return new SSLCertVerificationError(
    `Cannot trust ${peer} in ${operation} because its certificate ${reason}: ${advice}`,
    { code },
  );
}

/** Node says of many a certificate just that it cannot be verified: look for the reason in it. */
function complaint(
  { code, certificate }: Distrust,
): { code: string; reason: string; advice: string } {
  if (certificate !== undefined) {
    const { validFrom, validTo } = certificate;
    if (Date.parse(validTo) < Date.now()) {
      const [reason, advice] = [`has expired, on ${validTo}`, "have it renewed"];
      return { code: "CERT_HAS_EXPIRED", reason, advice };
    }
    if (Date.parse(validFrom) > Date.now()) {
      const reason = `is not valid before ${validFrom}`;
      return { code: "CERT_NOT_YET_VALID", reason, advice: "look at the clocks of both machines" };
    }
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = certificate?.subjectAltName ?? certificate?.subject ?? "nobody";
    return { code, reason: `is for ${names}`, advice: "give one of these names as serverHostname" };
  }
  const signer = code.includes("SELF_SIGNED") ? "itself" : "nobody who is trusted";
  const advice = "give the certificate of its authority as cafile";
  return { code, reason: `is signed by ${signer}`, advice };
}

/** What a read or a write of a connection failed with. */
export function brokenTls(error: unknown): unknown {
  if (!isOfTls(error) || error instanceof SSLError) return error;
  return new SSLError(
    `Cannot go on with a TLS connection because of the TLS error "${error.message}": connect again`,
    { cause: error, ...codeOf(error) },
  );
}

/** The error for a peer that is gone without having said goodbye. */
export function truncated(): Error {
  return new Deno.errors.UnexpectedEof(
    "Cannot read on because the peer ended the connection without TLS's close_notify: " +
      "treat what came as incomplete, unless it says itself where it ends",
  );
}

/** The error for a peer that is gone in the middle of the handshake. */
export function endedInHandshake(): Error {
  return new Error("the peer closed the connection");
}

function codeOf(error: Error): { code?: string } {
  return "code" in error ? { code: String(error.code) } : {};
}

/** Whether `error` is of the TLS library: not of the system, and no cancellation. */
function isOfTls(error: unknown): error is Error {
  return error instanceof SSLError ||
    error instanceof Error && !(error instanceof CurioError) &&
      !Object.values(Deno.errors).some((cls) => error instanceof cls);
}
