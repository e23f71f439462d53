import { assertEquals } from "@std/assert";
import { publicNames } from "../../tools/public_names.ts";
import { withFiles } from "./with_files.ts";

Deno.test("publicNames() lists values, types and namespaces of every entry point, sorted", () =>
  withFiles({
    "deno.json": `{ "exports": { ".": "./mod.ts", "./socket": "./net/socket.ts" } }`,
    "mod.ts": `
      export * as socket from "./net/socket.ts";
      export { Task } from "./task.ts";
      export type { State } from "./task.ts";
      const Local = class {};
      type Local = object;
      export { Local };`,
    "task.ts": `export type State = "READY"; export class Task {} export class Hidden {}`,
    "net/socket.ts": `export function socket(): void {}`,
  }, async (base) => {
    assertEquals(
      await publicNames(base),
      [
        ". Local class+typeAlias",
        ". State typeAlias",
        ". Task class",
        ". socket namespace",
        "./socket socket function",
        "",
      ].join("\n"),
    );
  }));
