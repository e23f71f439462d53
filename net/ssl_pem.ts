/** Certificates and keys, as programs give them: the path of a file in PEM, or the PEM itself. */
import { nodeCrypto } from "./node_crypto.ts";
import { SSLError } from "./ssl_error.ts";
import type { Certificate } from "./tls_settings.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]+?-----END [A-Z ]*PRIVATE KEY-----/;

/** Loads a certificate, with its intermediates if it has any, and its key. */
export function loadCertificate(certfile: string | URL, keyfile: string | URL): Certificate {
  const chain = readPem(certfile, "the certificate");
  const [certificate] = parseCertificates(chain, certfile);
  const key = readPem(keyfile, "the private key").match(PRIVATE_KEY)?.[0] ?? "";
  if (key.includes("ENCRYPTED")) {
    throw new SSLError(
      `Cannot use the private key ${show(keyfile)} because it is encrypted: ` +
        `decrypt it first, with "openssl pkey -in encrypted.pem -out plain.pem"`,
    );
  }
  let matches: boolean;
  try {
    matches = certificate.checkPrivateKey(nodeCrypto().createPrivateKey(key));
  } catch (cause) {
    throw new SSLError(
      `Cannot use the private key ${
        show(keyfile)
      } because there is no key in it that can be read: ` +
        `give one in PEM, PKCS #8 say`,
      { cause },
    );
  }
  if (!matches) {
    throw new SSLError(
      `Cannot use the private key ${show(keyfile)} because it is not that of the certificate ` +
        `${show(certfile)}: give the two that belong together`,
    );
  }
  return { chain, key };
}

/** Loads the certificates of authorities: there may be any number in one file. */
export function loadAuthorities(cafile: string | URL): string[] {
  const pem = readPem(cafile, "the authorities");
  parseCertificates(pem, cafile);
  return pem.match(CERTIFICATE)!;
}

function parseCertificates(pem: string, source: string | URL): [X509, ...X509[]] {
  const { X509Certificate } = nodeCrypto();
  try {
    const [first, ...others] = (pem.match(CERTIFICATE) ?? []).map((one) =>
      new X509Certificate(one)
    );
    if (first !== undefined) return [first, ...others];
  } catch (cause) {
    throw noCertificate(source, cause);
  }
  throw noCertificate(source);
}

type X509 = InstanceType<typeof import("node:crypto").X509Certificate>;

function noCertificate(source: string | URL, cause?: unknown): SSLError {
  return new SSLError(
    `Cannot load ${show(source)} because there is none in it that can be read: give one ` +
      `in PEM (other forms are made PEM by "openssl x509 -inform der")`,
    cause === undefined ? undefined : { cause },
  );
}

function readPem(source: string | URL, what: string): string {
  if (typeof source === "string" && source.includes("-----BEGIN ")) return source;
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new TypeError(
      `Cannot load ${what} from ${
        Deno.inspect(source)
      }: give the path of a file, or the text of one`,
    );
  }
  try {
    return Deno.readTextFileSync(source);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const message = `Cannot load ${what} because there is no file ${show(source)}: ` +
      `give the path of one, or its text`;
    throw Object.assign(new Deno.errors.NotFound(message, { cause }), { code: "ENOENT" });
  }
}

/** A key has no place in a message. */
function show(source: string | URL): string {
  const text = String(source);
  return text.includes("-----BEGIN ") ? "(given as text)" : text;
}
