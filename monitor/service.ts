/**
 * The monitor's thread: listens, and serves every client from the mirror. It is told of little by the
 * kernel's thread, and depends on it for nothing but answers.
 */
import type { Console } from "./commands.ts";
import { KernelLink } from "./kernel_link.ts";
import type { Line, Setup, ToService } from "./messages.ts";
import { Session } from "./session.ts";
import { TableReader } from "./table_reader.ts";
import type { WebView } from "./web.ts";

/** How many clients there may be at once. */
const MAX_CLIENTS = 64;
/** What accepting a client fails with that has hung up meanwhile. */
const GONE = [
  Deno.errors.NotConnected,
  Deno.errors.ConnectionAborted,
  Deno.errors.ConnectionReset,
] as const;

/** Begins to serve as `setup` says; everything else is said over `line`. */
export function serve(line: Line, setup: Setup): void {
  const service = new Service(line, setup);
  line.on("message", (message) => void service.told(message));
  void service.start();
}

class Service implements Console {
  readonly source: KernelLink;
  readonly #line: Line;
  readonly #setup: Setup;
  readonly #table: TableReader;
  readonly #sessions = new Set<Session>();
  #listener: Deno.TcpListener | null = null;
  #web: Promise<WebView> | null = null;

  constructor(line: Line, setup: Setup) {
    this.#line = line;
    this.#setup = setup;
    this.#table = new TableReader(setup.table, setup.program, setup.pid);
    this.source = new KernelLink(this.#table, line);
    setInterval(() => this.#table.sample(), 1000);
  }

  async told(message: ToService): Promise<void> {
    switch (message.type) {
      case "chunk":
        this.#table.addChunk(message.buffer);
        break;
      case "answer":
        this.source.answered(message.call, message.value);
        break;
      case "close":
        this.#listener?.close();
        await Promise.all([...this.#sessions].map((session) => session.end()));
        await this.#closeWeb();
        this.#line.postMessage({ type: "closed" });
    }
  }

  async start(): Promise<void> {
    const { hostname, port, webPort } = this.#setup;
    try {
      this.#listener = Deno.listen({ hostname, port });
    } catch (error) {
      const inUse = error instanceof Deno.errors.AddrInUse;
      const why = error instanceof Error ? error.message : String(error);
      this.#line.postMessage({ type: "failed", why, inUse });
      return;
    }
    let web: string | null = null;
    if (webPort !== null) {
      web = await this.openWeb().catch((error: Error) => {
        this.#line.postMessage({ type: "warning", text: error.message });
        return null;
      });
    }
    this.#line.postMessage({ type: "listening", port: this.#listener.addr.port, web });
    await this.#accept(this.#listener);
  }

  async openWeb(): Promise<string> {
    const { hostname, token, webPort } = this.#setup;
    this.#web ??= import("./web.ts").then(({ startWeb }) =>
      startWeb(this.source, {
        hostname,
        port: webPort ?? 0,
        ...(token === null ? {} : { token }),
      })
    );
    try {
      return (await this.#web).url;
    } catch (error) {
      this.#web = null;
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      throw new Error("Cannot serve the web view because its port is taken: give another one");
    }
  }

  async #closeWeb(): Promise<void> {
    if (this.#web === null) return;
    await this.#web.then((web) => web.close()).catch(() => {});
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for (;;) {
      let conn: Deno.TcpConn;
      try {
        conn = await listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
          return;
        }
        // One client's trouble, which was gone again: nobody else need wait.
        if (GONE.some((gone) => error instanceof gone)) continue;
        // Ours: there are no descriptors.
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      void this.#serve(conn);
    }
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    // Rather the one that has been here longest than the one that is just coming to look.
    if (this.#sessions.size >= MAX_CLIENTS) {
      const [oldest] = this.#sessions;
      this.#sessions.delete(oldest);
      oldest.close();
    }
    const session = new Session(conn, this, this.#setup.token);
    this.#sessions.add(session);
    await session.run();
    this.#sessions.delete(session);
  }
}
