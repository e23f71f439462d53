import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** Calls `body` with a folder that holds `files`, and removes it afterwards. */
export async function withFiles(
  files: Record<string, string>,
  body: (base: URL) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${dirname(path)}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    await body(pathToFileURL(`${folder}/`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
