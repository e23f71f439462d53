/**
 * The monitor's thread: listens, and serves every client from the mirror. It is told of little by the
 * kernel's thread, and depends on it for nothing but answers.
 */
import type { Console } from "./commands.ts";
import { KernelLink } from "./kernel_link.ts";
import type { Line, Setup, ToService } from "./messages.ts";
import { Session } from "./session.ts";
import { TableReader } from "./table_reader.ts";

/** How many clients there may be at once. */
const MAX_CLIENTS = 64;

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
  #web: Promise<{ readonly url: string; close(): Promise<void> }> | null = null;

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
      web = await this.openWeb().catch((error) => {
        this.#line.postMessage({ type: "warning", text: `Cannot serve the web view: ${error}` });
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
      throw error;
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
        // Closed, or else one client's trouble: it was gone again, or there are no descriptors.
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      void this.#serve(conn);
    }
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    // Rather the one that has been here longest than the one that is just coming to look.
    if (this.#sessions.size >= MAX_CLIENTS) this.#sessions.values().next().value!.close();
    const session = new Session(conn, this, this.#setup.token);
    this.#sessions.add(session);
    await session.run();
    this.#sessions.delete(session);
  }
}
