import type { MonitorSource } from "./snapshot.ts";
import { WebFeed } from "./web_feed.ts";
import type { WebPlace, WebReply } from "./web_frame.ts";
import type { WebGuard } from "./web_guard.ts";
import { EVERY, WebHistory } from "./web_history.ts";
import type { WebPage } from "./web_page.ts";

/** How many pages may be open at once. */
const MAX_STREAMS = 8;
/** How many calls may wait for the kernel at once. */
const MAX_CALLS = 32;
/** For how many milliseconds, in the end, answers that are on their way are waited for. */
const GRACE = 500;

/** What keeps the page to itself, whatever the names of tasks contain. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Answers the page's requests, and everybody else's with as little as possible. */
export class WebServer {
  readonly #source: MonitorSource;
  readonly #guard: WebGuard;
  readonly #page: WebPage;
  readonly #history: WebHistory;
  readonly #feeds = new Set<WebFeed>();
  readonly #sending = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #timer: ReturnType<typeof setInterval>;
  #calls = 0;
  #refreshing = false;

  /**
   * A server that listens.
   *
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   */
  constructor(
    source: MonitorSource,
    guard: WebGuard,
    page: WebPage,
    hostname: string,
    port: number,
  ) {
    this.#source = source;
    this.#guard = guard;
    this.#page = page;
    this.#history = new WebHistory(source.snapshot(), performance.now());
    this.#server = Deno.serve({
      hostname,
      port,
      signal: this.#abort.signal,
      onListen: () => {},
      onError: () => this.#refuse(500, "Cannot answer because of an error in the monitor"),
    }, (request, { completed }) => this.#serve(request, completed));
    this.#timer = setInterval(() => this.#look(), EVERY);
  }

  /** The port it listens on. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Ends the streams with a goodbye, then stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const feed of this.#feeds) feed.end(true);
    // A browser that reads no more would hold the end up for ever.
    let impatience: ReturnType<typeof setTimeout> | undefined;
    const grace = new Promise<void>((resolve) => impatience = setTimeout(resolve, GRACE));
    await Promise.race([Promise.all(this.#sending), grace]);
    clearTimeout(impatience);
    this.#abort.abort();
    await this.#server.finished;
  }

  #look(): void {
    // What it brings shows at the next look; nobody waits for it, in case the kernel does not breathe.
    if (this.#feeds.size > 0 && !this.#refreshing) void this.#refresh();
    this.#history.look(this.#source.snapshot(), performance.now());
    for (const feed of this.#feeds) feed.look();
  }

  async #refresh(): Promise<void> {
    this.#refreshing = true;
    await this.#source.refresh();
    this.#refreshing = false;
  }

  /** Answers, and remembers it until that is sent or its reader is gone. */
  #serve(request: Request, sent: Promise<void>): Response | Promise<Response> {
    const sending = sent.catch(() => {}).then(() => void this.#sending.delete(sending));
    this.#sending.add(sending);
    return this.#answer(request);
  }

  #answer(request: Request): Response | Promise<Response> {
    const url = urlOf(request);
    if (url === null) return this.#refuse(400, "Cannot read this address");
    const refusal = this.#guard.refusal(request, url);
    if (refusal !== null) return this.#refuse(403, refusal);
    // Nothing is asked for in a body, so that none needs to be read.
    if (hasBody(request)) return this.#refuse(413, "Cannot take a body: send none");
    switch (`${request.method} ${url.pathname}`) {
      case "GET /":
        return this.#respond(this.#page.html, "text/html; charset=utf-8", this.#page.policy);
      case "GET /events":
        return this.#stream();
      case "GET /where":
        return this.#call(url, (id) => this.#where(id));
      case "POST /cancel":
        return this.#call(url, (id) => this.#cancel(id));
    }
    const known = ["/", "/events", "/where", "/cancel"].includes(url.pathname);
    return known
      ? this.#refuse(405, `Cannot ${request.method} this`)
      : this.#refuse(404, "Cannot find this: the page is at /");
  }

  #stream(): Response {
    if (this.#feeds.size >= MAX_STREAMS) {
      return this.#refuse(503, `Cannot serve more than ${MAX_STREAMS} pages: close one`);
    }
    const feed = new WebFeed(this.#history, (ended) => this.#feeds.delete(ended));
    this.#feeds.add(feed);
    return this.#respond(feed.body, "text/event-stream");
  }

  async #where(id: number): Promise<WebPlace> {
    const [stack, scopes] = await Promise.all([this.#source.where(id), this.#source.scopes(id)]);
    return { stack, scopes };
  }

  async #cancel(id: number): Promise<WebReply> {
    return { text: await this.#source.cancel(id) };
  }

  async #call(url: URL, work: (id: number) => Promise<unknown>): Promise<Response> {
    const text = url.searchParams.get("id") ?? "";
    if (!/^\d{1,15}$/.test(text)) {
      return this.#refuse(400, "Cannot tell which task is meant: give its id");
    }
    if (this.#calls >= MAX_CALLS) {
      return this.#refuse(503, "Cannot ask the kernel more at once: wait");
    }
    this.#calls++;
    try {
      return this.#respond(JSON.stringify(await work(Number(text))), "application/json");
    } finally {
      this.#calls--;
    }
  }

  #refuse(status: number, reason: string): Response {
    return this.#respond(`${reason}.\n`, "text/plain; charset=utf-8", CLOSED_POLICY, status);
  }

  #respond(
    body: string | ReadableStream<Uint8Array<ArrayBuffer>>,
    type: string,
    policy: string = CLOSED_POLICY,
    status: number = 200,
  ): Response {
    const headers = { ...HEADERS, "content-type": type, "content-security-policy": policy };
    return new Response(body, { status, headers });
  }
}

/** The address that is asked for, or `null` where the host or path makes none. */
function urlOf(request: Request): URL | null {
  try {
    return new URL(request.url);
  } catch {
    return null;
  }
}

function hasBody({ headers }: Request): boolean {
  return headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) !== 0;
}
