/**
 * What every contestant does, in the way its own documentation would have it done. Each method does
 * its operation `n` times and returns the milliseconds that took, measured inside the running
 * kernel (runtime, event loop), whose start and end do not count.
 *
 * A contestant runs in a process of its own, so that none pays for another's heap or for what
 * another did to the optimizer. The process prints its name, then takes lines of `operation n` and
 * answers each with the milliseconds: {@linkcode serve} here, and the same in `python_asyncio.py`.
 */
import { readLines } from "../lines.ts";

/** The operations, in the order of the table. */
export const OPERATIONS = ["spawnJoin", "yieldTurn", "pingPong", "timeout", "cancel"] as const;

export type Operation = (typeof OPERATIONS)[number];

/** How many tasks are asleep while `cancel` cancels them one by one. */
export const SLEEPERS = 1000;

export interface Contestant {
  /** What the table calls it, with its version. */
  readonly name: string;
  /** Starts a task that returns a number at once, and waits for the number. */
  spawnJoin(n: number): Promise<number>;
  /** Lets others run before going on: `sleep(0)`. */
  yieldTurn(n: number): Promise<number>;
  /** A round between two tasks: two puts and two gets, and each task waits for the other. */
  pingPong(n: number): Promise<number>;
  /** Sets a limit of a second around an operation that is finished at once. */
  timeout(n: number): Promise<number>;
  /** Cancels a sleeping task and waits for its end. The tasks, started before, do not count. */
  cancel(n: number): Promise<number>;
}

/** Splits `n` cancellations into batches of {@linkcode SLEEPERS}. */
export function* batches(n: number): Generator<number> {
  for (; n > 0; n -= SLEEPERS) yield Math.min(n, SLEEPERS);
}

/** Measures what standard input asks for, until it ends. */
export async function serve(contestant: Contestant): Promise<void> {
  console.log(contestant.name);
  for await (const line of readLines(Deno.stdin.readable)) {
    const [operation, n] = line.split(" ");
    console.log(await contestant[operation as Operation](Number(n)));
  }
}
