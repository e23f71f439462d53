/**
 * What the tools know of the repository they are in: its root, its entry points, its files.
 *
 * @module
 */

/** The root folder of the repository. */
export const ROOT: URL = new URL("../", import.meta.url);

/** The entry points of the package below `base`: `{ ".": "mod.ts", "./socket": "net/…" }`. */
export async function entryPoints(base: URL = ROOT): Promise<Record<string, string>> {
  const config: { exports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", base)),
  );
  return Object.fromEntries(
    Object.entries(config.exports).map(([name, path]) => [name, path.replace(/^\.\//, "")]),
  );
}

/** Every TypeScript file in the folder and below; none if there is no such folder. */
export async function sourceFiles(folder: string, base: URL = ROOT): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, base))) {
      if (isDirectory) found.push(...await sourceFiles(`${folder}/${name}`, base));
      else if (name.endsWith(".ts")) found.push(`${folder}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}
