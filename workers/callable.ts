/**
 * Functions on their way to a worker: as source, or as the export of a module.
 *
 * A function that travels as source sees the worker's globals, its own name, and nothing of what was
 * around it. Which names it would need cannot be told without a parser of the whole language; V8 has
 * one, and tells in the worker, exactly: a `ReferenceError` that comes straight from such a function is
 * reworded by {@linkcode resolveCallable} to say what to do. Nothing that would work is ever refused.
 */
import { shown } from "../kernel/shown.ts";
import { moduleFunctionOf } from "./worker_module.ts";

/** A function, ready to be posted. */
export type Callable =
  | { readonly kind: "source"; readonly source: string; readonly name: string }
  | {
    readonly kind: "module";
    readonly url: string;
    readonly export: string;
    readonly name: string;
  };

/** A function as it is called in a worker. */
export type Resolved = (...args: unknown[]) => unknown;

const described = new WeakMap<object, Callable>();

/**
 * What stands for `fn` in a worker.
 *
 * @param operation Who wants to know: `"runInProcess()"`.
 * @throws {TypeError} If it is no function, or one whose source cannot stand alone.
 */
export function describeCallable(fn: unknown, operation: string): Callable {
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot pass ${shown(fn)} to ${operation}: pass a function and its arguments`,
    );
  }
  let callable = described.get(fn);
  if (callable === undefined) {
    const of = moduleFunctionOf(fn);
    callable = of === undefined
      ? { kind: "source", source: sourceOf(fn, operation), name: fn.name || "anonymous" }
      : { kind: "module", ...of, name: of.export };
    described.set(fn, callable);
  }
  return callable;
}

/** What tells two functions apart; travels as text, too (see `far_text.ts`). */
export function callableKey(callable: Callable): string {
  return callable.kind === "module"
    ? `${callable.url}#${callable.export}`
    : `${callable.name}#${callable.source}`;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** The body of a function that returns `fn`. */
// deno-lint-ignore ban-types -- any function at all
function sourceOf(fn: Function, operation: string): string {
  const text = Function.prototype.toString.call(fn);
  const name = fn.name || "anonymous";
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot pass '${name}' to ${operation} because ${why}`);
  };
  if (/^class\b/.test(text)) refuse("it is a class: pass a function that makes an instance");
  if (/Generator/.test(Object.prototype.toString.call(fn))) {
    refuse("it is a generator, and an iterator cannot travel: pass a function that returns a list");
  }
  if (/\{\s*\[native code\]\s*\}$/.test(text)) {
    refuse("it is native or bound, and has no source to travel: wrap it in a function, (x) => …");
  }
  const forms = [
    // By its own name a function may call itself, also where only a variable has that name. The
    // block lets that name hide one that is in scope.
    ...(IDENTIFIER.test(name) ? [`{ const ${name} = ${text};\nreturn ${name}; }`] : []),
    `return (${text});`,
    // A method, as it is written in a class or an object.
    `const holder = { ${text} };\nreturn holder[Reflect.ownKeys(holder)[0]];`,
  ];
  let problem: unknown;
  for (const form of forms) {
    try {
      new Function(`"use strict";\n${form}`);
      return form;
    } catch (error) {
      problem ??= error;
    }
  }
  const { message } = problem as Error;
  return refuse(
    `its source cannot stand alone (${message}): export it from a module, and pass ` +
      `workerModule<typeof import("./jobs.ts")>(import.meta.resolve("./jobs.ts")).${name}`,
  );
}

/**
 * The function that `callable` stands for; for workers, where it travels as text (see `far_text.ts`)
 * and refers to nothing but globals.
 *
 * @param scope Names that a function which travels as source sees, beside the globals.
 */
export async function resolveCallable(
  callable: Callable,
  scope: Record<string, unknown> = {},
): Promise<Resolved> {
  if (callable.kind === "module") {
    const module = await import(callable.url);
    const fn = module[callable.export];
    if (typeof fn === "function") return fn as Resolved;
    throw new TypeError(
      `Cannot call '${callable.export}' of ${callable.url} because that is ` +
        `${fn === undefined ? "no export of it" : "no function"}: export a function of that name`,
    );
  }
  const { name, source } = callable;
  const label = `curio-worker:${name.replace(/[^\p{ID_Continue}]/gu, "_")}`;
  const make = new Function(
    ...Object.keys(scope),
    `"use strict";\n${source}\n//# sourceURL=${label}`,
  );
  const fn = make(...Object.values(scope)) as Resolved;

  function explain(error: unknown): unknown {
    if (!(error instanceof ReferenceError)) return error;
    const missing = /^(\S+) is not defined$/.exec(error.message)?.[1];
    const [, frame = ""] = (error.stack ?? "").split("\n    at ");
    if (missing === undefined || !frame.includes(label)) return error;
    const message =
      `Cannot run '${name}' in a worker because it refers to '${missing}', which is ` +
      `not visible there: pass it as an argument, or put the function and what it refers to into ` +
      `a module of its own, and pass ` +
      `workerModule<typeof import("./jobs.ts")>(import.meta.resolve("./jobs.ts")).${name}`;
    const better = new ReferenceError(message, { cause: error });
    better.stack = `ReferenceError: ${message}\n    at ${frame}`;
    return better;
  }

  return (...args) => {
    try {
      const result = fn(...args);
      if (!(result instanceof Promise)) return result;
      return result.then(undefined, (error) => {
        throw explain(error);
      });
    } catch (error) {
      throw explain(error);
    }
  };
}
