/**
 * What the package exports, types included: `deno doc` knows both, a dynamic import only values.
 *
 * @module
 */

import { entryPoints, ROOT } from "./repository.ts";

interface DenoDoc {
  nodes: Record<string, { symbols: { name: string; declarations: { kind: string }[] }[] }>;
}

/** One line for each name of each entry point, sorted: `./socket socket function`. */
export async function publicNames(base: URL = ROOT): Promise<string> {
  const entries = Object.entries(await entryPoints(base));
  const lines = await Promise.all(
    entries.map(async ([entry, path]) =>
      namesOf(await denoDoc(base, path)).map((name) => `${entry} ${name}`)
    ),
  );
  return lines.flat().map((line) => `${line}\n`).join("");
}

function namesOf({ nodes }: DenoDoc): string[] {
  const symbols = Object.values(nodes).flatMap((node) => node.symbols);
  return symbols.map(({ name, declarations }) => {
    const kinds = new Set(declarations.map(({ kind }) => kind));
    return `${name} ${[...kinds].sort().join("+")}`;
  }).sort();
}

async function denoDoc(base: URL, path: string): Promise<DenoDoc> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
    cwd: base,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
