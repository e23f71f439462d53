/**
 * The library's import graph, as `deno info` sees it: files by their path in the repository.
 *
 * @module
 */

/** One import of one file by another. */
export interface Import {
  /** The path of the importing file, from the root of the repository: `sync/event.ts`. */
  readonly from: string;
  /** The path of the imported file. */
  readonly to: string;
  /** Whether nothing but types is imported, so that the edge is gone at run time. */
  readonly typeOnly: boolean;
}

/** The files of the library and the imports between them. */
export interface ImportGraph {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

interface DenoInfo {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: {
      code?: { specifier?: string };
      type?: { specifier?: string };
    }[];
  }[];
}

/** Reads the graph of everything that `roots` (paths below `base`) import, one way or another. */
export async function readImportGraph(base: URL, roots: readonly string[]): Promise<ImportGraph> {
  const files = new Set<string>();
  const imports: Import[] = [];
  for (const root of roots) {
    if (files.has(root)) continue;
    for (const module of (await denoInfo(base, root)).modules) {
      if (module.error !== undefined) throw new Error(module.error);
      const from = pathBelow(base, module.specifier);
      if (from === null || files.has(from)) continue;
      files.add(from);
      for (const { code, type } of module.dependencies ?? []) {
        const to = pathBelow(base, code?.specifier ?? type?.specifier ?? "");
        if (to !== null) imports.push({ from, to, typeOnly: code === undefined });
      }
    }
  }
  return { files: [...files], imports };
}

async function denoInfo(base: URL, root: string): Promise<DenoInfo> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", root],
    cwd: base,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** A package of npm's or Node's is nobody's layer: only files of the repository count. */
function pathBelow(base: URL, specifier: string): string | null {
  return specifier.startsWith(base.href) ? decodeURI(specifier.slice(base.href.length)) : null;
}
