import { Child, type Ending } from "./child.ts";

export type { Ending } from "./child.ts";

/** What a program's source starts with: the whole library, under its own names. */
const HEAD = `import * as curio from ${
  JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
};
`;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/**
 * A Deno program in a child process.
 *
 * ```ts ignore
 * await using program = new Program(`
 *   await curio.run(async () => {
 *     console.log("READY");
 *     await curio.sleep(Infinity);
 *   });
 * `);
 * await program.line("READY");
 * program.kill("SIGINT");
 * assertEquals((await program.end()).code, 130);
 * ```
 */
export class Program extends Child {
  /** Starts the TypeScript in `source`, in which the library is `curio`. */
  constructor(source: string, options: { args?: string[]; env?: Record<string, string> } = {}) {
    const url = `data:application/typescript,${encodeURIComponent(HEAD + source)}`;
    super(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", CONFIG, ...(options.args ?? []), url],
      env: { NO_COLOR: "1", ...options.env },
    });
  }
}

/** Runs the TypeScript in `source`, in which the library is `curio`, to its end. */
export async function runProgram(source: string): Promise<Ending> {
  await using program = new Program(source);
  return await program.end();
}
