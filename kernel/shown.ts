/**
 * `value` as a message shows it. Strings are in quotes, so that `sleep("1")` is not told that 1 cannot
 * be used.
 */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return value.name === "" ? "a function" : `'${value.name}'`;
  if (value instanceof Promise) return "a promise";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) {
    const name = value.constructor?.name;
    return name === undefined ? "an object" : `an object (${name})`;
  }
  return String(value);
}
