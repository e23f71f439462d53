import { startWeb, type WebOptions, type WebView } from "../../monitor/web.ts";
import type { WebFrame } from "../../monitor/web_frame.ts";
import { FakeSource } from "./web_fake_source.ts";

/** What a test says over HTTP. */
export interface Ask {
  readonly method?: string;
  readonly path?: string;
  /** In place of, or beside, what a browser would send; `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A web view of a program that a test makes up. */
export class Served {
  readonly source: FakeSource;
  readonly url: URL;
  readonly #view: WebView;

  private constructor(source: FakeSource, view: WebView) {
    this.source = source;
    this.#view = view;
    this.url = new URL(view.url);
  }

  static async start(options: WebOptions = {}): Promise<Served> {
    const source = new FakeSource();
    source.set(1, { name: "main", state: "TASK_JOIN" });
    return new Served(source, await startWeb(source, options));
  }

  /** The token in the URL. */
  get token(): string {
    return this.url.searchParams.get("token")!;
  }

  /**
   * Sends one request exactly as it is given: `fetch` would not let a test lie about its host. With
   * nothing given, it is what a page of the view sends.
   */
  async ask(ask: Ask = {}): Promise<Answer> {
    const { method = "GET", path = `/?token=${this.token}`, body = "" } = ask;
    const headers = {
      host: this.url.host,
      origin: method === "GET" ? null : this.url.origin,
      "content-length": body === "" ? null : String(body.length),
      connection: "close",
      ...ask.headers,
    };
    const lines = Object.entries(headers).filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}: ${value}\r\n`);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(this.url.port) });
    await conn.write(
      new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`),
    );
    return await answerOf(conn);
  }

  /** Follows the frames as a page does. */
  async follow(): Promise<Follower> {
    const response = await fetch(new URL(`/events?token=${this.token}`, this.url));
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new Follower(response.body!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#view.close();
  }
}

/** Who follows a view's frames. */
export class Follower {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next message as it was sent, or `null` at the end. */
  async message(): Promise<string | null> {
    let end = this.#text.indexOf("\n\n");
    while (end < 0) {
      const { value, done } = await this.#reader.read();
      if (done) return null;
      const from = Math.max(0, this.#text.length - 1);
      this.#text += value;
      end = this.#text.indexOf("\n\n", from);
    }
    const message = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return message;
  }

  /** The next frame. */
  async next(): Promise<WebFrame> {
    const message = await this.message();
    if (message === null) throw new Error("Cannot get a frame because the stream has ended");
    return JSON.parse(message.replace(/^data: /, ""));
  }

  /** The next frame that is as `test` says. */
  async until(test: (frame: WebFrame) => boolean): Promise<WebFrame> {
    for (;;) {
      const frame = await this.next();
      if (test(frame)) return frame;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Reads one answer, and no further: whoever sent a body that nobody reads is kept waiting for its end. */
async function answerOf(conn: Deno.Conn): Promise<Answer> {
  const chunk = new Uint8Array(65_536);
  let text = "";
  for (const decoder = new TextDecoder();;) {
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const [first, ...lines] = text.slice(0, end).split("\r\n");
      const headers = new Headers(lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }));
      const body = text.slice(end + 4);
      const length = Number(headers.get("content-length") ?? 0);
      const whole = new TextEncoder().encode(body).length >= length;
      if (whole) return { status: Number(first.split(" ")[1]), headers, text: body };
    }
    const count = await conn.read(chunk);
    if (count === null) throw new Error(`Cannot make sense of the answer ${JSON.stringify(text)}`);
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
}
