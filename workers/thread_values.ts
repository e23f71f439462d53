/**
 * Values between a thread and its kernel. Plain data is copied as it is; what is more than data (an
 * object of the kernel's, a function) goes as a *mark*, wherever it is in arrays and plain objects.
 * Everything here travels as text too (see `far_text.ts`).
 */

/** What stands for something that stays where it is. The one key is no name anybody would use. */
export interface Mark {
  readonly "@curio/core mark": readonly unknown[];
}

/** A value, and whether there are marks in it. */
export type Marked = readonly [marked: boolean, value: unknown];

/** Puts marks for the parts of `value` that `markOf` has one for. */
export function putMarks(
  value: unknown,
  markOf: (part: unknown) => readonly unknown[] | null,
): Marked {
  const seen = new Map<unknown, unknown>();
  let marked = false;

  function copy(part: unknown): unknown {
    if (typeof part === "function" || (typeof part === "object" && part !== null)) {
      if (seen.has(part)) return seen.get(part);
      const mark = markOf(part);
      if (mark !== null) {
        marked = true;
        return { "@curio/core mark": mark };
      }
      return copyParts(part, copy, seen);
    }
    return part;
  }

  const result = copy(value);
  return marked ? [true, result] : [false, value];
}

/** Replaces the marks in `value` by what `replace` makes of them. */
export function takeMarks(
  [marked, value]: Marked,
  replace: (mark: readonly unknown[]) => unknown,
): unknown {
  if (!marked) return value;
  const seen = new Map<unknown, unknown>();

  function copy(part: unknown): unknown {
    if (typeof part !== "object" || part === null) return part;
    if (seen.has(part)) return seen.get(part);
    if ("@curio/core mark" in part) return replace(part["@curio/core mark"] as unknown[]);
    return copyParts(part, copy, seen);
  }

  return copy(value);
}

/** A copy of an array or a plain object, with `copy` done to its parts; anything else is left as it is. */
export function copyParts(
  // deno-lint-ignore ban-types -- a function is left as it is
  value: object | Function,
  copy: (part: unknown) => unknown,
  seen: Map<unknown, unknown>,
): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    seen.set(value, list);
    for (const part of value) list.push(copy(part));
    return list;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const record: Record<string, unknown> = {};
  seen.set(value, record);
  for (const [key, part] of Object.entries(value)) record[key] = copy(part);
  return record;
}
