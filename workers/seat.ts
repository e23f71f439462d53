/** The places of a pool: calls, and workers that may have one. */
import type { Wait } from "../kernel/wait.ts";
import type { Call, Link } from "./transport.ts";
import { UnrefTimer } from "./unref_timer.ts";

/** A call and, while it is with a worker, which. */
export class Job {
  seat: Seat | null = null;
  letter: unknown = null;

  constructor(readonly id: number, readonly call: Call) {}
}

/** A worker's place in the pool. */
export class Seat {
  link: Link<unknown> | null = null;
  /** Who waits for the call it works at. */
  wait: Wait | null = null;
  /** When it became idle. */
  idleSince = 0;
  /** Whether something went wrong in it: it gets no further call. */
  tainted = false;
  readonly timer: UnrefTimer = new UnrefTimer();
}

/** The call that a wait of a pool is about. */
export function jobOf(wait: Wait): Job {
  return wait.data as Job;
}
