/** What a worker process starts with; it travels as text (see `far_text.ts`). */
import { FAR_CALLS, serveCalls } from "./far_calls.ts";
import type { Down } from "./far_protocol.ts";
import { farText } from "./far_text.ts";
import { writeFrameHead } from "./frames.ts";

/**
 * What we use of `node:v8`. Its `serialize()` would not do: that one writes a view without its buffer,
 * so that views of one buffer part, and shared memory is copied as if it were not.
 */
interface V8 {
  readonly Serializer: new () => {
    writeHeader(): void;
    writeValue(value: unknown): unknown;
    releaseBuffer(): Uint8Array;
  };
  readonly Deserializer: new (bytes: never) => { readHeader(): boolean; readValue(): unknown };
}

/** A console, by the names of its methods. */
type Methods = Record<string, (...args: unknown[]) => unknown>;

/** `value` in bytes. Throws a `DataCloneError` for what structured clone refuses, or a pipe cannot carry. */
export function toBytes(v8: V8, value: unknown): Uint8Array {
  try {
    const serializer = new v8.Serializer();
    serializer.writeHeader();
    serializer.writeValue(value);
    return serializer.releaseBuffer();
  } catch (error) {
    throw new DOMException((error as Error).message, "DataCloneError");
  }
}

/** What {@linkcode toBytes} made `bytes` of. */
export function fromBytes(v8: V8, bytes: Uint8Array): unknown {
  const deserializer = new v8.Deserializer(bytes as never);
  deserializer.readHeader();
  return deserializer.readValue();
}

/**
 * Throws a `DataCloneError` if one of `values` is of a class of the host that {@linkcode toBytes} would
 * take for a plain object.
 */
export function checkTravellers(values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) continue;
    if (value instanceof Blob || value instanceof MessagePort) {
      throw new DOMException(
        `${value.constructor.name} could not be cloned into another process.`,
        "DataCloneError",
      );
    }
    structuredClone(value);
  }
}

/** Answers calls that come through standard input, until that ends. */
async function serveProcess(v8: V8, mark: Uint8Array): Promise<void> {
  const MESSAGE = 1, OUTPUT = 2, HEAD = 16;
  const { stdin, stdout } = Deno;
  const readInput = stdin.read.bind(stdin);
  const writeOutput = stdout.writeSync.bind(stdout);

  function send(kind: number, content: Uint8Array): void {
    const frame = new Uint8Array(HEAD + content.length);
    writeFrameHead(frame, mark, kind, content.length);
    frame.set(content, HEAD);
    for (let sent = 0; sent < frame.length;) sent += writeOutput(frame.subarray(sent));
  }

  function relay(bytes: Uint8Array): number {
    send(OUTPUT, bytes);
    return bytes.length;
  }

  /** A console that writes where we want it; loaded when code first uses it. */
  function makeConsole(): Methods {
    const { getBuiltinModule } = (globalThis as unknown as {
      process: { getBuiltinModule(name: string): Record<string, new (o: unknown) => unknown> };
    }).process;
    const { Console } = getBuiltinModule("node:console");
    const { Writable } = getBuiltinModule("node:stream");
    const into = (write: (bytes: Uint8Array) => void) =>
      new Writable({
        write(bytes: Uint8Array, _encoding: string, done: () => void) {
          write(bytes);
          done();
        },
      });
    const stderr = into((bytes) => void Deno.stderr.writeSync(bytes));
    return new Console({ stdout: into(relay), stderr }) as Methods;
  }

  let ours: Methods | null = null;
  const methods = console as unknown as Methods;
  for (const name of Object.keys(methods)) {
    const original = methods[name];
    if (typeof original !== "function") continue;
    methods[name] = (...args) => {
      ours ??= makeConsole();
      return (ours[name] ?? original)(...args);
    };
  }
  Object.defineProperties(stdout, {
    writeSync: { value: relay },
    write: { value: (bytes: Uint8Array) => Promise.resolve(relay(bytes)) },
    writable: { value: new WritableStream({ write: (bytes: Uint8Array) => void relay(bytes) }) },
  });
  // Its standard input is ours.
  Object.defineProperties(stdin, {
    readSync: { value: () => null },
    read: { value: () => Promise.resolve(null) },
    readable: { value: new ReadableStream({ start: (controller) => controller.close() }) },
  });
  // Control-C at a terminal reaches us, too, but it is the parent's to decide.
  Deno.addSignalListener("SIGINT", () => {});

  let handle: (message: Down) => void = () => {};
  serveCalls({
    post(message): void {
      if (message.kind === "value") checkTravellers([message.value]);
      send(MESSAGE, toBytes(v8, message));
    },
    listen: (handler) => void (handle = handler),
    canTravel(value): boolean {
      try {
        checkTravellers([value]);
        toBytes(v8, value);
        return true;
      } catch {
        return false;
      }
    },
    cancelled: new Int32Array(1),
    unpackers: {},
  });

  // Down come a length and a message, and nothing else.
  let held = new Uint8Array(65_536);
  let length = 0;
  for (;;) {
    if (length === held.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(held);
      held = larger;
    }
    const count = await readInput(held.subarray(length));
    if (count === null) Deno.exit();
    length += count;
    let start = 0;
    while (length - start >= 4) {
      const end = start + 4 + new DataView(held.buffer).getUint32(start);
      if (end > length) break;
      handle(fromBytes(v8, held.subarray(start + 4, end)) as Down);
      start = end;
    }
    if (start > 0) held.copyWithin(0, start, length);
    length -= start;
  }
}

let text: string | null = null;

/** The program of a worker process; its first argument is the mark of its frames, in hexadecimal. */
export function processText(): string {
  return text ??= farText(
    `import v8 from "node:v8";`,
    [...FAR_CALLS, toBytes, fromBytes, checkTravellers, writeFrameHead, serveProcess],
    `await serveProcess(v8, Uint8Array.fromHex(Deno.args[0]));`,
  );
}
