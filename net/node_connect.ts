import { connect } from "node:net";
import { familyOf, type NetAddress } from "./address.ts";
import { AF_INET } from "./constants.ts";
import type { HostConn } from "./host_conn.ts";
import { fromNodeError } from "./host_errors.ts";
import { lookUpOne } from "./lookup.ts";
import { requireNet } from "./net_permission.ts";
import { NodeConn } from "./node_conn.ts";

/** Connects to `target` from `source`, an address of this machine; its port 0 is any. */
export async function connectFrom(
  target: NetAddress,
  source: NetAddress,
  signal: AbortSignal,
): Promise<HostConn> {
  requireNet(target, "connect to");
  const family = familyOf(source.hostname) ?? AF_INET;
  const localAddress = await lookUpOne(source.hostname, family, signal);
  const host = await lookUpOne(target.hostname, family, signal);
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<HostConn>();
  const socket = connect({
    host,
    port: target.port,
    localAddress,
    localPort: source.port,
    allowHalfOpen: true,
  });
  const giveUp = () => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener("abort", giveUp);
  socket.once("error", (error) => reject(fromNodeError(error)));
  socket.once("connect", () => {
    signal.removeEventListener("abort", giveUp);
    socket.removeAllListeners();
    resolve(new NodeConn(socket));
  });
  return await promise;
}
