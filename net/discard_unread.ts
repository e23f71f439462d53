import type { HostConn } from "./host_conn.ts";

/** What a turn brings instead of a number of bytes. */
const NOTHING = -1;

/** What is looked at of a connection. */
type Discardable = Pick<HostConn, "closeWrite" | "read">;

/** What is discarded goes here: nobody looks at it. */
const SCRATCH = new Uint8Array(64 * 1024);
/** A peer that never stops sending is not waited for. */
const MOST_READS = 64;
/** So much the system has surely sent when it is told to: the first window of a connection. */
const FIRST_WINDOW = 14 * 1024;

/**
 * Ends the sending side, and reads away what the peer has sent and nobody read. A system resets a
 * connection that is closed with unread bytes, and drops what it had still to send: the tail of a reply.
 * One read is left in flight, to be ended by closing.
 *
 * The host's readiness for reading is news only after it has looked at its sockets, which it does when a
 * timer makes it wait, and not in each turn of the event loop. That takes a millisecond or two, and is
 * done only where so much was `sent` that some of it may still be here.
 *
 * @param patience How many turns, each longer than the last, may bring nothing before no more is expected.
 */
export async function discardUnread(
  conn: Discardable,
  sent: number,
  patience: number = 1,
): Promise<void> {
  try {
    await conn.closeWrite();
  } catch {
    return; // The peer is gone.
  }
  const isMuch = sent > FIRST_WINDOW;
  for (let reads = 0; reads < MOST_READS; reads++) {
    const reading = readSome(conn);
    let count = NOTHING;
    for (let turns = 0; count === NOTHING && turns < patience; turns++) {
      const { promise, cancel } = isMuch ? timerTurn(2 * turns) : immediateTurn();
      count = await Promise.race([reading, promise]);
      cancel();
    }
    if (count <= 0) return;
  }
}

/** A turn of the event loop that need not be waited for to its end. */
interface Turn {
  readonly promise: Promise<number>;
  cancel(): void;
}

async function readSome(conn: Discardable): Promise<number> {
  try {
    return await conn.read(SCRATCH) ?? 0;
  } catch {
    return 0;
  }
}

function immediateTurn(): Turn {
  const { promise, resolve } = Promise.withResolvers<number>();
  const immediate = setImmediate(resolve, NOTHING);
  return { promise, cancel: () => clearImmediate(immediate) };
}

function timerTurn(delay: number): Turn {
  const { promise, resolve } = Promise.withResolvers<number>();
  const timer = setTimeout(resolve, delay, NOTHING);
  return { promise, cancel: () => clearTimeout(timer) };
}
