/**
 * The rule that keeps the library readable from the bottom up: an import stays in its folder or
 * goes to a folder nearer the base, and no files import each other in a circle. Imports of types
 * count for the direction, since a reader follows them too; a circle that a type closes inside one
 * folder is allowed, since it is gone at run time.
 *
 * @module
 */

import type { ImportGraph } from "./import_graph.ts";

/** The folders of the library, base first. The files beside them may import anything in here. */
export const LAYERS = ["kernel", "sync", "io", "workers", "net", "monitor"] as const;

const TOP: number = LAYERS.length;

/** Everything that is wrong with the graph, one sentence each. */
export function layerErrors(graph: ImportGraph): string[] {
  return [...wrongDirections(graph), ...cycles(graph)];
}

function* wrongDirections({ imports }: ImportGraph): Generator<string> {
  for (const { from, to } of imports) {
    const target = layerOf(to);
    if (target === -1) {
      yield `${from} imports ${to}, which is no part of the library: move what it needs into ${
        LAYERS.join(", ")
      } or a file beside them.`;
    } else if (layerOf(from) < target) {
      yield `${from} imports ${to}, which is a layer above it: move what both need down to ` +
        `${folderOf(from)}/ or pass it in from above.`;
    }
  }
}

/** The place of the file's folder in the list, -1 if it is in none. */
function layerOf(file: string): number {
  return file.includes("/") ? LAYERS.findIndex((layer) => layer === folderOf(file)) : TOP;
}

function folderOf(file: string): string {
  return file.slice(0, file.indexOf("/"));
}

/** One sentence per circle, found by walking depth-first and meeting a file still on the path. */
function* cycles({ files, imports }: ImportGraph): Generator<string> {
  const targets = Map.groupBy(imports.filter((edge) => !edge.typeOnly), (edge) => edge.from);
  const path: string[] = [];
  const done = new Set<string>();
  function* visit(file: string): Generator<string> {
    if (done.has(file)) return;
    const start = path.indexOf(file);
    if (start !== -1) {
      yield `${path.at(-1)} imports ${file}, which closes the circle ${
        [...path.slice(start), file].join(" → ")
      }: move what both need to a file of its own, or use \`import type\` if types are all it needs.`;
      return;
    }
    path.push(file);
    for (const { to } of targets.get(file) ?? []) yield* visit(to);
    path.pop();
    done.add(file);
  }
  for (const file of files) yield* visit(file);
}
