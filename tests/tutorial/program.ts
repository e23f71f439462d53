import { Child } from "../helpers/child.ts";

const ROOT = new URL("../../", import.meta.url);

/** How a {@linkcode TutorialProgram} is started. */
export interface ProgramOptions {
  /** Its arguments. */
  args?: string[];
  /** The permissions it is given: none unless told. Whatever else it asked for would end it. */
  permissions?: string[];
}

/** A program of `programs/`, which needs a process of its own: for its signals, or to hang in. */
export class TutorialProgram extends Child {
  /** Starts `programs/<file>`. */
  constructor(file: string, { args = [], permissions = [] }: ProgramOptions = {}) {
    super(Deno.execPath(), {
      args: ["run", "--no-prompt", ...permissions, `tests/tutorial/programs/${file}`, ...args],
      cwd: ROOT.pathname,
      env: { NO_COLOR: "1" },
    });
  }
}
