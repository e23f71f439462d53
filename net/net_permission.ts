/**
 * Node's way to the network throws where nobody can catch it if the permission is missing, and that
 * ends the program. So whoever goes that way asks first, and the user is asked if Deno would ask.
 */
import { type NetAddress, showAddress } from "./address.ts";
import { notCapable } from "./refusals.ts";

/** Throws `Deno.errors.NotCapable` unless the program may use `address`, in order to `purpose`. */
export function requireNet(address: NetAddress, purpose: string): void {
  const host = showAddress(address);
  const { state } = Deno.permissions.requestSync({ name: "net", host });
  if (state !== "granted") throw notCapable(`${purpose} ${host}`);
}
