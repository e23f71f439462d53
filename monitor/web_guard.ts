import { createHash, timingSafeEqual } from "node:crypto";
import { inUrl } from "./in_url.ts";

/**
 * Decides who may talk to the web view: whoever knows the token. The rest keeps other pages in the same
 * browser out even so.
 *
 * A page elsewhere may make its own name point to 127.0.0.1 ("DNS rebinding"), and is then, to the
 * browser, of the same origin as we: the `Host` it names gives it away. The port in it may be any, as a
 * forwarded one is another than ours. A server on every interface is called by names it can't know; it
 * takes addresses only, as a number can't be rebound.
 */
export class WebGuard {
  readonly #token: Uint8Array;
  readonly #hosts: ReadonlySet<string>;
  readonly #anyAddress: boolean;

  /**
   * @param token What must be in the URL.
   * @param hostname What the server listens on.
   */
  constructor(token: string, hostname: string) {
    this.#token = digest(token);
    this.#anyAddress = ["", "0.0.0.0", "::"].includes(hostname);
    this.#hosts = new Set(["127.0.0.1", "localhost", "[::1]", inUrl(hostname).toLowerCase()]);
  }

  /** Why `request` for `url` is refused, or `null` if it is not. */
  refusal(request: Request, url: URL): string | null {
    const host = (request.headers.get("host") ?? "").toLowerCase();
    if (!this.#isHost(host)) {
      return "Cannot answer to this Host: use the URL as it was printed";
    }
    const origin = request.headers.get("origin");
    if (origin === null ? request.method !== "GET" : origin !== `http://${host}`) {
      return "Cannot answer to pages of another origin";
    }
    if (!timingSafeEqual(digest(url.searchParams.get("token") ?? ""), this.#token)) {
      return "Cannot show anything without the token: use the URL as it was printed";
    }
    return null;
  }

  #isHost(host: string): boolean {
    const name = host.replace(/:\d{1,5}$/, "");
    if (this.#hosts.has(name)) return true;
    return this.#anyAddress && /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])$/.test(name);
  }
}

/** A token nobody guesses. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return bytes.toBase64({ alphabet: "base64url" });
}

/** Of one length whatever the text's, so that the comparison takes the same time for all. */
function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
