// What a program pays for before its first line: what is imported, not how long that takes.
import { assertEquals } from "@std/assert";
import { entryPoints } from "../tools/repository.ts";

const ROOT = new URL("..", import.meta.url);

/** The modules of Node that take Deno a millisecond or two, where `node:crypto` or `node:net` take 15. */
const CHEAP = ["node:async_hooks", "node:os", "node:v8", "node:worker_threads"];

interface Dependency {
  readonly isDynamic?: boolean;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

interface Info {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What `entry` imports by way of `specifiersOf`, and what that imports, apart from files of ours. */
async function foreigners(
  entry: string,
  specifiersOf: (dependency: Dependency) => readonly (string | undefined)[],
): Promise<string[]> {
  const { roots, modules }: Info = JSON.parse(await deno("info", "--json", entry));
  const imports = new Map(modules.map((module) => [module.specifier, module.dependencies ?? []]));
  const met = new Set(roots);
  for (const specifier of met) {
    for (const next of (imports.get(specifier) ?? []).flatMap(specifiersOf)) {
      if (next !== undefined) met.add(next);
    }
  }
  return [...met].filter((specifier) => !specifier.startsWith(ROOT.href)).sort();
}

Deno.test("mod.ts loads nothing of Node's but what is cheap before it is used", async () => {
  const eager = await foreigners(
    "mod.ts",
    ({ isDynamic, code }) => isDynamic ? [] : [code?.specifier],
  );
  assertEquals(eager, CHEAP);
});

for (const [name, entry] of Object.entries(await entryPoints())) {
  Deno.test(`The entry point "${name}" refers to no package and no URL, not for its types either`, async () => {
    const all = await foreigners(entry, ({ code, type }) => [code?.specifier, type?.specifier]);
    assertEquals(all.filter((specifier) => !specifier.startsWith("node:")), []);
  });
}

Deno.test("mod.ts does not touch `process`, which Deno would load, before it is used", async () => {
  const source = `
    Object.defineProperty(globalThis, "process", { get: () => { throw new Error("touched"); } });
    const { run, sleep } = await import("${new URL("mod.ts", ROOT)}");
    await run(sleep, 0);
    console.log("started");`;
  const program = `data:application/typescript,${encodeURIComponent(source)}`;
  assertEquals(await deno("run", "-A", "--no-check", program), "started\n");
});
