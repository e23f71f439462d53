import { brandError, CurioError } from "../kernel/errors.ts";

/**
 * The two sides of a connection do not have the same key, or one of them does not authenticate at all:
 * see `Channel`. The connection is closed.
 *
 * @example
 * ```ts
 * import { AuthenticationError, Channel, run, spawn } from "@curio/core";
 *
 * await run(async () => {
 *   await using channel = new Channel(["localhost", 0]);
 *   channel.bind();
 *   const server = spawn(() => channel.accept({ authkey: "peekaboo" }));
 *   try {
 *     await channel.connect({ authkey: "a guess" });
 *   } catch (error) {
 *     console.log(error instanceof AuthenticationError); // true
 *   }
 *   await server.cancel(); // it logged the attempt, and went on waiting
 * });
 * ```
 */
export class AuthenticationError extends CurioError {}

brandError(AuthenticationError, "AuthenticationError");
