import { Transcript } from "../helpers/transcript.ts";

/** A client of a server, made of nothing but Deno. */
export class Client {
  readonly #conn: Deno.TcpConn;
  readonly #transcript: Transcript;
  readonly #end: Promise<void>;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.#transcript = new Transcript(`What the client at ${conn.localAddr.port} received`);
    this.#end = this.#transcript.follow(conn.readable);
    this.#end.catch(() => {}); // Told by end().
  }

  static async connect(port: number): Promise<Client> {
    return new Client(await Deno.connect({ hostname: "localhost", port }));
  }

  /** Its own address, as the server sees it. */
  get address(): string {
    const { hostname, port } = this.#conn.localAddr;
    return `${hostname}:${port}`;
  }

  /** What it has received. */
  get text(): string {
    return this.#transcript.text;
  }

  /** Resolves once it has received `part`. */
  async shows(part: string): Promise<void> {
    await this.#transcript.shows(part);
  }

  /** Sends a text that is short enough to be taken at once. */
  async send(text: string): Promise<void> {
    await this.#conn.write(new TextEncoder().encode(text));
  }

  /** Sends no more, but still receives. */
  async leave(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Resolves, with all that it received, once the server has closed the connection. */
  async end(): Promise<string> {
    await this.#end;
    return this.text;
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // It has been read to its end, which closed it.
    }
  }
}
