import v8 from "node:v8";
import { CurioError } from "../kernel/errors.ts";
import { noteClosed, noteOpen, type Resource } from "../kernel/leftovers.ts";
import { hasBaggage } from "./baggage.ts";
import { childFlags, denoCommand } from "./child_flags.ts";
import { checkTravellers, fromBytes, processText, toBytes } from "./far_process.ts";
import type { Down, News } from "./far_protocol.ts";
import { farUrl } from "./far_text.ts";
import { FrameReader, MESSAGE_FRAME } from "./frames.ts";
import type { Call, Link, LinkEvents, Transport } from "./transport.ts";
import { UnrefTimer } from "./unref_timer.ts";

/** A length travels in 32 bits. */
const MAX_LENGTH = 0xffff_ffff;

/** How long what a dead process wrote is waited for while another holds its pipe, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** Workers that are processes: Deno, with the program's permissions or fewer. */
export class ProcessTransport implements Transport<Uint8Array> {
  readonly #name: string;

  /** @param name What reports call its workers. */
  constructor(name: string) {
    this.#name = name;
  }

  pack(id: number, call: Call): Uint8Array {
    const { args, callable } = call;
    if (hasBaggage(args)) {
      throw new DOMException(
        "A universal object could not be cloned into another process.",
        "DataCloneError",
      );
    }
    checkTravellers(args);
    const message: Down = { kind: "call", id, callable, args, baggage: [] };
    const bytes = toBytes(v8, message);
    if (bytes.length > MAX_LENGTH) {
      throw new DOMException(
        `${bytes.length} bytes could not be cloned at once.`,
        "DataCloneError",
      );
    }
    // They have been copied; whoever gives something away must not see it any more.
    if (call.transfer.length > 0) structuredClone(null, { transfer: call.transfer });
    const frame = new Uint8Array(4 + bytes.length);
    new DataView(frame.buffer).setUint32(0, bytes.length);
    frame.set(bytes, 4);
    return frame;
  }

  open(events: LinkEvents): Link<Uint8Array> {
    return new ProcessLink(this.#name, events);
  }
}

class ProcessLink implements Link<Uint8Array>, Resource {
  readonly #name: string;
  readonly #events: LinkEvents;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<Uint8Array>;
  /** Resolves when the process has ended and its output was read. */
  readonly #over: Promise<void>;
  #ended = false;

  constructor(name: string, events: LinkEvents) {
    this.#name = name;
    this.#events = events;
    const mark = crypto.getRandomValues(new Uint8Array(8));
    this.#process = new Deno.Command(denoCommand() ?? Deno.execPath(), {
      args: ["run", ...childFlags(), farUrl(processText()), mark.toHex()],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#process.unref();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.getReader();
    noteOpen(this);
    killAtExit(this.#process);
    this.#over = this.#follow(mark);
  }

  describeOpen(): string {
    return `${this.#name} (process ${this.#process.pid})`;
  }

  post(letter: Uint8Array): void {
    // If the process is gone, its end says so.
    this.#input.write(letter).catch(() => {});
  }

  cancel(): void {
    // It is about to be killed: it has no ears while it is busy.
  }

  async end(): Promise<void> {
    this.#ended = true;
    kill(this.#process);
    await this.#close();
    await this.#over;
  }

  async #close(): Promise<void> {
    await this.#output.cancel().catch(() => {});
    await this.#input.abort().catch(() => {});
  }

  async #follow(mark: Uint8Array): Promise<void> {
    // What cannot be understood ends it: nobody would ever answer.
    const drained = this.#drain(mark).catch(() => kill(this.#process));
    const { code, signal } = await this.#process.status;
    if (!this.#ended) await atMost(LAST_WORDS_MS, drained);
    await this.#close();
    running.delete(this.#process);
    noteClosed(this);
    if (this.#ended) return;
    this.#events.died(new CurioError(describeEnd(code, signal)));
  }

  async #drain(mark: Uint8Array): Promise<void> {
    const reader = new FrameReader(mark, (kind, content) => {
      if (kind !== MESSAGE_FRAME) print(content);
      else if (!this.#ended) this.#events.message(fromBytes(v8, content) as News);
    }, print);
    for (;;) {
      const { done, value } = await this.#output.read();
      if (done) break;
      reader.push(value);
    }
    reader.end();
  }
}

function describeEnd(code: number, signal: Deno.Signal | null): string {
  if (signal === null) return `exited with status ${code}`;
  // V8 has no other way to go when the heap is full.
  return signal === "SIGTRAP"
    ? "was ended by SIGTRAP, as one is that runs out of memory"
    : `was ended by ${signal}`;
}

function print(bytes: Uint8Array): void {
  try {
    for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
  } catch {
    // Nobody reads our output any more, which is no reason for `console.log` to fail either.
  }
}

async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  const timer = new UnrefTimer();
  await Promise.race([promise, new Promise<void>((resolve) => timer.set(ms, resolve))]);
  timer.clear();
}

function kill(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Those to be ended with the program. */
const running = new Set<Deno.ChildProcess>();
let listening = false;

/** A process sees that we are gone as soon as it looks; one that is busy does not look. */
function killAtExit(process: Deno.ChildProcess): void {
  running.add(process);
  if (listening) return;
  listening = true;
  globalThis.addEventListener("unload", () => {
    for (const process of running) kill(process);
  });
}
