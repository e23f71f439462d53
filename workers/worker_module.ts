/** How a module's functions are named for a worker: see {@linkcode workerModule}. */

/** A function of a module that a worker will import. */
export interface ModuleFunction {
  readonly url: string;
  readonly export: string;
}

/** The functions that {@linkcode workerModule} handed out, and what they stand for. */
const functions = new WeakMap<object, ModuleFunction>();
/** One object for each module, however often it is asked for. */
const modules = new Map<string, object>();

/** A module's functions, each usable where a function for a worker is wanted. */
export type WorkerModule<M> = {
  readonly [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: M[K];
};

/**
 * Names the functions of a module, for `runInProcess`, `runInThread`, `blockInThread` and
 * `spawnThread`. The worker imports the module when a function of it is first called there; this side
 * does not. For functions that use imports, helpers or constants of their module: a function that is
 * given as it is travels as source, and sees nothing around it.
 *
 * Importing the module takes the permission that a dynamic import takes: `--allow-read` for a file,
 * `--allow-import` for most hosts. With `deno compile`, add it with `--include`.
 *
 * @param url Where the module is, in full: `import.meta.resolve("./jobs.ts")`.
 * @returns An object with the module's exports by their names, and their types.
 * @throws {TypeError} If `url` is not in full, or an export is called instead of passed.
 *
 * @example
 * ```ts ignore
 * import { run, runInProcess, workerModule } from "@curio/core";
 *
 * const jobs = workerModule<typeof import("./jobs.ts")>(import.meta.resolve("./jobs.ts"));
 *
 * console.log(await run(() => runInProcess(jobs.fib, 30)));
 * ```
 */
export function workerModule<M extends object>(url: string | URL): WorkerModule<M> {
  if (!URL.canParse(url)) {
    throw new TypeError(
      `Cannot find the module "${url}" from a worker because its address is relative: ` +
        `give workerModule() import.meta.resolve("${url}")`,
    );
  }
  const href = new URL(url).href;
  let module = modules.get(href);
  if (module === undefined) modules.set(href, module = makeModule(href));
  return module as WorkerModule<M>;
}

/** The function of a module that `fn` stands for, or `undefined` if it is an ordinary one. */
export function moduleFunctionOf(fn: object): ModuleFunction | undefined {
  return functions.get(fn);
}

function makeModule(url: string): object {
  const known = new Map<string, unknown>();
  return new Proxy(Object.freeze(Object.create(null)), {
    get(_target, key): unknown {
      // `then` would make it look like a promise.
      if (typeof key === "symbol" || key === "then") return undefined;
      let fn = known.get(key);
      if (fn === undefined) known.set(key, fn = makeFunction(url, key));
      return fn;
    },
  });
}

function makeFunction(url: string, name: string): unknown {
  const fn = (): never => {
    throw new TypeError(
      `Cannot call ${name}() of ${url} here because it is for a worker: ` +
        `pass it, as in runInProcess(jobs.${name}, …)`,
    );
  };
  Object.defineProperty(fn, "name", { value: name });
  functions.set(fn, { url, export: name });
  return fn;
}
