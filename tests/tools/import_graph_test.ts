import { assertArrayIncludes, assertEquals, assertRejects } from "@std/assert";
import { readImportGraph } from "../../tools/import_graph.ts";
import { withFiles } from "./with_files.ts";

Deno.test("readImportGraph() tells an import of types from one of values", () =>
  withFiles({
    "mod.ts": `export { a } from "./a.ts"; export type { B } from "./b.ts"; import "node:path";`,
    "a.ts": `import { type B, b } from "./b.ts"; export const a: B = b;`,
    "b.ts": `export type B = number; export const b: B = 1;`,
  }, async (base) => {
    const { files, imports } = await readImportGraph(base, ["mod.ts"]);
    assertEquals([...files].sort(), ["a.ts", "b.ts", "mod.ts"]);
    assertEquals(imports.length, 3);
    assertArrayIncludes(imports, [
      { from: "mod.ts", to: "a.ts", typeOnly: false },
      { from: "mod.ts", to: "b.ts", typeOnly: true },
      { from: "a.ts", to: "b.ts", typeOnly: false },
    ]);
  }));

Deno.test("readImportGraph() joins the graphs of several roots", () =>
  withFiles({
    "mod.ts": `export {};`,
    "workers/main.ts": `export type { T } from "../kernel/t.ts";`,
    "kernel/t.ts": `export type T = 1;`,
  }, async (base) => {
    const { files } = await readImportGraph(base, ["mod.ts", "workers/main.ts", "kernel/t.ts"]);
    assertEquals([...files].sort(), ["kernel/t.ts", "mod.ts", "workers/main.ts"]);
  }));

Deno.test("readImportGraph() rejects when an imported file is missing", () =>
  withFiles({ "mod.ts": `import "./gone.ts";` }, async (base) => {
    await assertRejects(() => readImportGraph(base, ["mod.ts"]), Error, "gone.ts");
  }));
