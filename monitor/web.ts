/** The monitor's web view: one page that shows the tasks of a running program, live. */
import type { MonitorSource } from "./snapshot.ts";
import { inUrl } from "./in_url.ts";
import { randomToken, WebGuard } from "./web_guard.ts";
import { webPage } from "./web_page.ts";
import { WebServer } from "./web_server.ts";

/** How the web view is served. */
export interface WebOptions {
  /** What to listen on; 127.0.0.1 unless given. */
  readonly hostname?: string;
  /** The port; 0, unless given, is one that the system picks. */
  readonly port?: number;
  /** What must be in the URL of whoever looks; a random one unless given. */
  readonly token?: string;
}

/** A web view that is being served. */
export interface WebView {
  /** Where it is, with its token. */
  readonly url: string;
  /** Says goodbye to the pages that are open, and stops. */
  close(): Promise<void>;
}

/**
 * Serves the web view of `source`. It looks at the snapshot four times a second and asks the kernel for
 * nothing while no page is open; open pages go on when the kernel does not.
 *
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
 * @throws {RangeError} If the token is empty.
 */
export async function startWeb(source: MonitorSource, options: WebOptions = {}): Promise<WebView> {
  const { hostname = "127.0.0.1", port = 0, token = randomToken() } = options;
  if (token === "") {
    throw new RangeError(
      "Cannot serve the web view with an empty token: leave it out for a random one",
    );
  }
  const address = `${inUrl(hostname)}:${port}`;
  // At a terminal Deno would ask, and this thread would wait for the answer.
  if (Deno.permissions.querySync({ name: "net", host: address }).state !== "granted") {
    throw new Deno.errors.NotCapable(
      `Cannot serve the web view because the program may not listen on ${address}: run it with --allow-net=${address} too`,
    );
  }
  const guard = new WebGuard(token, hostname);
  const server = new WebServer(source, guard, await webPage(), hostname, port);
  const host = ["", "0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : inUrl(hostname);
  return {
    url: `http://${host}:${server.port}/?token=${encodeURIComponent(token)}`,
    close: () => server.close(),
  };
}
