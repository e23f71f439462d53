import type { WebHistory } from "./web_history.ts";

/** After how many looks a browser that takes nothing any more is dropped: half a minute. */
const PATIENCE = 120;

/**
 * The stream of frames to one page, as server-sent events. At most one frame waits to be taken; a page
 * that is slow to take it skips what happens meanwhile and then gets the latest.
 */
export class WebFeed {
  /** What to respond with. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #history: WebHistory;
  readonly #known = new Map<number, number>();
  readonly #encoder = new TextEncoder();
  readonly #closed: (feed: WebFeed) => void;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #sent = 0;
  #skipped = 0;

  /**
   * @param history What there is to tell.
   * @param closed Called once the stream has ended, whoever ended it.
   */
  constructor(history: WebHistory, closed: (feed: WebFeed) => void) {
    this.#history = history;
    this.#closed = closed;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => closed(this),
    }, { highWaterMark: 1 });
    this.look();
  }

  /** Sends what is new, if the page has taken what was sent before. */
  look(): void {
    if ((this.#controller.desiredSize ?? 0) <= 0) {
      if (++this.#skipped >= PATIENCE) this.end();
      return;
    }
    this.#skipped = 0;
    const frame = this.#history.frame(this.#known, this.#sent === 0, this.#sent);
    this.#sent = frame.tick;
    this.#controller.enqueue(this.#encoder.encode(`data: ${JSON.stringify(frame)}\n\n`));
  }

  /** Ends the stream; with `goodbye`, tells the page first that there won't be another. */
  end(goodbye = false): void {
    if (goodbye) this.#controller.enqueue(this.#encoder.encode("event: end\ndata: end\n\n"));
    this.#controller.close();
    this.#closed(this);
  }
}
