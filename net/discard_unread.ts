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
 */
export async function discardUnread(conn: Deno.TcpConn, sent: number): Promise<void> {
  try {
    await conn.closeWrite();
  } catch {
    return; // The peer is gone.
  }
  const turn = sent > FIRST_WINDOW ? timerTurn : immediateTurn;
  for (let reads = 0; reads < MOST_READS; reads++) {
    const { promise, cancel } = turn();
    const read = await Promise.race([readSome(conn), promise]);
    cancel();
    if (read === 0) return;
  }
}

/** A turn of the event loop that need not be waited for to its end. */
interface Turn {
  readonly promise: Promise<number>;
  cancel(): void;
}

async function readSome(conn: Deno.TcpConn): Promise<number> {
  try {
    return await conn.read(SCRATCH) ?? 0;
  } catch {
    return 0;
  }
}

function immediateTurn(): Turn {
  const { promise, resolve } = Promise.withResolvers<number>();
  const immediate = setImmediate(resolve, 0);
  return { promise, cancel: () => clearImmediate(immediate) };
}

function timerTurn(): Turn {
  const { promise, resolve } = Promise.withResolvers<number>();
  const timer = setTimeout(resolve, 0, 0);
  return { promise, cancel: () => clearTimeout(timer) };
}
