/**
 * `timeoutAfter(10, task.join)` is how Python writes it. In JavaScript a method taken off its object
 * has lost it, and fails with the engine's "Cannot read properties of null (reading '#record')". That
 * is said better here, wherever the library enters a function of the user's; on the failure path
 * only, so that calls that go well pay nothing.
 *
 * Types could refuse it, with `join(this: Task<R>)`. But in an async thread the methods of kernel
 * objects come bound, and `AWAIT(timeoutAfter(1, queue.get))` is right there; one type cannot say both.
 *
 * Every other error must come through as the very same object, so this one has to be certain: the
 * function is a method, the error the engine's for a private name of `undefined` or `null`, and the
 * method itself uses that name of `this`, which it was called without.
 */

/** What V8 says of `this.#name`, to read or to set; of a private method it names the class instead. */
const LOST_THIS =
  /^Cannot (?:read|set) properties of (?:undefined|null) \((?:reading|setting) '(.+)'\)$/;

/** What calling `fn` without an object ended with: `error`, or a better one if that was the reason. */
export function explainUnbound(fn: unknown, error: unknown): unknown {
  if (!(error instanceof TypeError) || typeof fn !== "function") return error;
  // The engine's are plain data; a getter would be the user's code.
  const message: unknown = Object.getOwnPropertyDescriptor(error, "message")?.value;
  const missed = typeof message === "string" ? LOST_THIS.exec(message)?.[1] : undefined;
  if (missed === undefined) return error;
  const source = sourceOfMethod(fn);
  if (source === null || !misses(source, missed)) return error;
  const call = `${fn.name}(${fn.length > 0 ? "..." : ""})`;
  return new TypeError(
    `Cannot call '${fn.name}' without its object: pass () => object.${call} instead of object.${fn.name}`,
    { cause: error },
  );
}

/** The source text of `fn` if it is a method: neither an arrow function, nor bound, nor a `function`. */
function sourceOfMethod(fn: { readonly name: string }): string | null {
  if (!/^[\w$]+$/.test(fn.name) || Object.hasOwn(fn, "prototype")) return null;
  const source = Function.prototype.toString.call(fn);
  const head = source.replace(/^async\s+/, "");
  if (!head.startsWith(fn.name)) return null;
  return head.slice(fn.name.length).trimStart().startsWith("(") ? source : null;
}

/** Whether the method with this source asks its object for `name`, which an error says was missed. */
function misses(source: string, name: string): boolean {
  if (name.startsWith("#")) return mentions(source, `this.${name}`);
  return source.includes("this.#") && !mentions(source, `.${name}`);
}

/** Whether `text` occurs in `source`, and not only as the beginning of a longer name. */
function mentions(source: string, text: string): boolean {
  for (let at = source.indexOf(text); at >= 0; at = source.indexOf(text, at + 1)) {
    if (!/^[\w$]/.test(source.slice(at + text.length))) return true;
  }
  return false;
}
