/**
 * What every contestant does: it has a function called in a worker. Each method returns the
 * milliseconds that took. A contestant runs in a process of its own, with two workers, warmed up.
 */
import { readLines } from "../lines.ts";

/** The operations, in the order of the table. */
export const OPERATIONS = ["oneByOne", "many", "large"] as const;

export type Operation = (typeof OPERATIONS)[number];

/** How many callers `many` has. */
const CALLERS = 16;
const LARGE = 100_000;

/** A pool of workers, open. */
export interface WorkerPool {
  /** What the table calls it. */
  readonly name: string;
  /** Has a worker return `value`. */
  echo<T>(value: T): Promise<T>;
}

/** Measures what standard input asks for, until it ends. */
export async function serve(pool: WorkerPool): Promise<void> {
  const bytes = new Uint8Array(LARGE);
  const operations: Record<Operation, (n: number) => Promise<unknown>> = {
    oneByOne: (n) => repeat(n, () => pool.echo(1)),
    many: (n) =>
      Promise.all(
        Array.from({ length: CALLERS }, () => repeat(n / CALLERS, () => pool.echo(1))),
      ),
    large: (n) => repeat(n, () => pool.echo(bytes)),
  };
  console.log(pool.name);
  for await (const line of readLines(Deno.stdin.readable)) {
    const [operation, n] = line.split(" ");
    const start = performance.now();
    await operations[operation as Operation](Number(n));
    console.log(performance.now() - start);
  }
}

async function repeat(n: number, operation: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < n; i++) await operation();
}
