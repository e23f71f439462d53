/**
 * Fails if an import of the library runs upward or in a circle.
 *
 * ```sh
 * deno run -A tools/check_layers.ts
 * ```
 *
 * @module
 */

import { readImportGraph } from "./import_graph.ts";
import { layerErrors, LAYERS } from "./layers.ts";
import { entryPoints, ROOT, sourceFiles } from "./repository.ts";

// A file that no entry point reaches yet, or that only a worker loads, keeps the rule as well.
const below = await Promise.all(LAYERS.map((layer) => sourceFiles(layer)));
const graph = await readImportGraph(ROOT, [...Object.values(await entryPoints()), ...below.flat()]);
const errors = layerErrors(graph);
for (const error of errors) console.error(error);
if (errors.length > 0) Deno.exit(1);
console.log(`${graph.files.length} files, ${graph.imports.length} imports, all downward.`);
