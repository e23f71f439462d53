import type { Connection } from "./connection.ts";
import { SHUT_RD, SHUT_RDWR, SHUT_WR } from "./constants.ts";

/** Ends one side of `connection`, or both: see `Socket.shutdown()`. */
export async function shutDown(
  connection: Connection,
  how: number,
  operation: string,
): Promise<void> {
  if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) {
    throw new RangeError(
      `Cannot shut down ${String(how)} of a socket: give SHUT_RD, SHUT_WR or SHUT_RDWR`,
    );
  }
  if (how !== SHUT_RD) await connection.closeWrite(operation);
  if (how !== SHUT_WR) connection.reader.shut();
}
