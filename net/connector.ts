import { Attempt } from "./attempt.ts";
import type { HostConn } from "./host_conn.ts";

/** Asks the host for a connection, until `signal` aborts. See dial.ts. */
export type Dial = (signal: AbortSignal) => Promise<HostConn>;

/** One attempt to connect, which can be given up: a connection that comes too late is closed. */
export class Connector extends Attempt<HostConn> {
  constructor() {
    super("CONNECT_WAIT", (conn) => conn.close());
  }

  /** Waits for the connection that `dial` asks for. */
  connect(operation: string, dial: Dial): Promise<HostConn> {
    return this.run(operation, dial);
  }
}
