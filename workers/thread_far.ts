/**
 * What runs in the worker of an async thread: what `AWAIT` is there, and what stands for the library. It
 * travels as text (see `far_text.ts`).
 */
import { resolveCallable } from "./callable.ts";
import { decodeError, encodeError } from "./error_codec.ts";
import { farText } from "./far_text.ts";
import {
  type AnyFunction,
  FarConversation,
  FarOperation,
  type Receive,
} from "./thread_conversation.ts";
import { farErrorClass, farErrorParents, makeFarError } from "./thread_errors.ts";
import type { ThreadData } from "./thread_protocol.ts";
import { copyParts, putMarks, takeMarks } from "./thread_values.ts";
import { canTravel } from "./universal_travel.ts";

/** Runs a thread. */
export async function farThread(data: ThreadData, receive: Receive): Promise<void> {
  // The kernel ends this worker, once it has heard how the function ended.
  setInterval(() => {}, 2 ** 30);
  const conversation = new FarConversation(data, receive);

  function AWAIT(operation: unknown): unknown {
    return operation instanceof FarOperation ? conversation.await(operation) : operation;
  }

  const { library } = data;
  const names: Record<string, unknown> = {
    ...library.constants,
    AWAIT,
    currentSignal(): never {
      throw new (farErrorClass("CurioError"))(
        "Cannot use currentSignal() in an async thread: what AWAIT does is cancelled anyway",
      );
    },
    isCancelled: (error: unknown) => error instanceof farErrorClass("CancelledError"),
  };
  for (const name of Object.keys(farErrorParents())) names[name] = farErrorClass(name);
  for (const name of library.makeable) names[name] = conversation.libraryClass(name);
  for (const name of library.immediate) names[name] = conversation.libraryFunction(name, false);
  for (const name of library.blocking) names[name] = conversation.libraryFunction(name, true);
  // By which the library itself, if a module imports it here, gives the same.
  for (const key of ["thread", "worker"]) {
    Object.defineProperty(globalThis, Symbol.for(`@curio/core ${key}`), { value: names });
  }

  /** What stands for an export that a thread has no use of. */
  function elsewhere(name: string): unknown {
    const refuse = (): never => {
      throw new (farErrorClass("CurioError"))(
        `Cannot use ${name} in an async thread because that needs a task: use it in one, and pass ` +
          `to spawnThread() what comes of it`,
      );
    };
    return new Proxy(function () {}, { apply: refuse, construct: refuse, get: refuse });
  }

  const scope: Record<string, unknown> = { subprocess: { Popen: names.Popen } };
  for (const name of library.elsewhere) scope[name] = elsewhere(name);
  for (const [name, value] of Object.entries(names)) {
    const [outer, inner] = name.split(".");
    if (inner === undefined) scope[outer] = value;
    else Object.assign(scope[outer] ??= {}, { [inner]: value });
  }

  let fn: AnyFunction;
  try {
    fn = await resolveCallable(data.callable, scope);
    if (Object.prototype.toString.call(fn) === "[object AsyncFunction]") {
      throw new TypeError(
        `Cannot run '${data.callable.name}' in spawnThread() because it is async: ` +
          `write it without async, and AWAIT() where it says await`,
      );
    }
  } catch (error) {
    conversation.conclude(() => {
      throw error;
    });
    return;
  }
  try {
    conversation.ask(["ready"]);
  } catch {
    // It was cancelled before it could start.
    return;
  }
  conversation.conclude(() => {
    const value = fn(...conversation.decode(data.args) as unknown[]);
    if (!(value instanceof FarOperation)) conversation.confess();
    return value;
  });
}

let text: string | null = null;

/** The text of a thread's worker. */
export function threadText(): string {
  const parts = [
    canTravel,
    copyParts,
    decodeError,
    encodeError,
    farErrorClass,
    farErrorParents,
    FarConversation,
    FarOperation,
    farThread,
    makeFarError,
    putMarks,
    resolveCallable,
    takeMarks,
  ] as unknown as Parameters<typeof farText>[1];
  return text ??= farText(
    `import { receiveMessageOnPort, workerData } from "node:worker_threads";`,
    parts,
    "farThread(workerData, receiveMessageOnPort);",
  );
}
