import { Child } from "../helpers/child.ts";

const ROOT = new URL("../../", import.meta.url);

/** How an {@linkcode Example} is started. */
export interface ExampleOptions {
  /** Its arguments. */
  args?: string[];
  /** The permissions it is given: none unless told. Whatever else it asked for would end it. */
  permissions?: string[];
}

/** A program of `examples/`, run as its first lines say. */
export class Example extends Child {
  /** Starts `examples/<file>`. */
  constructor(file: string, { args = [], permissions = [] }: ExampleOptions = {}) {
    super(Deno.execPath(), {
      args: ["run", "--no-prompt", ...permissions, `examples/${file}`, ...args],
      cwd: ROOT.pathname,
      env: { NO_COLOR: "1" },
    });
  }
}
