/**
 * Writes the list of exported names that `tests/exports_test.ts` holds the package to, so that a
 * change of the API is a change of a file and shows in review.
 *
 * ```sh
 * deno task exports
 * ```
 *
 * @module
 */

import { publicNames } from "./public_names.ts";
import { ROOT } from "./repository.ts";

await Deno.writeTextFile(new URL("tests/exports.txt", ROOT), await publicNames());
