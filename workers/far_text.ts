/**
 * Code that runs in a worker travels there as text, and not as the address of a module: loading a
 * module in a worker takes a permission that the program may not have (`--allow-read`, or to import
 * from wherever the library comes from), and `deno compile` would have to be told of the file. Text
 * takes none, and runs wherever the library was imported from.
 *
 * So a *part* is a function declaration that refers to globals, and to other parts by their own names.
 */

// deno-lint-ignore no-explicit-any -- parts are of every shape
type Part = (...args: any[]) => unknown;

/**
 * The text of a module for a worker.
 *
 * @param imports Import declarations, of built-in modules only: `import v8 from "node:v8";`.
 * @param parts The functions it is made of.
 * @param start The statements that start it.
 */
export function farText(imports: string, parts: readonly Part[], start: string): string {
  return [imports, "globalThis.self ??= globalThis;", ...new Set(parts.map(String)), start].join(
    "\n",
  );
}

/** What the address of far text begins with; the rest is the text itself. */
const FAR_PREFIX = "data:text/javascript,/*curio*/";

/** The address of a module that consists of `text`. */
export function farUrl(text: string): string {
  return FAR_PREFIX + encodeURIComponent(text);
}

/** `stack` without the frames of far text. */
export function trimFarFrames(stack: string): string {
  return stack.includes(FAR_PREFIX)
    ? stack.split("\n").filter((line) => !line.includes(FAR_PREFIX)).join("\n")
    : stack;
}
