/**
 * Fails if a name of an entry point has no doc comment, or shows a type that nobody can import.
 *
 * ```sh
 * deno run -A tools/lint_docs.ts
 * ```
 *
 * @module
 */

import { entryPoints, ROOT } from "./repository.ts";

const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...Object.values(await entryPoints())],
  cwd: ROOT,
  stdin: "null",
}).spawn().status;
Deno.exit(code);
