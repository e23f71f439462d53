/**
 * The order of a `PriorityQueue` without a `compare`: numbers and bigints, strings, and dates by `<`;
 * arrays item by item and then by length, as Python's tuples.
 */
import { shown } from "../kernel/shown.ts";

/** Throws `TypeError` if `value` has no natural order. */
export function checkOrderable(value: unknown): void {
  if (kindOf(value) !== null) {
    if (Array.isArray(value)) value.forEach(checkOrderable);
    return;
  }
  throw new TypeError(
    `Cannot order ${shown(value)} in a PriorityQueue: put numbers, strings, dates or arrays of ` +
      `them, or give the queue a compare function`,
  );
}

/** Throws `TypeError` if the two, each orderable, are of kinds that do not compare. */
export function checkComparable(a: unknown, b: unknown): void {
  if (kindOf(a) !== kindOf(b)) {
    throw new TypeError(
      `Cannot order ${shown(a)} and ${shown(b)} in one PriorityQueue: put items of one kind, ` +
        `or give the queue a compare function`,
    );
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return;
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    checkComparable(a[index], b[index]);
    if (compareNaturally(a[index], b[index]) !== 0) return;
  }
}

/** Below zero if `a` comes first. Total over orderable values: kinds that do not mix come in turn. */
export function compareNaturally(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  const order = (kindOf(a) ?? 0) - (kindOf(b) ?? 0);
  if (order !== 0) return order;
  return lessThan(a, b) ? -1 : lessThan(b, a) ? 1 : 0;
}

function compareArrays(a: unknown[], b: unknown[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareNaturally(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function lessThan(a: unknown, b: unknown): boolean {
  return (a as number) < (b as number);
}

function kindOf(value: unknown): 1 | 2 | 3 | 4 | null {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isNaN(value))) return 1;
  if (typeof value === "string") return 2;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return 3;
  return Array.isArray(value) ? 4 : null;
}
