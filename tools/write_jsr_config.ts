/**
 * Writes `deno.jsr.json`: `deno.json` without the links to the hermetic adapters, and without the
 * lock that was made with them. Run under it, the suite meets the real packages from JSR. It is
 * generated and not kept, so that it cannot fall behind.
 *
 * ```sh
 * deno task test:jsr
 * ```
 *
 * @module
 */

import { ROOT } from "./repository.ts";

/** The configuration with every import resolved by JSR. */
export function withoutLinks(config: Record<string, unknown>): Record<string, unknown> {
  const { links: _links, lock: _lock, ...rest } = config;
  return { ...rest, lock: false };
}

if (import.meta.main) {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const text = JSON.stringify(withoutLinks(config), null, 2);
  await Deno.writeTextFile(new URL("deno.jsr.json", ROOT), `${text}\n`);
}
