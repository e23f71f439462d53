import { assertEquals } from "@std/assert";
import type { CurioError } from "../../kernel/errors.ts";
import { run } from "../../run.ts";
import type { News } from "../../workers/far_protocol.ts";
import { Pool, type PoolOptions } from "../../workers/pool.ts";
import type { Call, Link, LinkEvents, Transport } from "../../workers/transport.ts";

/** What {@linkcode FakeTransport} makes of a call. */
export interface FakeLetter {
  readonly id: number;
  readonly name: string;
}

/** A worker that does what the test says. */
export class FakeLink implements Link<FakeLetter> {
  /** The calls that were posted. */
  readonly posted: FakeLetter[] = [];
  /** The numbers of the calls it was told are cancelled. */
  readonly cancelled: number[] = [];
  ended = false;

  constructor(readonly events: LinkEvents, readonly transport: FakeTransport) {
    if (transport.automatic) setImmediate(() => this.ready());
  }

  post(letter: FakeLetter): void {
    if (letter.name === "unclonable") throw new DOMException("no", "DataCloneError");
    this.posted.push(letter);
    if (this.transport.automatic) setImmediate(() => this.answer(letter.name, letter.id));
  }

  cancel(id: number): void {
    this.cancelled.push(id);
  }

  end(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }

  /** It has started. */
  ready(): void {
    this.#say({ kind: "ready" });
  }

  /** The last call, or that of number `id`, has come to `value`. */
  answer(value: unknown, id = this.posted.at(-1)!.id): void {
    this.#say({ kind: "value", id, value });
  }

  /** Nobody looked after an error of call `id`. */
  stray(id: number): void {
    const parcel = { root: { value: "left lying about" }, errors: [] };
    this.#say({ kind: "stray", id, parcel });
  }

  /** It ends by itself. */
  die(why: CurioError): void {
    this.events.died(why);
  }

  /** Who has ended is silent. */
  #say(message: News): void {
    if (!this.ended) this.events.message(message);
  }
}

/** Workers without threads or processes. */
export class FakeTransport implements Transport<FakeLetter> {
  readonly links: FakeLink[] = [];
  readonly discarded: string[] = [];
  /** What starting a worker fails with. */
  refusal: Error | null = null;

  /** @param automatic Whether workers start, and answer with the name of the function, by themselves. */
  constructor(readonly automatic = false) {}

  pack(id: number, call: Call): FakeLetter {
    if (call.callable.name === "unpackable") throw new DOMException("no", "DataCloneError");
    return { id, name: call.callable.name };
  }

  discard(letter: FakeLetter): void {
    this.discarded.push(letter.name);
  }

  open(events: LinkEvents): FakeLink {
    if (this.refusal !== null) throw this.refusal;
    const link = new FakeLink(events, this);
    this.links.push(link);
    return link;
  }

  /** The workers that have not ended. */
  get alive(): FakeLink[] {
    return this.links.filter((link) => !link.ended);
  }
}

/** A pool of fake workers, and what it warned of. */
export interface FakePool {
  readonly pool: Pool;
  readonly transport: FakeTransport;
  readonly warnings: string[];
}

/** A pool of two fake workers unless told otherwise. */
export function fakePool(
  options: Partial<PoolOptions> = {},
  transport: FakeTransport = new FakeTransport(),
): FakePool {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const pool = new Pool(transport as Transport, { max: 2, manner: "end", warn, ...options });
  return { pool, transport, warnings };
}

/** Runs `body` with a fake pool, and closes that. */
export async function withPool(
  options: Partial<PoolOptions>,
  body: (fake: FakePool) => Promise<void>,
): Promise<void> {
  const fake = fakePool(options);
  await run(body, fake);
  await fake.pool.close();
  assertEquals(fake.transport.alive, []);
}

/** Calls the function `name`, which is nowhere. */
export function call<T = string>(pool: Pool, name: string): Promise<T> {
  const callable = { kind: "source", source: "", name } as const;
  return pool.run<T>("runInTest()", { callable, args: [], transfer: [] });
}
